import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../src/failure/failure.js';
import { SESSION_CREATED, type Answer } from '../support/answer.js';
import { CANARIES, findLeak } from '../support/canaries.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createFakeHost, type FakeHostOptions } from '../support/fake-host.js';
import { dealt } from '../support/generated.js';
import { createRecorder } from '../support/recorder.js';
import { credentials, runHost, runMain } from '../support/run-main.js';

const { clientId, clientSecret, moduleSecret } = CANARIES;
const ECHO = `${clientId} ${clientSecret.toUpperCase()} ${moduleSecret.replaceAll('-', '%2D')}`;
const echoing = (body: object): Answer => ({
  headers: {
    'X-Echo': ECHO,
    'X-DECENTRO-URN': ECHO,
    Location: `https://evil.example/?${encodeURIComponent(ECHO)}`,
  },
  body: { ...SESSION_CREATED, message: ECHO, ...body },
});
const refusing = (responseKey: string, status = 400): Answer => ({
  ...echoing({ status: 'FAILURE', responseKey }),
  status,
});

interface Ending extends FakeHostOptions {
  readonly args?: readonly string[];
  readonly code: number;
  /** What a server answers, for those commands that ask one. */
  readonly answer?: Answer;
  /** Sent when the request is under way. */
  readonly isInterrupted?: boolean;
}

type Endings = Readonly<Record<string, Ending>>;

const GIVEN = [
  '--consent',
  '--consent-purpose',
  'KYC for opening a bank account',
  '--redirect-url',
  'https://a.example',
];
const CALL = ['TXN', '--code', 'c-1', '--consent', '--consent-purpose', 'KYC for opening a bank account'];
const SHORT_CALL = CALL.filter((word) => word !== '--code' && word !== 'c-1');
const ADDRESS = 'https://a.example/return?code=4f1c&state=x';
const unwritable = {
  stdoutError: new Failure('output', 'Standard output could not be written (ENOSPC).'),
  code: 74,
};
const broken = { '.decentrorc': `{"environments": {"staging": {"clientSecret": "${clientSecret}" oops` };
const mixed = { '.decentrorc': JSON.stringify({ environments: { staging: { clientSecret } } }) };

const BATCH = [
  'rows.csv',
  '--consent',
  '--consent-purpose',
  'KYC for a new account',
  '--redirect-url',
  'https://app.example/return',
];

/** The endings of a call for a session, whose success brings this `data`. */
const callEndings = (args: readonly string[], data: unknown): Endings => ({
  success: { args, answer: echoing({ data }), code: 0 },
  usage: { args: ['TXN', `--client-secret=${clientSecret}`], code: 2 },
  access: { args, answer: refusing('error_unauthorized_module', 401), code: 4 },
  'an answer that lacks its data': { args, answer: echoing({ data: ECHO }), code: 6 },
  'unreadable answer': { args, answer: { status: 200, body: ECHO }, code: 6 },
  unknown: { args, answer: { then: 'reset' }, code: 8 },
  output: { args, answer: echoing({ data }), ...unwritable },
});

function withoutLack(endings: Endings): Endings {
  return Object.fromEntries(Object.entries(endings).filter(([what]) => !what.includes('lacks its data')));
}

/** Every command, and every way in which it can end. A command that is not here fails the first test. */
const COMMANDS: Readonly<Record<string, Endings>> = {
  'init-session': {
    success: { args: GIVEN, answer: echoing({}), code: 0 },
    usage: { args: [...GIVEN, `--client-secret=${clientSecret}`], code: 2 },
    'broken config': { args: GIVEN, files: broken, code: 3 },
    'mixed config': { args: GIVEN, files: mixed, code: 3 },
    access: { args: GIVEN, answer: refusing('error_unauthorized_module', 401), code: 4 },
    rejected: { args: GIVEN, answer: refusing('error_invalid_purpose'), code: 5 },
    'rejected with a key of secrets': { args: GIVEN, answer: refusing(ECHO), code: 5 },
    upstream: { args: GIVEN, answer: refusing('error_provider_error'), code: 6 },
    redirect: { args: GIVEN, answer: { ...echoing({}), status: 302, body: ECHO }, code: 6 },
    'unreadable answer': { args: GIVEN, answer: { status: 200, body: ECHO }, code: 6 },
    network: { args: [...GIVEN, '--retries', '0', '--base-url', 'http://127.0.0.1:1'], code: 7 },
    unknown: { args: GIVEN, answer: { then: 'reset' }, code: 8 },
    'cut answer': {
      args: GIVEN,
      answer: { headers: { 'Content-Length': '5000' }, body: `"${ECHO}"`, then: 'close' },
      code: 8,
    },
    output: { args: GIVEN, answer: echoing({}), ...unwritable },
    timeout: {
      args: [...GIVEN.slice(0, 3), '--wait', '1s'],
      answer: echoing({}),
      waitsRunOut: true,
      code: 124,
    },
    interrupted: { args: GIVEN, answer: { then: 'hang' }, isInterrupted: true, code: 130 },
  },
  'access-token': callEndings(CALL, { expiresIn: 3600, name: ECHO }),
  'issued-files': callEndings(SHORT_CALL, [{ name: ECHO, uri: ECHO }]),
  file: {
    ...callEndings(['TXN', 'in.gov.pan-PANCR-X', ...SHORT_CALL.slice(1), '--data'], { userName: ECHO }),
  },
  eaadhaar: callEndings(SHORT_CALL, { aadhaarUid: ECHO, proofOfAddress: { house: ECHO } }),
  sandbox: {
    usage: { args: ['--scenario', 'nonsense'], code: 2 },
    interrupted: { args: ['--port', '0'], isInterrupted: true, code: 0 },
  },
  callback: {
    success: { args: [ADDRESS], code: 0 },
    usage: { args: ['nonsense'], code: 2 },
    declined: { args: ['https://a.example/?error=access_denied&state=x'], code: 9 },
    output: { args: [ADDRESS], ...unwritable },
  },
  // Its success has no data that could be lacking.
  'pull-file': withoutLack(
    callEndings(
      [
        ...['TXN', '--suite', 'sso', '--type', 'PAN', '--full-name', 'Asha', '--id-number', 'ABCDE1234F'],
        ...CALL.slice(-3),
      ],
      null,
    ),
  ),
  revoke: callEndings(['TXN', '--suite', 'sso'], { revoked: true, name: ECHO }),
  api: {
    success: { args: ['GET', '/v1/x'], answer: echoing({}), code: 0 },
    usage: { args: ['GET', 'x'], code: 2 },
    access: { args: ['GET', '/v1/x'], answer: refusing('error_unauthorized_module', 401), code: 4 },
    'unreadable answer': { args: ['POST', '/v1/x'], answer: { status: 200, body: ECHO }, code: 6 },
    unknown: { args: ['POST', '/v1/x'], answer: { then: 'reset' }, code: 8 },
  },
  sessions: {
    success: { code: 0 },
    usage: { args: ['nothing'], code: 2 },
    output: { ...unwritable },
  },
  explain: {
    success: { args: ['error_unauthorized_module'], code: 0 },
    usage: { args: ['nonsense', 'more'], code: 2 },
    output: { ...unwritable },
  },
  'config init': {
    success: { args: ['--client-id', clientId, '--client-secret-ref', 'env:DECENTRO_MINE'], code: 0 },
    usage: { args: ['--nonsense'], code: 2 },
    'broken config': {
      args: ['--client-id', 'x', '--client-secret-ref', 'env:DECENTRO_MINE'],
      files: broken,
      code: 3,
    },
  },
  'config show': {
    success: { code: 0 },
    usage: { args: ['--nonsense'], code: 2 },
    'broken config': { files: broken, code: 3 },
    'mixed config': { files: mixed, code: 3 },
    output: { ...unwritable },
  },
  'config set': {
    success: { args: ['defaults.redirectUrl', 'https://a.example/x'], code: 0 },
    usage: { args: ['nonsense', 'x'], code: 2 },
    'broken config': { args: ['defaults.redirectUrl', 'https://a.example/x'], files: broken, code: 3 },
  },
  'config unset': {
    success: { args: ['defaults.redirectUrl'], code: 0 },
    usage: { args: ['nonsense'], code: 2 },
    'broken config': { args: ['defaults.redirectUrl'], files: broken, code: 3 },
  },
  'config path': {
    success: { code: 0 },
    'broken config': { files: broken, code: 3 },
  },
  doctor: {
    success: { answer: echoing({}), code: 0 },
    usage: { args: ['--nonsense'], code: 2 },
    'broken config': { files: broken, code: 3 },
    'mixed config': { files: mixed, code: 3 },
    'an account that is refused': {
      args: [...GIVEN, '--live'],
      answer: refusing('error_unauthorized_module', 401),
      code: 4,
    },
    network: { args: ['--base-url', 'http://127.0.0.1:1'], code: 7 },
    output: { answer: echoing({}), ...unwritable },
  },
  smoke: {
    'an account that is refused': {
      args: ['--consent'],
      answer: refusing('error_unauthorized_module', 401),
      code: 4,
    },
    'answers that are all alike': { args: ['--consent'], answer: echoing({}), code: 10 },
    usage: { args: ['--nonsense'], code: 2 },
    'broken config': { args: ['--consent'], files: broken, code: 3 },
    'mixed config': { args: ['--consent'], files: mixed, code: 3 },
  },
  'batch run': {
    success: { args: BATCH, files: { 'rows.csv': 'name\nx\n' }, answer: echoing({}), code: 0 },
    usage: { args: ['missing.csv', '--consent'], code: 2 },
    'a row that is refused with a key of secrets': {
      args: BATCH,
      files: { 'rows.csv': 'name\nx\n' },
      answer: refusing(ECHO),
      code: 10,
    },
    network: {
      args: [...BATCH, '--retries', '0', '--patience', '1ms', '--base-url', 'http://127.0.0.1:1'],
      files: { 'rows.csv': 'name\nx\n' },
      code: 7,
    },
    'broken config': { args: BATCH, files: broken, code: 3 },
    'mixed config': { args: BATCH, files: mixed, code: 3 },
  },
  'batch status': { usage: { args: ['missing.batch'], code: 2 } },
  'batch results': { usage: { args: ['missing.batch'], code: 2 } },
  'batch forget': { usage: { args: ['missing.batch', '--yes'], code: 2 } },
  completion: {
    success: { args: ['bash'], code: 0 },
    usage: { args: ['nonsense'], code: 2 },
    output: { args: ['zsh'], ...unwritable },
  },
  'completion install': {
    success: { args: ['bash', '--yes'], code: 0 },
    usage: { args: ['bash'], code: 2 },
  },
};

/** The commands that the help of all names, `config init` and its like included. */
async function listCommands(above: readonly string[] = []): Promise<string[]> {
  const { stdout } = await runMain([...above, '--help']);
  const [, list = ''] = stdout.split('\nCommands:\n');
  const names = [...(list.split('\n\n')[0] ?? '').matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(
    ([, name = '']) => name,
  );
  const own = names.filter((name) => name !== 'help');
  if (own.length === 0) return [above.join(' ')];
  const found = stdout.includes('\nArguments:\n') ? [above.join(' ')] : [];
  for (const name of own) found.push(...(await listCommands([...above, name])));
  return found;
}

test('every command of the program is in the table', async () => {
  expect((await listCommands()).sort()).toEqual(Object.keys(COMMANDS).sort());
});

/** The leaks in the files that a command left, but for those that were there before. */
function leaksBelow(folder: string, known: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !known.includes(name) && statSync(path.join(folder, name)).isFile())
    .filter(
      (name) =>
        findLeak(readFileSync(path.join(folder, name), 'utf8').replaceAll(clientId, '')) !== undefined,
    );
}

describe.each(Object.entries(COMMANDS))(
  'no secret is shown or left behind by %s (rules 5, 17, 27)',
  (name, endings) => {
    const calls = [
      'init-session',
      'access-token',
      'issued-files',
      'file',
      'eaadhaar',
      'pull-file',
      'revoke',
      'api',
    ];
    const asks = [...calls, 'doctor', 'smoke', 'batch run'].includes(name);
    const verbose = asks && name !== 'doctor' ? [['--json', '--verbose'], ['--verbose']] : [];
    const forms = ['completion', 'completion install', 'batch results', 'batch forget'].includes(name)
      ? [[]]
      : [[], ['--json'], ...verbose];
    const hands = Object.keys(endings).length > 1 ? 2 : 1;
    const cases = Object.entries(endings).flatMap(([what, ending], index) =>
      dealt(forms, index, hands).map((form) => ({ what, form, ending })),
    );

    test.each(cases)('$what, with $form', async ({ form, ending }) => {
      const { args = [], code, answer, isInterrupted = false, ...options } = ending;
      // The sandbox has a document for its failures alone.
      const asked = [...name.split(' '), ...args, ...(name === 'sandbox' && code === 0 ? [] : form)];
      const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
      let interrupt: () => void = () => undefined;
      const recorder = await createRecorder(() => {
        if (isInterrupted) interrupt();
        return answer ?? {};
      });
      const target = asks ? ['--allow-host', '127.0.0.1'] : [];
      const base = asks && !args.includes('--base-url') ? ['--base-url', recorder.url] : [];
      const host = createFakeHost([...asked, ...target, ...base], {
        ...options,
        cwd,
        home,
        env: credentials,
      });
      interrupt = () => {
        host.interrupt('SIGINT');
      };
      if (isInterrupted && answer === undefined) interrupt();
      const run = await runHost(host);
      expect([run.code, run.stdout + run.stderr]).toEqual([code, expect.any(String)]);
      expect([...leaksBelow(cwd, Object.keys(options.files ?? {})), ...leaksBelow(home, [])]).toEqual([]);
    });
  },
);
