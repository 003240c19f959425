import { describe, expect, test } from '@jest/globals';
import { SESSION_CREATED } from '../support/answer.js';
import { createFakeHost } from '../support/fake-host.js';
import { createRecorder } from '../support/recorder.js';
import { fails, runHost, runMain, succeeds } from '../support/run-main.js';
import { sent } from '../support/sent.js';
import {
  API_PATH,
  BODY,
  documentOf,
  GIVEN,
  heldRecorder,
  PAIR,
  PURPOSE,
  REDIRECT_URL,
  sessionAt,
} from '../support/session.js';

describe('the request', () => {
  test('has no module_secret header where none is configured, nor for an empty variable', async () => {
    const [absent, empty] = await Promise.all([
      sent([]),
      sent([], { env: { ...PAIR, DECENTRO_MODULE_SECRET: '' } }),
    ]);
    expect(absent.header('module_secret')).toBeUndefined();
    expect(empty.header('module_secret')).toBeUndefined();
  });

  test('goes below the path of the base URL, with or without a slash at its end', async () => {
    const recorder = await createRecorder();
    for (const end of ['', '/']) {
      await succeeds(sessionAt({ url: `${recorder.url}/gateway/in${end}` }), { env: PAIR });
    }
    expect(recorder.requests.map((request) => request.path)).toEqual([
      `/gateway/in${API_PATH}`,
      `/gateway/in${API_PATH}`,
    ]);
  });

  test.each([
    [['--redirect-to-signup'], '"redirect_to_signup":true,"abstract_access_token":true'],
    [['--no-redirect-to-signup'], '"redirect_to_signup":false,"abstract_access_token":true'],
    [['--abstract-access-token'], '"abstract_access_token":true'],
    [['--no-abstract-access-token'], '"abstract_access_token":false'],
    [
      ['--abstract-access-token', '--no-redirect-to-signup'],
      '"redirect_to_signup":false,"abstract_access_token":true',
    ],
    [
      ['--param', 'nonce=1 = one', '--param', 'empty='],
      '"abstract_access_token":true,"nonce":"1 = one","empty":""',
    ],
    [
      ['--param', 'depth:={"a":[1,true,null]}', '--param', 'n:=0.5'],
      '"abstract_access_token":true,"depth":{"a":[1,true,null]},"n":0.5',
    ],
  ])('carries %j as %s', async (flags, json) => {
    expect((await sent(flags)).body).toBe(`{"reference_id":"ref-1",${BODY},${json}}`);
  });

  test('carries every script of a purpose in UTF-8, counting characters and not bytes', async () => {
    const purpose = 'बैंक खाता खोलने के लिए केवाईसी 🏦 – «é» "\\';
    const flags = ['--reference-id', 'ref-1', '--consent', '--redirect-url', REDIRECT_URL];
    const request = await sent(['--consent-purpose', purpose], { base: flags });
    expect(request.json()).toMatchObject({ consent_purpose: purpose });
    expect(request.header('content-length')).toBe(String(Buffer.byteLength(request.body)));
    const emojis = '🏦'.repeat(50);
    const second = await sent(['--consent-purpose', emojis], { base: flags });
    expect(second.json()).toMatchObject({ consent_purpose: emojis });
  });
});

describe('--param', () => {
  test.each([
    'reference_id=other',
    'consent:=true',
    'consent_purpose=x',
    'redirect_url=x',
    'redirect_to_signup:=true',
    'abstract_access_token:=true',
  ])('refuses %s, which has a flag of its own', async (param) => {
    const recorder = await createRecorder([]);
    const { stderr } = await fails(sessionAt(recorder, '--param', param), 2, { env: PAIR });
    expect(stderr).toContain(param.split(/:?=/)[0]);
    expect(recorder.connections).toBe(0);
  });

  test.each([
    ['--param', 'no-operator'],
    ['--param', '=value'],
    ['--param', 'key:={broken'],
    ['--param', 'twice=1', '--param', 'twice=2'],
  ])('refuses %j %j', async (...flags) => {
    const recorder = await createRecorder([]);
    await fails(sessionAt(recorder, ...flags), 2, { env: PAIR });
    expect(recorder.connections).toBe(0);
  });

  test('takes the six names with --no-validate, and announces the reference ID that is sent (rule 21)', async () => {
    const recorder = await createRecorder([{}]);
    const params = ['--param', 'reference_id=mine', '--param', 'consent:="true"', '--param', 'x=y'];
    const result = await succeeds(sessionAt(recorder, '--no-validate', '--json', ...params), { env: PAIR });
    expect(recorder.requests[0]?.json()).toEqual({
      reference_id: 'mine',
      consent: 'true',
      consent_purpose: PURPOSE,
      redirect_url: REDIRECT_URL,
      abstract_access_token: true,
      x: 'y',
    });
    expect(documentOf(result).referenceId).toBe('mine');
    expect(result.stderr).toBe('Reference ID: mine\n');
  });
});

describe('--no-validate', () => {
  test('leaves out what would be asked, credentials included', async () => {
    const request = await sent(['--no-validate'], { base: ['--reference-id', 'ref-1'], env: {} });
    expect(request.body).toBe('{"reference_id":"ref-1","abstract_access_token":true}');
    const names = request.headers.map(([name]) => name);
    expect(names.filter((name) => name.includes('_'))).toEqual([]);
  });

  test('sends what would be refused', async () => {
    const base = [
      '--reference-id',
      '',
      '--no-consent',
      '--consent-purpose',
      'short',
      '--redirect-url',
      'x:y',
    ];
    const request = await sent(['--no-validate'], { base });
    expect(request.body).toBe(
      '{"reference_id":"","consent":false,"consent_purpose":"short","redirect_url":"x:y","abstract_access_token":true}',
    );
  });
});

describe('the answer', () => {
  test('is read in both spellings of the envelope', async () => {
    const { decentroTxnId, status, message, data } = SESSION_CREATED;
    const snake = {
      decentro_txn_id: decentroTxnId,
      status,
      response_code: 'S00000',
      message,
      data: { authorization_url: data.authorizationUrl },
      response_key: 'success_initiate_session',
    };
    const documents = await Promise.all(
      [SESSION_CREATED, snake].map(async (body) => {
        const recorder = await createRecorder([{ body }]);
        return documentOf(await succeeds(sessionAt(recorder, '--json'), { env: PAIR }));
      }),
    );
    for (const document of documents) {
      expect(document).toMatchObject({
        ok: true,
        decentroTxnId,
        status: 'SUCCESS',
        responseCode: 'S00000',
        responseKey: 'success_initiate_session',
        authorizationUrl: data.authorizationUrl,
        sessionCreated: 'yes',
        error: null,
      });
    }
    expect(documents.map(({ raw }) => raw)).toEqual([SESSION_CREATED, snake]);
  });
});

describe('the reference ID', () => {
  test.each([[[]], [['--quiet']], [['--json', '--reference-id', 'given-1']]])(
    'is on stderr before the request is answered, with %j (rule 21)',
    async (flags) => {
      const { recorder, arrived, release } = await heldRecorder();
      const host = createFakeHost(sessionAt(recorder, ...flags), { env: PAIR });
      const ended = runHost(host);
      await arrived;
      const [, announced] = /^Reference ID: (\S+)\n/.exec(host.stderr.text) ?? [];
      expect(recorder.requests[0]?.json()).toMatchObject({ reference_id: announced });
      release();
      expect((await ended).code).toBe(0);
    },
  );

  test('is on stderr before a connection is made (rule 21)', async () => {
    const args = sessionAt({ url: 'http://127.0.0.1:1' }, '--retries', '0');
    const { stderr } = await runMain(args, { env: PAIR });
    expect(stderr.indexOf('Reference ID: ')).toBe(0);
  });

  test('is unique and sorts by time where it is generated', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const { reference_id: id } = (await sent([], { base: GIVEN })).json() as { reference_id: string };
      ids.push(id);
    }
    expect(new Set(ids).size).toBe(3);
    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[\w-]{1,64}$/);
  });
});
