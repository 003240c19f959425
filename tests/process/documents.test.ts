// What only a process shows of documents: what a kill leaves, what a full disk does, how much memory they take.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { answerWith, callTo } from '../support/calls.js';
import { preload } from '../support/preload.js';
import { createRecorder, type Recorder } from '../support/recorder.js';
import { credentials, run, temporaryDirectory } from '../support/run.js';

const pdf = (size: number): string => Buffer.from('%PDF-1.4 canary'.padEnd(size)).toString('base64');
const DATA = { proofOfIdentity: { name: 'Asha Canary' }, pdf: pdf(10_000), image: '/9j/4AAQ' };

let server: Recorder;

beforeAll(async () => {
  server = await createRecorder(({ body }) => answerWith(body.includes('LARGE') ? { file: LARGE } : DATA));
});

const LARGE = pdf(24_000_000);

async function call(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const cwd = temporaryDirectory();
  const result = await run(callTo(server.url, ...args), { cwd, env: { ...credentials, ...env } });
  return { ...result, cwd, files: readdirSync(cwd).sort() };
}

/** Lines for `preload` that replace a function of node:fs, however it is imported. */
const replacing = (name: string, body: string) => [
  "import fs from 'node:fs';",
  "import { syncBuiltinESMExports } from 'node:module';",
  `const original = fs.${name};`,
  `fs.${name} = (...args) => { ${body} };`,
  'syncBuiltinESMExports();',
];

describe('a kill -9', () => {
  test('before the name is given leaves the whole document under another name, for its owner alone', async () => {
    const kill =
      "if (args[1].endsWith('a.pdf')) process.kill(process.pid, 'SIGKILL'); return original(...args);";
    const env = preload(...replacing('linkSync', kill));
    const { signal, files, cwd } = await call(['eaadhaar', 'TXN-1', '--pdf', 'a.pdf'], env);
    expect([signal, files]).toEqual(['SIGKILL', [expect.stringMatching(/^\.a\.pdf\.[0-9a-f]+\.tmp$/)]]);
    const left = path.join(cwd, files[0] ?? '');
    expect(readFileSync(left).toString('base64')).toBe(DATA.pdf);
    expect(statSync(left).mode & 0o777).toBe(0o600);
  });

  test('while it is written leaves no file of that name', async () => {
    // The first one is the look whether the folder can be written to.
    const kill = "if (args[1].length > 5000) process.kill(process.pid, 'SIGKILL'); return original(...args);";
    const { signal, files } = await call(
      ['eaadhaar', 'TXN-1', '--pdf', 'a.pdf', '--photo', 'a.jpg'],
      preload(...replacing('writeSync', kill)),
    );
    expect(signal).toBe('SIGKILL');
    expect(files.filter((name) => !name.startsWith('.'))).toEqual([]);
  });
});

describe('a full disk', () => {
  const full = (test: string) =>
    preload(
      ...replacing(
        'writeSync',
        `if (${test}) throw Object.assign(new Error('Full'), { code: 'ENOSPC' }); return original(...args);`,
      ),
    );

  test('during the call leaves nothing half, and the document in the JSON form', async () => {
    const args = ['eaadhaar', 'TXN-1', '--pdf', 'a.pdf', '--photo', 'a.jpg'];
    const json = await call([...args, '--json'], full('args[1].length > 5000'));
    expect([json.code, json.files]).toEqual([74, ['a.jpg']]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      effect: 'yes',
      data: { pdf: DATA.pdf, image: null },
      files: [{ path: 'a.jpg' }],
      error: { kind: 'output', message: 'The PDF could not be written to a.pdf (ENOSPC).', sent: 'yes' },
    });
    const human = await call(args, full('args[1].length > 5000'));
    expect([human.code, human.files]).toEqual([74, ['a.jpg']]);
    expect(human.stderr).toContain('The PDF could not be written to a.pdf (ENOSPC).');
  });

  test('before the call keeps it from being made', async () => {
    const before = server.requests.length;
    const { code, stdout, files } = await call(
      ['eaadhaar', 'TXN-1', '--pdf', 'a.pdf', '--json'],
      full('args[1].length === 4096'),
    );
    expect([code, files, server.requests.length]).toEqual([74, [], before]);
    expect(JSON.parse(stdout)).toMatchObject({ effect: 'no', error: { kind: 'output', sent: 'no' } });
  });
});

test.each([['eaadhaar'], ['file']])(
  'what Node prints of itself has nothing of the person: %s',
  async (name) => {
    const args = name === 'file' ? ['file', 'TXN-1', 'in.gov.pan-PANCR-CANARY'] : ['eaadhaar', 'TXN-1'];
    const { stderr } = await call([...args, '--verbose', '--json'], {
      NODE_DEBUG: 'http,https,net,stream,fs,module',
    });
    expect(stderr).toContain('HTTP ');
    expect(stderr).not.toMatch(/canary/i);
    expect(stderr).not.toContain(DATA.pdf.slice(0, 20));
  },
);

test('an answer of 32 MiB takes at most 4 times as much memory', async () => {
  const measured = preload(
    "import { writeSync } from 'node:fs';",
    "process.on('exit', () => writeSync(2, `\\n${process.resourceUsage().maxRSS}\\n`));",
  );
  const peak = async (...args: readonly string[]) => {
    const { code, stderr } = await call(args, measured);
    const [last = ''] = stderr.trim().split('\n').slice(-1);
    expect([code, last]).toEqual([0, expect.stringMatching(/^\d+$/)]);
    return Number(last) / 1024;
  };
  const small = await peak('eaadhaar', 'TXN-1', '--pdf', 'a.pdf');
  const large = await peak('file', 'TXN-1', 'in.gov.pan-LARGE-1');
  expect(large - small).toBeLessThan(4 * 32);
});
