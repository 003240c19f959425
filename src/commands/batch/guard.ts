// A second guard of a job on Linux: a socket whose name the kernel gives back when the process ends, however it ends.
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { Failure } from '../../failure/failure.js';
import { visible } from '../../safety/visible.js';

/** Claims a folder for this process. Fails with `usage` where another one holds it. Returns what releases it. */
export async function guardFolder(folder: string, platform: NodeJS.Platform): Promise<() => void> {
  if (platform !== 'linux') return () => undefined;
  const { dev, ino } = statSync(folder);
  const server = createServer((socket) => {
    socket.destroy();
  });
  const code = await new Promise<string | undefined>((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? 'no error code');
    });
    // The name is in no folder, so that none is left behind (unix(7), abstract sockets).
    server.listen({ path: `\0digilocker-batch-${dev}-${ino}` }, () => {
      resolve(undefined);
    });
  });
  if (code === 'EADDRINUSE') {
    throw new Failure('usage', `Another process of this machine is at work on ${visible(folder)}.`, {
      hint: 'If it hangs, end it, or add --take-over.',
    });
  }
  server.unref();
  return () => {
    server.close();
  };
}
