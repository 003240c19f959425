import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { SESSION_CREATED } from '../support/answer.js';
import { createCertificate } from '../support/certificate.js';
import { privateFile } from '../support/private-file.js';
import { createRecorder, type Answer } from '../support/recorder.js';
import { assertNoSecrets, credentials, fails, run, runShell, temporaryDirectory } from '../support/run.js';
import { PAIR, sessionAt } from '../support/session.js';

const { decentroTxnId: ID } = SESSION_CREATED;
const REFUSED: Answer = {
  status: 400,
  body: { decentroTxnId: ID, status: 'FAILURE', responseKey: 'error_consent_false', message: 'No.' },
};

describe('colour', () => {
  const COLOUR = /\p{Cc}\[\d/u;

  test.each<[Record<string, string>, readonly string[], boolean]>([
    [{}, [], false],
    [{ FORCE_COLOR: '1' }, [], true],
    [{ FORCE_COLOR: '1' }, ['--no-color'], false],
    [{ FORCE_COLOR: '3' }, ['--json'], false],
  ])('in a pipe with %j and %j: %j', async (env, flags, isColoured) => {
    const recorder = await createRecorder([{}]);
    const { code, stdout } = await run(sessionAt(recorder, ...flags), { env: { ...PAIR, ...env } });
    expect(code).toBe(0);
    expect(COLOUR.test(stdout)).toBe(isColoured);
  });

  test('of a failure with FORCE_COLOR=1', async () => {
    const { stderr } = await fails(['init-session'], 3, { env: { FORCE_COLOR: '1' } });
    expect(stderr).toMatch(COLOUR);
  });
});

test.each<[what: string, code: number, answer: Answer]>([
  ['a session', 0, {}],
  ['a refusal', 5, REFUSED],
])(
  'NODE_DEBUG, which makes node tell what it sends, tells no secret of %s (rule 27)',
  async (_what, code, answer) => {
    const certificate = createCertificate();
    const recorder = await createRecorder([answer], { tls: certificate });
    const TMPDIR = temporaryDirectory();
    const trust = ['--ca-file', privateFile(temporaryDirectory(), 'ca.pem', certificate.cert)];
    const env = { ...credentials, TMPDIR, NODE_DEBUG: 'http,https,net,tls,stream,http2,undici' };
    // Node prints without waiting, every CA certificate among it, and loses what the pipe has not taken when the
    // process ends. What --verbose prints last is waited for, and with it what node printed before.
    const result = await run(sessionAt(recorder, ...trust, '--verbose'), { env });
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(/^HTTP \d+: /m);
    expect(result.stderr).toMatch(/^TLS \d+: client emit secureConnect/m);
    assertNoSecrets(result);
    expect(readdirSync(TMPDIR)).toEqual([]);
  },
);

test('the stdout of a shell that evaluates it holds the values', async () => {
  const authorizationUrl = 'https://digilocker.example/it\'s?a=$(id)&b=`id`&c="${HOME}"\\';
  const body = { ...SESSION_CREATED, data: { authorizationUrl }, responseKey: '; echo evil #' };
  const recorder = await createRecorder({ body });
  const args = sessionAt(recorder, '--reference-id', "it's $(1)", '--no-validate', '-o', 'shell').slice(1);
  const words = args.map((arg) => `'${arg.replaceAll("'", "'\\''")}'`).join(' ');
  const names = 'DECENTRO_TXN_ID DECENTRO_REFERENCE_ID DECENTRO_RESPONSE_KEY DECENTRO_AUTHORIZATION_URL';
  const script = `out=$(digilocker init-session ${words}) || exit; eval "$out"; for n in ${names}; do printenv $n; done`;
  const { code, stdout } = await runShell(script, { env: PAIR });
  expect(code).toBe(0);
  expect(stdout).toBe(`${ID}\nit's $(1)\n; echo evil #\n${authorizationUrl}\n`);
});
