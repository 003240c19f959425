import { describe, expect, test } from '@jest/globals';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SESSION_CREATED } from '../support/answer.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, credentials, fails, runMain, succeeds } from '../support/run-main.js';
import { PURPOSE, REDIRECT_URL, sessionAt } from '../support/session.js';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const ID = SESSION_CREATED.decentroTxnId;

const fileOf = (home: string) => path.join(home, '.local', 'state', 'digilocker-cli', 'sessions.ndjson');
const linesOf = (home: string) =>
  readFileSync(fileOf(home), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

interface Entry {
  readonly referenceId: string | null;
  readonly call: string;
  readonly returnedAt: string | null;
}

async function list(home: string, ...args: readonly string[]): Promise<readonly Entry[]> {
  const { document } = await succeeds(['sessions', ...args, '--json'], { home, now: NOW, stderr: [] });
  return document['sessions'] as readonly Entry[];
}

test('a session is one line before its request, and one when its answer is there', async () => {
  const home = temporaryDirectory();
  let before: unknown[] = [];
  const recorder = await createRecorder(() => {
    before = linesOf(home);
    return {};
  });
  await succeeds([...sessionAt(recorder, '--reference-id', 'ref-1'), '--json'], { env: credentials, home });
  const begun = {
    time: '2026-01-02T03:04:05.000Z',
    environment: 'staging',
    suite: 'classic',
    call: 'init-session',
    sessionTxnId: null,
    referenceId: 'ref-1',
    decentroTxnId: null,
    responseKey: null,
    effect: 'unknown',
    origin: recorder.url,
    account: expect.stringMatching(/^[0-9a-f]{8}$/),
  };
  expect(before).toEqual([begun]);
  expect(linesOf(home)).toEqual([
    begun,
    { ...begun, decentroTxnId: ID, responseKey: 'success_initiate_session', effect: 'yes' },
  ]);
  expect(await list(home)).toMatchObject([{ referenceId: 'ref-1', effect: 'yes', returnedAt: null }]);
});

test('nothing of a session but its IDs is in the journal', async () => {
  const home = temporaryDirectory();
  const recorder = await createRecorder({ body: { ...SESSION_CREATED, message: 'message-canary' } });
  await succeeds([...sessionAt(recorder), '--json'], { env: credentials, home });
  const text = readFileSync(fileOf(home), 'utf8');
  const { authorizationUrl } = SESSION_CREATED.data;
  for (const secret of [
    ...Object.values(CANARIES),
    authorizationUrl,
    PURPOSE,
    REDIRECT_URL,
    'message-canary',
  ])
    expect(text).not.toContain(secret);
});

test('a text that is no word is not written down as a key or an ID', async () => {
  const home = temporaryDirectory();
  const recorder = await createRecorder({
    status: 400,
    body: { status: 'FAILURE', responseKey: 'Asha Canary', decentroTxnId: 'an ID' },
  });
  await fails(sessionAt(recorder), 5, { env: credentials, home });
  expect(linesOf(home).at(-1)).toMatchObject({ responseKey: null, decentroTxnId: null, effect: 'no' });
});

test('a repetition with a fresh reference ID is a call of its own', async () => {
  const home = temporaryDirectory();
  const recorder = await createRecorder([{ status: 429, headers: { 'Retry-After': '1' } }, {}]);
  expect((await runMain(sessionAt(recorder), { env: credentials, home })).code).toBe(0);
  expect(linesOf(home).map(({ effect }) => effect)).toEqual(['unknown', 'no', 'unknown', 'yes']);
  expect(await list(home)).toMatchObject([{ effect: 'yes' }, { effect: 'no' }]);
});

test('what never left had no effect', async () => {
  const home = temporaryDirectory();
  const args = sessionAt({ url: 'http://127.0.0.1:1' }, '--retries', '1');
  await fails(args, 7, { env: credentials, home });
  expect(linesOf(home)).toMatchObject([{ effect: 'unknown' }, { effect: 'no' }]);
});

test.each([
  [
    'the sandbox inside the command',
    ['init-session', '--env', 'sandbox', '--consent', '--no-open', '--json'],
    {},
  ],
  ['a request that is only shown', ['init-session', '--env', 'sandbox', '--consent', '--print', 'json'], {}],
])('%s leaves no trace', async (_what, args, env) => {
  const home = temporaryDirectory();
  await runMain(args, { home, env });
  expect(await list(home)).toEqual([]);
});

describe('the journal is off', () => {
  test('with DIGILOCKER_NO_JOURNAL', async () => {
    const home = temporaryDirectory();
    const recorder = await createRecorder();
    const env = { ...credentials, DIGILOCKER_NO_JOURNAL: '1' };
    await succeeds([...sessionAt(recorder), '--json'], { env, home });
    expect(await list(home)).toEqual([]);
  });

  test('with journal: never in the user file', async () => {
    const home = temporaryDirectory();
    const file = path.join(home, '.config', 'decentro', 'config.yaml');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'journal: never\n', { mode: 0o600 });
    const recorder = await createRecorder();
    await succeeds([...sessionAt(recorder), '--json'], { env: credentials, home });
    expect(await list(home)).toEqual([]);
  });

  test('by no other file', async () => {
    const files = { '.decentrorc': 'journal: never\n' };
    const { stderr } = await fails(['config', 'show'], 3, { files });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('journal may only be set in the user file');
    expect(stderr).toContain('DIGILOCKER_NO_JOURNAL');
  });
});

test('a journal that cannot be written costs a line with --verbose, and nothing else', async () => {
  const home = temporaryDirectory();
  const recorder = await createRecorder();
  mkdirSync(path.dirname(fileOf(home)), { recursive: true });
  chmodSync(path.dirname(fileOf(home)), 0o777);
  await succeeds([...sessionAt(recorder), '--json'], { env: credentials, home });
  const { stderr } = await runMain([...sessionAt(recorder), '--json', '--verbose'], {
    env: credentials,
    home,
  });
  expect(stderr.match(/\* not in the journal: .*/g)).toEqual([
    '* not in the journal: it is in a folder that can be changed by other users',
  ]);
});

test('a place of the journal that cannot be looked into costs a line with --verbose, and nothing else', async () => {
  const home = temporaryDirectory();
  writeFileSync(path.join(home, 'file'), '');
  const env = { ...credentials, XDG_STATE_HOME: path.join(home, 'file') };
  const recorder = await createRecorder({ body: { ...SESSION_CREATED, data: [] } });
  const at = [recorder.url, '--allow-host', '127.0.0.1', '--consent', '--consent-purpose', PURPOSE];
  const { code, stderr } = await runMain(['issued-files', ID, '--base-url', ...at, '--verbose'], {
    env,
    home,
  });
  expect([code, stderr]).toEqual([0, expect.stringContaining('* not in the journal: it cannot be written')]);
});

describe('a journal that cannot be read is named, not taken for an empty one:', () => {
  const folderOf = (home: string) => path.dirname(fileOf(home));
  const begin = (home: string) => {
    mkdirSync(folderOf(home), { recursive: true, mode: 0o700 });
    writeFileSync(fileOf(home), '', { mode: 0o600 });
  };

  test.each<[string, (home: string) => void, (home: string) => string]>([
    [
      'a folder',
      (home) => void mkdirSync(fileOf(home), { recursive: true }),
      (home) => `${fileOf(home)} is not a regular file`,
    ],
    [
      'an older part that is a folder',
      (home) => {
        begin(home);
        mkdirSync(path.join(folderOf(home), 'sessions.1.ndjson'));
      },
      () => 'sessions.1.ndjson is not a regular file',
    ],
    [
      'a link',
      (home) => {
        mkdirSync(folderOf(home), { recursive: true });
        symlinkSync('elsewhere', fileOf(home));
      },
      (home) => `${fileOf(home)} is a link`,
    ],
    [
      'a file that others may write',
      (home) => {
        begin(home);
        chmodSync(fileOf(home), 0o666);
      },
      (home) => `${fileOf(home)} can be changed by other users`,
    ],
    [
      'a folder that others may write',
      (home) => {
        begin(home);
        chmodSync(folderOf(home), 0o777);
      },
      (home) => `${folderOf(home)} can be changed by other users`,
    ],
    [
      'a file in place of its folder',
      (home) => {
        mkdirSync(path.dirname(folderOf(home)), { recursive: true });
        writeFileSync(folderOf(home), '');
      },
      (home) => `${folderOf(home)} is not a folder`,
    ],
    [
      'a file above its folder',
      (home) => {
        writeFileSync(path.join(home, '.local'), '');
      },
      (home) => `${path.join(home, '.local')} is not a folder`,
    ],
    [
      'a repository',
      (home) => {
        mkdirSync(path.join(home, '.git'));
      },
      () => 'is in the work tree',
    ],
  ])('%s', async (_what, make, why) => {
    const home = temporaryDirectory();
    make(home);
    const { stderr, document } = await fails(['sessions', '--json'], 3, { home });
    expect(document).toMatchObject({ ok: false, error: { kind: 'config' } });
    const { message, hint } = document['error'] as { message: string; hint: string };
    expect(message).toContain('The journal cannot be read: ');
    expect(message).toContain(why(home));
    expect(hint).toContain('XDG_STATE_HOME');
    expect(stderr).toBe('');
    const at = ['--base-url', 'https://in.staging.decentro.tech', '--consent', '--consent-purpose', PURPOSE];
    const last = await fails(['issued-files', '--last', ...at], 2, { home, env: credentials });
    expect(last.stderr.replaceAll(/\s+/g, ' ')).toContain(
      '--last knows no session: the journal cannot be read',
    );
  });
});

describe('the list', () => {
  const entry = (minutes: number, more: object = {}) =>
    `${JSON.stringify({
      time: new Date(NOW - minutes * 60_000).toISOString(),
      environment: 'staging',
      suite: 'classic',
      call: 'init-session',
      sessionTxnId: null,
      referenceId: `ref-${minutes}`,
      decentroTxnId: `TXN-${minutes}`,
      responseKey: null,
      effect: 'yes',
      origin: 'https://in.staging.decentro.tech',
      account: 'abcdef01',
      ...more,
    })}\n`;
  const journal = (...lines: readonly string[]): string => {
    const home = temporaryDirectory();
    mkdirSync(path.dirname(fileOf(home)), { recursive: true });
    writeFileSync(fileOf(home), lines.join(''), { mode: 0o600 });
    return home;
  };
  const idsOf = (entries: readonly Entry[]) => entries.map(({ referenceId }) => referenceId);

  test('has the newest 20 first, or as many as --limit says', async () => {
    const home = journal(...Array.from({ length: 25 }, (_, index) => entry(index + 1)));
    expect(idsOf(await list(home)).slice(0, 2)).toEqual(['ref-1', 'ref-2']);
    expect(await list(home)).toHaveLength(20);
    expect(idsOf(await list(home, '--limit', '1'))).toEqual(['ref-1']);
    expect(await list(home, '--limit', '100')).toHaveLength(25);
    const { stderr } = await fails(['sessions', 'ref-1', '--limit', '1'], 2, { home });
    expect(stderr).toContain('--limit is for the list');
  });

  test('is limited by time and environment', async () => {
    const home = journal(entry(90), entry(30, { environment: 'production' }), entry(10));
    expect(idsOf(await list(home, '--since', '1h'))).toEqual(['ref-10', 'ref-30']);
    expect(idsOf(await list(home, '--since', '2026-01-02T02:54:00Z'))).toEqual(['ref-10']);
    expect(idsOf(await list(home, '--env', 'production'))).toEqual(['ref-30']);
    for (const when of ['yesterday', '2026-02-30', '2026-02-30T10:00', '2026-13-01'])
      await fails(['sessions', '--since', when], 2);
  });

  test('leaves out what is no whole line of its kind', async () => {
    const home = journal(
      entry(1),
      'nonsense\n',
      '{"time":"x"}\n',
      '[]\n',
      'null\n',
      entry(2, { effect: 'maybe' }),
    );
    appendFileSync(fileOf(home), entry(3).slice(0, 40));
    expect(idsOf(await list(home))).toEqual(['ref-1']);
  });

  test('shows one by a part of an ID, with the calls for it', async () => {
    const home = journal(
      entry(9, { decentroTxnId: '59F864A69B6E4DE0' }),
      entry(5, { call: 'issued-files', sessionTxnId: '59F864A69B6E4DE0', decentroTxnId: 'CALL-1' }),
      entry(6, {
        call: 'callback',
        sessionTxnId: '59F864A69B6E4DE0',
        referenceId: null,
        decentroTxnId: null,
      }),
      entry(1),
    );
    expect(await list(home, '59f864')).toMatchObject([
      { call: 'init-session', returnedAt: '2026-01-02T02:58:05.000Z' },
      { call: 'issued-files', returnedAt: null },
    ]);
    const { stdout } = await succeeds(['sessions', 'ref-9'], { home, stderr: [] });
    expect(stdout).toContain('59F864A69B6E4DE0');
    expect(stdout).toMatch(/^Came back +\d\d:\d\d [A-Z+:\d]+, 6 min ago$/m);
    expect(stdout).toContain('issued-files');
    const { stdout: whole } = await succeeds(['sessions'], { home, stderr: [] });
    expect(whole.split('\n').filter((line) => line !== '')).toHaveLength(4);
  });

  test('shows the calls for a session that was started elsewhere', async () => {
    const home = journal(entry(5, { call: 'eaadhaar', sessionTxnId: 'ELSEWHERE', decentroTxnId: 'CALL-1' }));
    expect(idsOf(await list(home, 'elsewhere'))).toEqual(['ref-5']);
    expect((await succeeds(['sessions', 'elsewhere'], { home, stderr: [] })).stdout).toContain('ref-5');
  });

  test('names those that an ID could mean, and says where there is none', async () => {
    const home = journal(entry(11), entry(12));
    expect((await fails(['sessions', 'TXN-1'], 2, { home })).stderr).toMatch(/TXN-11[^]*TXN-12/);
    expect((await fails(['sessions', ''], 2, { home })).stderr).toContain('The ID is empty.');
    expect((await fails(['sessions', 'nothing', '--json'], 2, { home })).document).toMatchObject({
      schema: 'digilocker.sessions/1',
      ok: false,
      sessions: [],
    });
    expect((await succeeds(['sessions'], { stderr: [] })).stdout).toBe(
      'No session was started on this machine yet.\n',
    );
  });

  test('tells a call without a reference ID from the one before it', async () => {
    const call = { call: 'revoke', sessionTxnId: 'TXN-9', referenceId: null, decentroTxnId: null };
    const home = journal(
      entry(9, { ...call, effect: 'unknown' }),
      entry(8, { ...call, effect: 'no' }),
      entry(7, { ...call, effect: 'unknown' }),
      entry(6, { ...call, effect: 'yes' }),
    );
    expect(await list(home)).toMatchObject([
      { time: '2026-01-02T02:57:05.000Z', effect: 'yes' },
      { time: '2026-01-02T02:55:05.000Z', effect: 'no' },
    ]);
  });
});
