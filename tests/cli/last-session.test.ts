import { describe, expect, test } from '@jest/globals';
import { SESSION_CREATED } from '../support/answer.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createRecorder, type Recorder } from '../support/recorder.js';
import { credentials, fails, runMain, succeeds } from '../support/run-main.js';
import { PURPOSE, sessionAt } from '../support/session.js';

const ID = SESSION_CREATED.decentroTxnId;
const TOKEN = {
  body: {
    ...SESSION_CREATED,
    decentroTxnId: 'CALL-1',
    responseKey: 'success_access_token',
    data: { expiresIn: 3600 },
  },
};
const START = Date.UTC(2026, 0, 2, 3, 4, 5);

async function startSession(home: string, recorder: Recorder, ...more: readonly string[]): Promise<void> {
  await runMain([...sessionAt(recorder, ...more), '--json'], { env: credentials, home, now: START });
}

const exchange = ({ url }: Recorder, ...more: readonly string[]) => [
  'access-token',
  ...[
    '--code',
    'c-1',
    '--consent',
    '--consent-purpose',
    PURPOSE,
    '--base-url',
    url,
    '--allow-host',
    '127.0.0.1',
  ],
  ...more,
];

describe('--last', () => {
  test('is the newest session of this machine, told on standard error with its age and host', async () => {
    const home = temporaryDirectory();
    const recorder = await createRecorder(({ path: asked }) => (asked.includes('access_token') ? TOKEN : {}));
    await startSession(home, recorder);
    const { document } = await succeeds(exchange(recorder, '--last', '--json', '--quiet'), {
      env: credentials,
      home,
      now: START + 3 * 60_000,
      stderr: [`Session: ${ID} (--last: started 3 min ago at 127.0.0.1:${recorder.port})`, /^Reference ID/],
    });
    expect(document).toMatchObject({ sessionTxnId: ID, decentroTxnId: 'CALL-1' });
  });

  test('wins over DECENTRO_TXN_ID, and is shown by --print as well', async () => {
    const home = temporaryDirectory();
    const recorder = await createRecorder();
    await startSession(home, recorder);
    const env = { ...credentials, DECENTRO_TXN_ID: 'OTHER' };
    const { stdout } = await runMain(exchange(recorder, '--last', '--print', 'json'), { env, home });
    expect(stdout).toContain(ID);
    expect(stdout).not.toContain('OTHER');
  });

  test.each([
    ['another host', { elsewhere: true }, {}],
    ['another account', {}, { DECENTRO_CLIENT_ID: 'somebody-else' }],
    ['another environment', {}, { DECENTRO_ENV: 'other' }],
  ])('is no session of %s', async (_what, { elsewhere = false }: { elsewhere?: boolean }, other) => {
    const home = temporaryDirectory();
    const recorder = await createRecorder();
    const target = elsewhere ? await createRecorder() : recorder;
    await startSession(home, recorder);
    const { stderr } = await fails(exchange(target, '--last'), 2, {
      env: { ...credentials, ...other },
      home,
      files: { '.decentrorc': JSON.stringify({ environments: { other: {} } }) },
    });
    expect(stderr).toMatch(/--last knows no session: the journal has none of this account/);
  });

  test.each([
    [
      'a session that was refused',
      { status: 400, body: { status: 'FAILURE', responseKey: 'error_decentro_error' } },
    ],
    ['a session of which nobody knows', { then: 'reset' as const }],
  ])('is not %s', async (_what, answer) => {
    const home = temporaryDirectory();
    const recorder = await createRecorder(answer);
    await startSession(home, recorder);
    await fails(exchange(recorder, '--last'), 2, { env: credentials, home });
  });

  test('does not count what smoke and doctor started', async () => {
    const home = temporaryDirectory();
    const recorder = await createRecorder();
    const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1', '--consent'];
    await runMain(['smoke', ...target], { env: credentials, home });
    await runMain(['doctor', '--live', ...target, ...sessionAt(recorder).slice(2, 6)], {
      env: credentials,
      home,
    });
    const { document } = await succeeds(['sessions', '--json'], { home, stderr: [] });
    const calls = (document['sessions'] as { call: string }[]).map(({ call }) => call);
    expect(new Set(calls)).toEqual(new Set(['doctor', 'smoke']));
    await fails(exchange(recorder, '--last'), 2, { env: credentials, home });
  });

  test('contradicts a transaction ID', async () => {
    const recorder = await createRecorder();
    const { stderr } = await fails(exchange(recorder, 'TXN-1', '--last'), 2, { env: credentials });
    expect(stderr).toContain('A transaction ID cannot be combined with --last.');
  });

  test.each([
    ['the built-in sandbox', ['--env', 'sandbox'], {}, /built-in sandbox/],
    [
      'a journal that is off',
      [],
      { ...credentials, DIGILOCKER_NO_JOURNAL: '1' },
      /journal is off \(DIGILOCKER_NO/,
    ],
    ['settings without a client ID', [], {}, /needs the client ID/],
  ])('needs a journal of the account: %s', async (_what, more, env, message) => {
    const args = [
      'access-token',
      '--code',
      'c',
      '--consent',
      '--consent-purpose',
      PURPOSE,
      '--last',
      ...more,
    ];
    const { stderr } = await fails(args, 2, { env });
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(message);
  });
});

test('DECENTRO_TXN_ID is told on standard error, with what it names', async () => {
  const recorder = await createRecorder(TOKEN);
  await succeeds(exchange(recorder, '--json'), {
    env: { ...credentials, DECENTRO_TXN_ID: 'TXN-2' },
    stderr: ['Session: TXN-2 (DECENTRO_TXN_ID)', /^Reference ID: /],
  });
});

describe('the return of the end user', () => {
  test('is noted by callback, for a session of this machine alone', async () => {
    const home = temporaryDirectory();
    const recorder = await createRecorder();
    await startSession(home, recorder);
    const doubt = 'This machine started no session FOREIGN: --state ID checks that the code is for yours.';
    for (const [id, stderr] of [
      ['FOREIGN', [doubt]],
      [ID, []],
    ] as const)
      await succeeds(['callback', `https://a.example/?code=4f1c&state=${id}`], { home, stderr });
    const { document } = await succeeds(['sessions', '--json'], { home, stderr: [] });
    expect(document['sessions']).toMatchObject([{ decentroTxnId: ID, returnedAt: expect.any(String) }]);
    expect(document['sessions']).toHaveLength(1);
  });

  test('is not noted where the journal is off, or the settings are broken', async () => {
    const home = temporaryDirectory();
    const recorder = await createRecorder();
    await startSession(home, recorder);
    const args = ['callback', `https://a.example/?code=4f1c&state=${ID}`];
    await succeeds(args, { home, env: { DIGILOCKER_NO_JOURNAL: '1' }, stderr: [] });
    await succeeds(args, { home, files: { '.decentrorc': 'nonsense' }, stderr: [] });
    const { document } = await succeeds(['sessions', '--json'], { home, stderr: [] });
    expect(document['sessions']).toMatchObject([{ returnedAt: null }]);
  });
});

describe('a call on a terminal for a session whose end user was not seen to come back', () => {
  const QUESTION = 'This machine has not seen the end user come back.';
  const LIST = { body: { ...SESSION_CREATED, responseKey: 'success_issued_files', data: [] } };
  const files = ({ url }: Recorder, ...more: readonly string[]) => [
    'issued-files',
    ...['--consent', '--consent-purpose', PURPOSE, '--base-url', url, '--allow-host', '127.0.0.1'],
    ...more,
  ];
  const begin = async () => {
    const home = temporaryDirectory();
    const recorder = await createRecorder(({ path: asked }) => (asked.includes('issued') ? LIST : {}));
    await startSession(home, recorder);
    const ask = (options: object, ...more: readonly string[]) =>
      runMain(files(recorder, ...more), { env: credentials, home, isInteractive: true, ...options });
    return { home, recorder, ask };
  };

  test('asks first, and sends nothing without a yes', async () => {
    const { recorder, ask } = await begin();
    expect((await ask({ answers: [[QUESTION, false]] }, '--last')).code).toBe(2);
    expect(recorder.requests).toHaveLength(1);
    expect((await ask({ answers: [[QUESTION, true]] }, ID)).code).toBe(0);
    // It worked, so the end user has come back.
    expect((await ask({}, ID)).code).toBe(0);
  });

  test('asks no more once the return was noted, and never with --yes or for a session of elsewhere', async () => {
    const { home, ask } = await begin();
    expect((await ask({}, ID, '--yes')).code).toBe(0);
    expect((await ask({}, 'ELSEWHERE')).code).toBe(0);
    await succeeds(['callback', `https://a.example/?code=4f1c&state=${ID}`], { home, stderr: [] });
    expect((await ask({}, ID)).code).toBe(0);
  });
});
