import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SESSION_CREATED } from '../support/answer.js';
import { createRecorder, type Recorder } from '../support/recorder.js';
import { assertNoSecrets, run, runShell, startShell, temporaryDirectory } from '../support/run.js';
import { API_PATH, GIVEN, heldRecorder, PAIR, sessionAt } from '../support/session.js';

const ID = SESSION_CREATED.decentroTxnId;

/** The command line as words of a shell. */
function words(recorder: Pick<Recorder, 'url'>, ...flags: string[]): string {
  const args = sessionAt(recorder, '--reference-id', 'ref-1', ...flags);
  return ['digilocker', ...args.map((arg) => `'${arg}'`)].join(' ');
}

function expectIdsOn(stderr: string): void {
  expect(stderr).toMatch(/^Reference ID: ref-1\n/);
  expect(stderr).toMatch(new RegExp(`^Transaction ID +${ID}\nReference ID +ref-1\n`, 'm'));
  expect(stderr).toContain(SESSION_CREATED.data.authorizationUrl);
  expect(stderr).not.toMatch(/^ {4}at |EPIPE/m);
}

describe('a reader that is gone before the result comes (rule 24)', () => {
  test.each([[['--json']], [['-o', 'env']], [['--field', 'decentroTxnId']]])(
    'ends %j with 74, the IDs and the link on stderr',
    async (flags) => {
      const { recorder, arrived, release } = await heldRecorder();
      const command = `{ ${words(recorder, ...flags)}; echo "rc=$?" >&2; }`;
      const running = startShell(`${command} | { head -c0; exec <&-; echo gone >&2; }`, { env: PAIR });
      await Promise.all([arrived, running.waitForStderr('gone\n')]);
      release();
      await running.waitForStderr('rc=74\n');
      const { stderr } = await running.done;
      expectIdsOn(stderr.replace('gone\n', ''));
    },
  );

  test('ends a failure in JSON with 74 as well, and tells it on stderr', async () => {
    const body = { decentroTxnId: ID, status: 'FAILURE', responseKey: 'error_consent_false' };
    const { recorder, arrived, release } = await heldRecorder({ status: 400, body });
    const command = `{ ${words(recorder, '--json')}; echo "rc=$?" >&2; }`;
    const running = startShell(`${command} | { exec <&-; echo gone >&2; }`, { env: PAIR });
    await Promise.all([arrived, running.waitForStderr('gone\n')]);
    release();
    const { stderr } = await running.done;
    expect(stderr).toContain('rc=74\n');
    expect(stderr).toContain(ID);
    expect(stderr).toContain('error_consent_false');
  });
});

describe('a reader that leaves early (rule 24)', () => {
  test.each([
    ['head -1', 'DigiLocker session started (staging)\n'],
    ['head -c5', 'DigiL'],
    ['cat', /Fetch|fetch/],
  ])('is no failure when the whole result was written: | %s', async (reader, output) => {
    const recorder = await createRecorder([{}]);
    const script = `{ ${words(recorder)}; echo "rc=$?" >&2; } | ${reader}`;
    const { stdout, stderr } = await runShell(script, { env: PAIR });
    expect(stdout).toMatch(output);
    expect(stderr).toBe('Reference ID: ref-1\nrc=0\n');
  });
});

describe('standard output that cannot be written (rule 24)', () => {
  test.each([[['--json']], [['-o', 'shell']], [['--field', 'ok']]])(
    'on a full disk ends %j with 74 and the IDs',
    async (flags) => {
      const recorder = await createRecorder([{}]);
      const { code, stderr } = await runShell(`${words(recorder, ...flags)} >/dev/full`, { env: PAIR });
      expect(code).toBe(74);
      expect(stderr).toContain('ENOSPC');
      expectIdsOn(stderr);
    },
  );

  test.each(['--help', 'explain --json', 'init-session --print curl --consent'])(
    'ends `%s` with 74',
    async (command) => {
      const env = { DECENTRO_CONSENT_PURPOSE: GIVEN[2], DECENTRO_REDIRECT_URL: GIVEN[4] };
      const { code, stderr } = await runShell(`digilocker ${command} >/dev/full`, { env });
      expect(code).toBe(74);
      expect(stderr).toMatch(/ENOSPC/);
    },
  );

  test('because every stream is closed cannot be told from /dev/null', async () => {
    const recorder = await createRecorder([{}]);
    expect((await runShell(`${words(recorder)} <&- >&- 2>&-`, { env: PAIR })).code).toBe(0);
  });
});

test.each(['2>/dev/full', '2>&-', '2>/dev/null'])(
  'a session does not depend on stderr: %s (rule 24)',
  async (end) => {
    const recorder = await createRecorder([{}]);
    const result = await runShell(`${words(recorder, '--field', 'decentroTxnId')} ${end}`, { env: PAIR });
    expect(result).toEqual({ code: 0, signal: null, stdout: `${ID}\n`, stderr: '' });
  },
);

test('the output of --json comes whole through a pipe that holds less (rule 25)', async () => {
  const data = { ...SESSION_CREATED.data, more: 'x'.repeat(900_000) };
  const recorder = await createRecorder([{ body: { ...SESSION_CREATED, data } }]);
  const script = `${words(recorder, '--json')} | { read -r first; echo "$first"; cat; }`;
  const { stdout } = await runShell(script, { env: PAIR });
  expect(stdout.slice(-3)).toBe('\n}\n');
  expect(JSON.parse(stdout)).toMatchObject({ raw: { data } });
});

describe('--print', () => {
  const TRICKY = ["--param=quote=it's", '--param', 'words=$(id) `id` "x" \\ é', '--param', 'at=@/etc/passwd'];

  test('curl puts the headers on its stdin and no secret into its arguments (rule 27)', async () => {
    const cwd = temporaryDirectory();
    const fake = 'printf "%s\\0" "$@" >argv; cat >stdin';
    const recorder = await createRecorder([]);
    const script = `
      printf '#!/bin/sh\\n%s\\n' '${fake}' >curl; chmod +x curl
      ${words(recorder, '--print', 'curl')} >request.sh && PATH=".:$PATH" sh ./request.sh`;
    const env = { ...PAIR, DECENTRO_MODULE_SECRET: 'the-module-secret' };
    const result = await runShell(script, { cwd, env });
    expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    const read = (name: string) => readFileSync(path.join(cwd, name), 'utf8');
    assertNoSecrets({ stdout: read('request.sh'), stderr: read('argv') }, ['the-module-secret']);
    const [, method, url, , source, , body] = read('argv').split('\0');
    expect([method, url, source]).toEqual(['POST', `${recorder.url}${API_PATH}`, '@-']);
    expect(JSON.parse(body ?? '')).toMatchObject({ reference_id: 'ref-1', consent: true });
    expect(read('stdin').split('\n')).toEqual(
      expect.arrayContaining([
        `client_id: ${PAIR.DECENTRO_CLIENT_ID}`,
        `client_secret: ${PAIR.DECENTRO_CLIENT_SECRET}`,
        'module_secret: the-module-secret',
        'Content-Type: application/json',
        'Accept: application/json',
      ]),
    );
    expect(recorder.connections).toBe(0);
  });

  test('curl ends with an error where a variable is not set, and sends nothing', async () => {
    const recorder = await createRecorder([]);
    const { code, stderr } = await runShell(`${words(recorder, '--print', 'curl')} | sh`);
    expect(code).not.toBe(0);
    expect(stderr).toContain('DECENTRO_CLIENT_ID');
    expect(recorder.connections).toBe(0);
  });

  test('curl makes the real one send the same request', async () => {
    const { stdout: found } = await runShell('command -v curl');
    const recorder = await createRecorder({ then: 'close' });
    const args = sessionAt(recorder, '--reference-id', 'ref-1', ...TRICKY);
    const quoted = (list: readonly string[]) =>
      list.map((arg) => `'${arg.replaceAll("'", "'\\''")}'`).join(' ');
    const printed = found === '' ? quoted(args) : `${quoted(args)} --print curl | sh`;
    await run(args, { env: PAIR });
    await runShell(`digilocker ${printed}`, { env: PAIR });
    const [own, other] = recorder.requests;
    expect(other?.requestLine).toBe(own?.requestLine);
    expect(other?.body).toBe(own?.body);
    for (const name of [
      'client_id',
      'client_secret',
      'module_secret',
      'Content-Type',
      'Accept',
      'User-Agent',
    ]) {
      expect(other?.header(name)).toBe(own?.header(name));
    }
  });

  test('json is the request as data, with the names of variables for secrets (rule 27)', async () => {
    const recorder = await createRecorder([]);
    const { stdout, stderr, code } = await run(
      sessionAt(recorder, '--reference-id', 'ref-1', '--print', 'json', ...TRICKY),
      { env: PAIR },
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      method: 'POST',
      url: `${recorder.url}${API_PATH}`,
      headers: {
        client_id: '${DECENTRO_CLIENT_ID}',
        client_secret: '${DECENTRO_CLIENT_SECRET}',
        'Content-Type': 'application/json',
        Accept: 'application/json',
        'User-Agent': expect.any(String),
      },
      body: {
        reference_id: 'ref-1',
        consent: true,
        consent_purpose: GIVEN[2],
        redirect_url: GIVEN[4],
        abstract_access_token: true,
        quote: "it's",
        words: '$(id) `id` "x" \\ é',
        at: '@/etc/passwd',
      },
    });
    expect(recorder.connections).toBe(0);
  });
});
