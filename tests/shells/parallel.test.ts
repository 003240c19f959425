import { expect, test } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startDecentroServer } from '../support/decentro-server.js';
import { runShell, startShell, temporaryDirectory } from '../support/run.js';

const SCRIPT = fileURLToPath(new URL('../../examples/batch/parallel.sh', import.meta.url));

test('shellcheck finds nothing in examples/batch/parallel.sh', async () => {
  expect(await runShell(`shellcheck ${SCRIPT}`)).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

test('GNU parallel, ended by SIGTERM, waits for every answer, and goes on when started again', async () => {
  const cwd = temporaryDirectory();
  const rows = Array.from({ length: 400 }, (_, index) => `C${index},https://app.test/?${index}`);
  writeFileSync(path.join(cwd, 'rows.csv'), `customer_no,redirect_url\n${rows.join('\n')}\n`);
  // Longer than the 350 ms after which parallel kills by default.
  const server = await startDecentroServer({ latencyMs: 700 });
  const flags = `--env sandbox --base-url ${server.url} --consent --key customer_no --rate none`;
  const script = `exec ${SCRIPT} rows.csv rekyc ${flags}`;
  // Tells its process ID, and becomes the real one.
  const bin = temporaryDirectory();
  const wrapper = `#!/bin/sh\necho $$ > parallel.pid\nexec "$REAL" "$@"\n`;
  writeFileSync(path.join(bin, 'parallel'), wrapper, { mode: 0o755 });
  const where = `REAL=$(command -v parallel); export REAL; PATH=${bin}:$PATH`;
  const running = startShell(`${where}; ${script}`, { cwd, timeoutMs: 40_000 });
  await server.reached(60);
  const pid = Number(readFileSync(path.join(cwd, 'parallel.pid'), 'utf8'));
  process.kill(pid, 'SIGTERM');
  await running.done;
  expect(server.sessions.length).toBeLessThan(400);
  // It would stay as it is, without the links of the next run.
  expect(existsSync(path.join(cwd, 'rekyc.csv'))).toBe(false);
  const again = await runShell(script, { cwd, timeoutMs: 40_000 });
  expect(again.code).toBe(0);
  const links = readFileSync(path.join(cwd, 'rekyc.csv'), 'utf8');
  for (const { link } of server.sessions) expect(links).toContain(link);
  expect(new Set(server.sessions.map(({ row }) => row)).size).toBe(400);
  expect(server.sessions).toHaveLength(400);
});
