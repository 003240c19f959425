import { describe, expect, test } from '@jest/globals';
import { SESSION_CREATED } from '../support/answer.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createRecorder, type Recorder } from '../support/recorder.js';
import { credentials, fails, runMain, succeeds } from '../support/run-main.js';
import { PURPOSE, REDIRECT_URL } from '../support/session.js';

const ID = '59F864A69B6E4DE0BCD4DD927A5D6160';
const BASE = '/v2/kyc/sso/digilocker';
const CONSENT = ['--consent', '--consent-purpose', PURPOSE, '--reference-id', 'ref-1'];
const COMMON = { reference_id: 'ref-1', consent: true, purpose: PURPOSE, consent_purpose: PURPOSE };
const env = credentials;

const at = ({ url }: Pick<Recorder, 'url'>, ...args: readonly string[]) => [
  ...args,
  ...['--base-url', url, '--allow-host', '127.0.0.1'],
];
const answering = (data: unknown, responseKey = 'success_file_pull') => ({
  headers: { 'Content-Type': 'text/plain' },
  body: { ...SESSION_CREATED, responseKey, data },
});

/** Every call of the suite: its command line, its request and what is answered. */
const CALLS: readonly (readonly [
  name: string,
  args: readonly string[],
  request: { readonly method: string; readonly path: string; readonly body?: object },
  data: unknown,
])[] = [
  [
    'session',
    ['init-session', '--redirect-url', REDIRECT_URL, '--no-open', ...CONSENT],
    { method: 'POST', path: `${BASE}/session`, body: { ...COMMON, redirect_url: REDIRECT_URL } },
    SESSION_CREATED.data,
  ],
  [
    'session with all that SSO has',
    [
      ...['init-session', '--redirect-url', REDIRECT_URL, '--no-open', ...CONSENT],
      ...['--redirect-to-signup', '--pinless-signin', '--no-pinless-signup', '--usernameless-signup'],
      ...['--document', 'ADHAR', '--document', 'PANCR', '--clear-cookies', '--param', 'new=1'],
    ],
    {
      method: 'POST',
      path: `${BASE}/session`,
      body: {
        ...COMMON,
        redirect_url: REDIRECT_URL,
        redirect_to_signup: true,
        pinless_signin: true,
        pinless_signup: false,
        usernameless_signup: true,
        documents_for_consent: ['ADHAR', 'PANCR'],
        clear_cookies: true,
        new: '1',
      },
    },
    SESSION_CREATED.data,
  ],
  [
    'access token',
    ['access-token', ID, '--code', 'c-1', ...CONSENT],
    { method: 'POST', path: `${BASE}/${ID}/token`, body: { ...COMMON, code: 'c-1' } },
    { expiresIn: 3600 },
  ],
  [
    'issued files',
    ['issued-files', ID, ...CONSENT],
    { method: 'POST', path: `${BASE}/${ID}/files/issued`, body: COMMON },
    { items: [] },
  ],
  [
    'file data',
    ['file', ID, 'in.gov.pan-PANCR-1', '--data', ...CONSENT],
    { method: 'POST', path: `${BASE}/${ID}/file`, body: { ...COMMON, file_urn: 'in.gov.pan-PANCR-1' } },
    { documentType: 'PANCR' },
  ],
  [
    'file download',
    ['file', ID, 'in.gov.pan-PANCR-1', ...CONSENT],
    {
      method: 'POST',
      path: `${BASE}/${ID}/file/download`,
      body: { ...COMMON, file_urn: 'in.gov.pan-PANCR-1' },
    },
    { file: Buffer.from('%PDF-1.4 made up').toString('base64') },
  ],
  [
    'pull',
    ['pull-file', ID, '--type', 'PAN', '--id-number', 'ABCDE1234F', '--full-name', 'Asha Canary', ...CONSENT],
    {
      method: 'POST',
      path: `${BASE}/${ID}/file/pull`,
      body: {
        ...COMMON,
        document_type: 'PAN',
        document_type_related_parameters: { id_number: 'ABCDE1234F', full_name: 'Asha Canary' },
      },
    },
    undefined,
  ],
  [
    'eAadhaar',
    ['eaadhaar', ID, ...CONSENT],
    { method: 'POST', path: `${BASE}/${ID}/eaadhaar`, body: COMMON },
    { aadhaarUid: 'xxxxxxxx0000' },
  ],
  ['revoke', ['revoke', ID], { method: 'DELETE', path: `${BASE}/session/${ID}` }, { revoked: true }],
];

describe('the request of', () => {
  test.each(CALLS)('%s', async (_name, args, { method, path, body }, data) => {
    const recorder = await createRecorder(answering(data));
    const { document } = await succeeds([...at(recorder, ...args), '--suite', 'sso', '--json'], {
      env,
      cwd: temporaryDirectory(),
      ...(body === undefined && { stderr: [] }),
    });
    const [request] = recorder.requests;
    expect([request?.method, request?.path]).toEqual([method, path]);
    expect(request?.body === '' ? undefined : JSON.parse(request?.body ?? '')).toEqual(body);
    expect(document).toMatchObject({ ok: true, referenceId: body === undefined ? null : 'ref-1' });
  });

  test('revoke has no body, no content type and no reference ID', async () => {
    const recorder = await createRecorder(answering({ revoked: true }));
    await succeeds(at(recorder, 'revoke', ID, '--suite', 'sso'), { env, stderr: [] });
    const head = recorder.requests[0]?.raw.toString('latin1').toLowerCase() ?? '';
    expect(head).not.toMatch(/content-type|content-length|transfer-encoding|reference/);
    expect(head.endsWith('\r\n\r\n')).toBe(true);
    await fails(at(recorder, 'revoke', ID, '--suite', 'sso', '--reference-id', 'r'), 2, { env });
  });

  test('pull-file takes other parameters of a document, and the number from standard input', async () => {
    const recorder = await createRecorder(answering(undefined));
    const pull = (...more: readonly string[]) =>
      at(recorder, 'pull-file', ID, '--suite', 'sso', '--type', 'DRVLC', ...CONSENT, ...more);
    await succeeds(pull('--related', 'dlno=KA01', '--related', 'year:=2020'), { env });
    await succeeds(pull('--id-number', '-', '--full-name', 'Asha'), { env, input: 'KA02\n' });
    expect(recorder.requests.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { document_type_related_parameters: { dlno: 'KA01', year: 2020 } },
      { document_type_related_parameters: { id_number: 'KA02', full_name: 'Asha' } },
    ]);
    const { stderr } = await fails(pull(), 2, { env });
    expect(stderr).toMatch(/--id-number[^]*--full-name/);
    await fails(pull('--id-number', '-', '--full-name', 'Asha'), 2, { env, input: 'KA02\nKA03\n' });
    const twice = pull('--id-number', 'KA02', '--full-name', 'Asha', '--related', 'id_number=KA03');
    expect((await fails(twice, 2, { env })).stderr).toContain('repeats id_number');
    expect(recorder.requests).toHaveLength(2);
  });
});

describe('the suite', () => {
  const session = (recorder: Recorder, ...more: readonly string[]) =>
    at(recorder, 'init-session', '--redirect-url', REDIRECT_URL, '--no-open', '--json', ...CONSENT, ...more);

  test.each([
    ['the variable', { env: { ...env, DECENTRO_SUITE: 'sso' } }, []],
    ['the file', { env, files: { '.decentrorc': 'defaults:\n  suite: sso\n' } }, []],
    ['the flag before both', { env: { ...env, DECENTRO_SUITE: 'classic' } }, ['--suite', 'sso']],
  ])('comes from %s', async (_place, options, more) => {
    const recorder = await createRecorder();
    await succeeds(session(recorder, ...more), options);
    expect(recorder.requests[0]?.path).toBe(`${BASE}/session`);
    expect(recorder.requests[0]?.body).not.toContain('abstract_access_token');
  });

  test('is shown by config show, and named where it is none', async () => {
    const shown = await succeeds(['config', 'show', '--json'], {
      env: { DECENTRO_SUITE: 'sso' },
      stderr: [],
    });
    expect(shown.document['settings']).toContainEqual({
      name: 'suite',
      value: 'sso',
      source: 'DECENTRO_SUITE',
    });
    const recorder = await createRecorder([]);
    const { stderr } = await fails(
      session(recorder).filter((arg) => arg !== '--json'),
      3,
      {
        env: { ...env, DECENTRO_SUITE: 'third' },
      },
    );
    expect(stderr).toContain('DECENTRO_SUITE has to be classic or sso.');
    await fails(session(recorder, '--suite', 'third'), 2, { env });
    await fails(['config', 'show'], 3, { files: { '.decentrorc': 'defaults:\n  suite: third\n' } });
  });

  test.each([
    [['--pinless-signin'], 'classic'],
    [['--document', 'ADHAR'], 'classic'],
    [['--no-clear-cookies'], 'classic'],
    [['--suite', 'sso', '--abstract-access-token'], 'sso'],
    [['--suite', 'sso', '--no-abstract-access-token'], 'sso'],
    [['--suite', 'sso', '--param', 'pinless_signin:=true'], '--param is for'],
  ])('does not have %j', async (more, named) => {
    const recorder = await createRecorder([]);
    const { document } = await fails(session(recorder, ...more), 2, { env });
    expect(JSON.stringify(document)).toContain(named);
  });

  test('does not send a type of document with what it was copied along with', async () => {
    const recorder = await createRecorder([]);
    const args = session(recorder, '--suite', 'sso', '--document', 'ADHAR', '--document', 'PANCR\r\n');
    const { document } = await fails(args, 2, { env });
    expect(JSON.stringify(document)).toContain('--document ends with a line break');
  });

  test('of a later call is the one that its session was started in here', async () => {
    const home = temporaryDirectory();
    const recorder = await createRecorder(({ path }) => (path.endsWith('session') ? {} : answering([])));
    await succeeds(session(recorder, '--suite', 'sso'), { env, home });
    const files = (...more: readonly string[]) =>
      at(recorder, 'issued-files', '--consent', '--consent-purpose', PURPOSE, ...more);
    await runMain(files('--last'), { env: { ...env, DECENTRO_SUITE: 'classic' }, home });
    await runMain(files(ID), { env, home });
    await runMain(files(ID, '--suite', 'classic'), { env, home });
    await runMain(files(), {
      env,
      home,
      answers: [['Transaction ID of the session:', ID]],
    });
    expect(recorder.requests.slice(1).map(({ path }) => path)).toEqual([
      `${BASE}/${ID}/files/issued`,
      `${BASE}/${ID}/files/issued`,
      '/v2/kyc/digilocker/issued_files',
      `${BASE}/${ID}/files/issued`,
    ]);
  });

  test.each(['pull-file', 'revoke'])('classic does not have %s', async (command) => {
    const recorder = await createRecorder([]);
    const { stderr } = await fails(at(recorder, command, ID), 2, { env });
    expect(stderr).toContain('The classic suite does not have this call.');
    expect(stderr).toContain('--suite sso');
  });
});

describe('a transaction ID in a path', () => {
  test.each(['../../x', 'a/b', 'a%2e', 'é', 'a b', 'x'.repeat(129), 'a?b', ''])('is not %j', async (id) => {
    const recorder = await createRecorder([]);
    const args = at(recorder, 'issued-files', '--suite', 'sso', ...CONSENT);
    await fails([...args.slice(0, 1), id, ...args.slice(1)], 2, { env });
    if (id !== '') await fails(args, 3, { env: { ...env, DECENTRO_TXN_ID: id } });
  });

  test('has up to 128 letters, digits, - and _', async () => {
    const recorder = await createRecorder(answering([]));
    const id = `aZ09_-${'x'.repeat(122)}`;
    await succeeds(at(recorder, 'issued-files', id, '--suite', 'sso', ...CONSENT), { env });
    expect(recorder.requests[0]?.path).toContain(id);
  });
});

describe('revoke', () => {
  const QUESTION = 'Every later call for this session will be refused. Revoke its access?';

  test('asks on a terminal, unless --yes is given', async () => {
    const recorder = await createRecorder(answering({ revoked: true }));
    const args = at(recorder, 'revoke', ID, '--suite', 'sso');
    await fails(args, 2, { env, answers: [[QUESTION, false]] });
    expect(recorder.requests).toHaveLength(0);
    expect((await runMain(args, { env, answers: [[QUESTION, true]] })).code).toBe(0);
    expect((await runMain([...args, '--yes'], { env, isInteractive: true })).code).toBe(0);
  });

  test('needs --yes on production where nobody can be asked', async () => {
    const args = ['revoke', ID, '--suite', 'sso', '--env', 'production'];
    const { stderr } = await fails(args, 2, { env: { ...env, DECENTRO_ENV: 'production' } });
    expect(stderr.replaceAll('\n', ' ')).toContain(
      'A call that cannot be undone on production (in.decentro.tech) needs --yes.',
    );
  });

  test('accepts --last on a terminal only', async () => {
    const { stderr } = await fails(['revoke', '--last', '--suite', 'sso', '--yes'], 2, { env });
    expect(stderr).toContain('--last needs a terminal');
  });

  test('is no success without the word that it was done', async () => {
    const recorder = await createRecorder(answering({}));
    await fails(at(recorder, 'revoke', ID, '--suite', 'sso'), 6, { env });
  });
});

test('what is personal of a pulled document is shown nowhere', async () => {
  const home = temporaryDirectory();
  const recorder = await createRecorder({ then: 'reset' });
  const args = at(recorder, ...(CALLS.find(([name]) => name === 'pull')?.[1] ?? []), '--suite', 'sso');
  const run = await runMain([...args, '--verbose'], { env, home });
  const printed = await runMain([...args, '--print', 'curl'], { env, home });
  const listed = await runMain(['sessions', '--json'], { home });
  for (const { stdout, stderr } of [run, printed, listed])
    expect(stdout + stderr).not.toMatch(/ABCDE1234F|Asha Canary/);
  expect(printed.stdout).toContain('"document_type":"PAN"');
});
