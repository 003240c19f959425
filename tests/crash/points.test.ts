import { afterAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { folderWithRows, reckon, resultsIn, runArgs, runBatch } from '../support/batch-process.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { startDecentroServer } from '../support/decentro-server.js';
import { preload } from '../support/preload.js';

const ROWS = 120;
/** In flight, and ahead of a slot. */
const MOST_UNKNOWN = 8 + 1;
const NOTHING_WRONG = { open: 0, rowsWithTwoSessions: 0, sessionsThatNobodyKnows: 0, wrongLinks: 0 };

const DIE = "const die = () => process.kill(process.pid, 'SIGKILL');";

/** Lines for `preload` that wrap a function of node:fs, for the calls that `which` holds for. */
function wrapping(name: string, lines: string, which = 'true'): string[] {
  return [
    "import fs from 'node:fs';",
    "import { syncBuiltinESMExports } from 'node:module';",
    DIE,
    'let calls = 0;',
    `const original = fs.${name};`,
    `fs.${name} = (...args) => { if (${which}) { calls += 1; ${lines} } return original(...args); };`,
    // What promisify() goes by.
    'for (const symbol of Object.getOwnPropertySymbols(original))',
    `  Object.defineProperty(fs.${name}, symbol, { value: original[symbol] });`,
    'syncBuiltinESMExports();',
  ];
}

/** Lines for `preload` that wrap the writing of intents and outcomes. */
const writing = (lines: string) => wrapping('writeSync', lines, `/"t":"[io]"/.test(args[1])`);

const linked = (name: string) =>
  wrapping('linkSync', `if (args[1].includes('${name}')) { original(...args); die(); }`);
const beforeSync = (count: number) => wrapping('fdatasync', `if (calls === ${count}) return die();`);
const afterSync = (count: number) =>
  wrapping('fdatasync', `if (calls === ${count}) return original(args[0], die);`);
const halfWritten = (count: number) =>
  writing(`if (calls === ${count}) { original(args[0], args[1].subarray(0, args[1].length / 2)); die(); }`);
const onAnswer = (count: number) => [
  "import http from 'node:http';",
  DIE,
  'let answers = 0;',
  'const { emit } = http.ClientRequest.prototype;',
  'http.ClientRequest.prototype.emit = function (name, ...args) {',
  "  if (name === 'response') answers += 1;",
  `  if (answers === ${count}) die();`,
  '  return emit.call(this, name, ...args);',
  '};',
];
const onOutput = [DIE, 'process.stdout.write = () => die();'];

describe('a run that is killed', () => {
  const points: [string, string[]][] = [
    ['once its job is described', linked('job.json')],
    ['once its segment has a header', linked('run-0')],
    ...[1, 2, 9].map((n): [string, string[]] => [`in the middle of write ${n}`, halfWritten(n)]),
    ...[1, 2, 9].map((n): [string, string[]] => [`before sync ${n}`, beforeSync(n)]),
    ...[1, 2, 9].map((n): [string, string[]] => [`after sync ${n}`, afterSync(n)]),
    ...[1, 20].map((n): [string, string[]] => [`when answer ${n} arrives`, onAnswer(n)]),
    ['between the outcome and its line on standard output', onOutput],
  ];

  test.each(points)('%s goes on when it is started again', async (_where, lines) => {
    const cwd = folderWithRows(ROWS);
    const server = await startDecentroServer({ latencyMs: 2 });
    const args = [...runArgs(server, 8), '-o', 'ndjson'];
    const killed = await runBatch(cwd, args, preload(...lines));
    expect(killed.signal).toBe('SIGKILL');
    const again = await runBatch(cwd, args);
    expect([again.code, again.stderr]).toEqual([expect.any(Number), expect.not.stringContaining('internal')]);
    const reckoning = reckon(await resultsIn(cwd), server.sessions);
    expect(reckoning).toMatchObject(NOTHING_WRONG);
    expect(reckoning.unknown).toBeLessThanOrEqual(MOST_UNKNOWN);
    expect(again.code).toBe(reckoning.unknown === 0 ? 0 : 10);
  });

  test('while results are written leaves no part of them, and the job as it is', async () => {
    const cwd = folderWithRows(ROWS);
    const server = await startDecentroServer();
    await runBatch(cwd, runArgs(server));
    const args = ['results', 'rows.csv.batch', '--to', 'links.ndjson'];
    const killed = await runBatch(cwd, args, preload(...wrapping('fsyncSync', 'die();')));
    expect(killed.signal).toBe('SIGKILL');
    expect(existsSync(path.join(cwd, 'links.ndjson'))).toBe(false);
    expect(await runBatch(cwd, args)).toMatchObject({ code: 0 });
    expect(reckon(await resultsIn(cwd), server.sessions)).toMatchObject({ ...NOTHING_WRONG, created: ROWS });
  });
});

const error = (code: string) => `Object.assign(new Error('made up'), { code: '${code}' })`;
const failingWrites = (code: string, from: number, until = from) =>
  writing(`if (calls >= ${from} && calls <= ${until}) throw ${error(code)};`);
const failingSync = (count: number) =>
  wrapping(
    'fdatasync',
    `if (calls === ${count}) return process.nextTick(() => args.at(-1)(${error('EIO')}));`,
  );
const short = (count: number) =>
  writing(`if (calls % ${count} === 0) return original(args[0], args[1].subarray(0, 7));`);

describe('a disk that fails', () => {
  const faults: [string, string[]][] = [1, 2, 9].flatMap((n): [string, string[]][] => [
    [`write ${n} with ENOSPC`, failingWrites('ENOSPC', n)],
    [`every write from ${n} on with EDQUOT`, failingWrites('EDQUOT', n, 1_000)],
    [`write ${n} with EIO`, failingWrites('EIO', n)],
    [`sync ${n} with EIO`, failingSync(n)],
  ]);

  test.each(faults)('fails %s: exit 74, and the next run goes on', async (_what, lines) => {
    const cwd = folderWithRows(ROWS);
    const server = await startDecentroServer({ latencyMs: 2 });
    const failed = await runBatch(cwd, runArgs(server, 8), preload(...lines));
    expect([failed.code, failed.stderr]).toEqual([74, expect.stringContaining('could not be written')]);
    const sent = server.arrivals.length;
    expect(sent).toBeLessThan(ROWS);
    const again = await runBatch(cwd, runArgs(server, 8));
    const reckoning = reckon(await resultsIn(cwd), server.sessions);
    expect(reckoning).toMatchObject(NOTHING_WRONG);
    expect(reckoning.unknown).toBeLessThanOrEqual(MOST_UNKNOWN);
    expect(again.code).toBe(reckoning.unknown === 0 ? 0 : 10);
  });

  const folder = temporaryDirectory();
  const mount = (...args: string[]) =>
    spawnSync('mount', [...args, folder], { stdio: 'ignore' }).status === 0;
  const onSmallDisk = mount('-t', 'tmpfs', '-o', 'size=1300k', 'tmpfs') ? test : test.skip;
  afterAll(() => void spawnSync('umount', [folder], { stdio: 'ignore' }));

  onSmallDisk('is full in the middle of a run: every answer is kept, and the next run goes on', async () => {
    const cwd = folderWithRows(2_000);
    const server = await startDecentroServer({ latencyMs: 2 });
    const args = [...runArgs(server), '--job', path.join(folder, 'job')];
    for (const fault of ['could not be written (ENOSPC)', 'cannot be written (ENOSPC)']) {
      const failed = await runBatch(cwd, args);
      expect([failed.code, failed.stderr]).toEqual([74, expect.stringContaining(fault)]);
    }
    const rows = await resultsIn(cwd, path.join(folder, 'job'));
    expect(reckon(rows, server.sessions)).toMatchObject({
      ...NOTHING_WRONG,
      open: expect.any(Number),
      unknown: 0,
    });
    expect(rows.filter(({ end }) => end === 'created')).toHaveLength(server.sessions.length);
    expect(mount('-o', 'remount,size=8m')).toBe(true);
    expect(await runBatch(cwd, args)).toMatchObject({ code: 0 });
    const all = await resultsIn(cwd, path.join(folder, 'job'));
    expect(reckon(all, server.sessions)).toMatchObject({ ...NOTHING_WRONG, created: 2_000 });
  });

  test('writes a few bytes at a time: nothing is lost', async () => {
    const cwd = folderWithRows(ROWS);
    const server = await startDecentroServer();
    expect(await runBatch(cwd, runArgs(server), preload(...short(2)))).toMatchObject({ code: 0 });
    expect(reckon(await resultsIn(cwd), server.sessions)).toMatchObject({ ...NOTHING_WRONG, created: ROWS });
  });

  test.each(['EPERM', 'ENOTSUP', 'EISDIR'])(
    'knows no hard links (%s): the journal is as good',
    async (code) => {
      const cwd = folderWithRows(ROWS);
      const server = await startDecentroServer();
      const without = wrapping('linkSync', `throw ${error(code)};`);
      expect(await runBatch(cwd, runArgs(server), preload(...without))).toMatchObject({ code: 0 });
      const to = ['results', 'rows.csv.batch', '--to', 'links.ndjson'];
      expect(await runBatch(cwd, to, preload(...without))).toMatchObject({ code: 0 });
      expect(await runBatch(cwd, to, preload(...without))).toMatchObject({ code: 2 });
      expect(readdirSync(path.join(cwd, 'rows.csv.batch')).sort()).toEqual([
        '.gitignore',
        'job.json',
        'run-000001.ndjson',
      ]);
      expect(reckon(await resultsIn(cwd), server.sessions)).toMatchObject({
        ...NOTHING_WRONG,
        created: ROWS,
      });
    },
  );
});
