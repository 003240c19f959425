import { describe, expect, test } from '@jest/globals';
import { SESSION_CREATED } from '../support/answer.js';
import { freePort } from '../support/loopback.js';
import { createRecorder } from '../support/recorder.js';
import { fails, runMain, succeeds } from '../support/run-main.js';
import { PAIR, sessionAt } from '../support/session.js';
import { createStaging, LINK, TXN_ID } from '../support/staging.js';

const SANDBOX = ['init-session', '--env', 'sandbox', '--consent'];
const LISTEN = ['--listen', '127.0.0.1:8123'];

const flat = (text: string) => text.replaceAll('\n', ' ');

describe('flags of the round trip that would have no effect are refused', () => {
  test.each([
    [LISTEN, '--listen requires --wait.'],
    [['--end-user', 'allow'], '--end-user requires --wait.'],
    [
      ['--wait', '--redirect-url', 'https://app.example/return'],
      '--wait with a --redirect-url of your own needs --listen.',
    ],
    [['--print', 'curl', '--wait'], '--print curl cannot be combined with --wait.'],
    [['--print', 'curl', '--wait', ...LISTEN], '--print curl cannot be combined with --wait.'],
    [['--print', 'json', '--open'], '--print json cannot be combined with --open.'],
    [['--print', 'json', '--qr'], '--print json cannot be combined with --qr.'],
    [['--print', 'json', '--end-user', 'deny'], '--print json cannot be combined with --end-user.'],
    [['--print', 'json', ...LISTEN], '--print json cannot be combined with --listen.'],
    [['--wait', '10'], 'Give a duration such as 500ms, 30s, 10m or 1h.'],
    [['--wait', '0s'], 'Give a duration'],
    [['--wait', '-1s'], '-1s'],
    [['--wait', '2d'], 'Give a duration'],
    [['--wait', '25h'], 'Give a duration'],
    [['--wait', '--listen', '0.0.0.0:8123'], 'Give 127.0.0.1 and a port'],
    [['--wait', '--end-user', 'maybe'], 'Valid values: allow, deny.'],
    [['--wait', '--open=yes'], '--open'],
  ])('%p', async (flags, message) => {
    const { stderr } = await fails([...SANDBOX, ...flags], 2);
    expect(flat(stderr)).toContain(message);
    expect(stderr).not.toContain('Reference ID');
  });

  test('an end user outside the sandbox that runs inside the command', async () => {
    const { recorder, args, env } = await createStaging();
    for (const line of [args, [...SANDBOX, '--base-url', recorder.url]]) {
      const { stderr } = await fails([...line, '--wait', '--end-user', 'allow'], 2, { env });
      expect(flat(stderr)).toContain('--end-user works only in the sandbox that runs inside the command.');
      expect(flat(stderr)).toContain('digilocker sandbox --end-user allow');
    }
    expect(recorder.requests).toHaveLength(0);
  });

  test('an end user whose redirect URL the sandbox never calls', async () => {
    const line = [...SANDBOX, '--wait', '--listen', '127.0.0.1:8123', '--end-user', 'allow'];
    const { stderr } = await fails([...line, '--redirect-url', 'https://app.example/return'], 2);
    expect(flat(stderr)).toContain('--end-user needs a redirect URL on this machine.');
    expect(stderr).not.toContain('Reference ID');
  });

  test('a redirect URL that is none, although there is a listener for it', async () => {
    const listen = ['--wait', '--listen', `127.0.0.1:${await freePort()}`];
    const flags = [...listen, '--redirect-url', 'app.example/return'];
    const { stderr } = await fails([...SANDBOX, ...flags], 2);
    expect(flat(stderr)).toContain('--redirect-url is not an absolute http(s) URL');
    const sent = await runMain([...SANDBOX, ...flags, '--no-validate', '--json']);
    expect(sent.document).toMatchObject({
      responseKey: 'error_malformed_request',
      error: { kind: 'rejected' },
    });
  });
});

describe('the QR code', () => {
  const REDIRECT = ['--redirect-url', 'https://app.example/digilocker/return'];

  test('is drawn on stderr, whatever goes to stdout', async () => {
    const { args, env } = await createStaging();
    const { stdout, stderr } = await runMain([...args, ...REDIRECT, '--qr', '--field', 'authorizationUrl'], {
      env,
    });
    expect(stdout).toBe(`${LINK}\n`);
    const [reference, ...lines] = stderr.trimEnd().split('\n');
    expect(reference).toContain('Reference ID: ');
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.every((line) => line.startsWith('\u001b[97;40m█'))).toBe(true);
  });

  test('gives way to a hint where the terminal is too narrow', async () => {
    const { args, env } = await createStaging();
    await succeeds([...args, ...REDIRECT, '--qr'], {
      env,
      columns: 30,
      stderr: [/^Reference ID/, 'No QR code: the terminal is too narrow for it.'],
    });
  });

  test('gives way to a hint where the link holds half a character, which a URL may', async () => {
    const link = 'https://a.example/\ud800x';
    const recorder = await createRecorder({ body: { ...SESSION_CREATED, data: { authorizationUrl: link } } });
    const { stderr, code } = await runMain(sessionAt(recorder, ...REDIRECT, '--qr'), {
      env: PAIR,
      columns: 200,
    });
    expect([code, flat(stderr)]).toEqual([
      0,
      expect.stringContaining('No QR code: the link is too long, or has a character that no code can hold.'),
    ]);
  });

  test('is drawn where nobody says where the redirect goes', async () => {
    const { args, env } = await createStaging();
    const line = [...args.slice(0, 2), ...args.slice(4), '--no-validate', '--qr'];
    const { stdout, stderr } = await runMain(line, { env });
    expect(stderr).toContain('\u001b[97;40m█');
    expect(flat(stdout)).toContain('DigiLocker then redirects to the redirect URL with status=SUCCESS');
  });

  test('gives way to a hint where a phone could not follow the link, or could not come back', async () => {
    const hint = 'No QR code: link or redirect URL leads to this machine, which a phone cannot reach.';
    const { args, env } = await createStaging(`code=4f1c&state=${TXN_ID}`);
    const waiting = await runMain([...args, '--wait', '--qr'], { env });
    expect(waiting.stderr).toContain(`${hint}\n`);
    const { args: other } = await createStaging();
    for (const url of [
      'http://localhost:3000/',
      'http://127.0.0.1/',
      'http://[::1]/',
      'http://app.localhost/',
    ]) {
      const { stderr } = await runMain([...other, '--redirect-url', url, '--qr'], { env });
      expect(stderr).toContain(`${hint}\n`);
    }
    const sandbox = await runMain([...SANDBOX, '--qr']);
    expect(sandbox.stderr).toContain(`${hint}\n`);
  });
});

describe('a parameter that has no flag of its own', () => {
  const PRINT = [...SANDBOX, '--print', 'json'];

  test('is text or JSON, and may be given again under another name', async () => {
    const params = ['--param', 'a=1', '--param', 'b:=1', '--param', 'c.d=x=y', '--param', 'e:={"f":[null]}'];
    const { stdout } = await runMain([...PRINT, ...params, '--param', 'g=']);
    expect(JSON.parse(stdout)).toMatchObject({
      body: { a: '1', b: 1, 'c.d': 'x=y', e: { f: [null] }, g: '' },
    });
  });

  test.each([
    [['a'], 'Give key=text or key:=json.'],
    [['=a'], 'Give key=text or key:=json.'],
    [['a:={"b":1,"b":2}'], 'What follows := is not JSON, or names a key twice.'],
    [['a:={'], 'What follows := is not JSON, or names a key twice.'],
    [['a:=[12345678901234567890]'], '12345678901234567890 would be rounded.'],
    [['a:=1e400'], '1e400 would be rounded.'],
    [['a=1', '--param', 'a=2'], 'a is given twice.'],
    [['consent=true'], '--param is for parameters without a flag of their own, and not for consent.'],
  ])('is not %p (rule 41)', async (params, message) => {
    const { stderr } = await fails([...PRINT, '--param', ...params], 2);
    expect(flat(stderr)).toContain(message);
  });
});

test.each([
  ['sandbox', '--port', '6666'],
  ['sandbox', '--port', '6000'],
  ['callback', '--state', 'T1', '--listen', '127.0.0.1:10080'],
  ['init-session', '--wait', '--listen', '127.0.0.1:5060'],
])('a port that no browser opens is refused: %s %s %s', async (...args) => {
  const { stderr } = await fails(args, 2);
  expect(flat(stderr)).toMatch(/Browsers refuse to open port \d+: choose another one\./);
});

test('--field names what the document has, or is refused', async () => {
  const { stderr } = await fails([...SANDBOX, '--field', 'nope'], 2);
  expect(flat(stderr)).toContain('--field nope is not in the document.');
});
