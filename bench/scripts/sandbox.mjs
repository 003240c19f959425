// The sandbox in a process of its own, which tells how much processor time it has taken. Ends with its parent.
import process from 'node:process';
import { createSandbox } from '../../dist/lib/sandbox.mjs';

const { url } = await createSandbox();
process.once('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ url, cpuMs: (user + system) / 1000 });
});
