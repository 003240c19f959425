import { describe, expect, test } from '@jest/globals';
import {
  GOOD_BODY,
  SIGN_IN,
  SIGN_UP,
  decideOn,
  envelopeOf,
  linkOf,
  openLink,
  post,
  signIn,
  start,
  submit,
  textOf,
} from './support.js';

const EXPIRE = { decision: 'expire' };

describe('Sign-in', () => {
  test('asks for a mobile number by default, filled in with one that nobody has', async () => {
    const page = await (await fetch(await openLink(await linkOf(await start())))).text();
    expect(page).toContain('<h1>Sign in with your mobile number</h1>');
    expect(page).toMatch(/<label for="number">Mobile number<\/label>/);
    expect(page).toMatch(/id="number"\s+name="number"\s+value="00000 00000"/);
    expect(page).toMatch(/<label for="otp">One-time code \(OTP\)<\/label>/);
    expect(page).toMatch(/id="otp"\s+name="otp"\s+value="000000"/);
    expect(page).toContain('asks for nothing of yours');
  });

  test('asks for Aadhaar when the client redirects to sign-up', async () => {
    const visit = await openLink(await linkOf(await start(), { redirect_to_signup: true }));
    const page = await (await fetch(visit)).text();
    expect(page).toContain('<h1>Sign up or sign in with Aadhaar</h1>');
    expect(page).toMatch(/<label for="number">Aadhaar number<\/label>/);
    expect(page).toMatch(/id="number"\s+name="number"\s+value="0000 0000 0000"/);
    expect((await submit(visit, SIGN_IN)).status).toBe(422);
    expect((await submit(visit, SIGN_UP)).status).toBe(303);
  });

  test.each([false, 'true', 1, null])('is the default for redirect_to_signup: %j', async (value) => {
    const visit = await openLink(await linkOf(await start(), { redirect_to_signup: value }));
    expect(await textOf(fetch(visit))).toContain('Sign in with your mobile number');
  });

  test.each([SIGN_IN, { number: '0123456789', otp: '12 34 56' }])('takes %j', async (fields) => {
    const visit = await openLink(await linkOf(await start()));
    const response = await submit(visit, fields);
    expect([response.status, response.headers.get('location')]).toEqual([303, new URL(visit).pathname]);
    expect(await textOf(fetch(visit))).toContain('Step 2 of 2: Consent');
  });

  test.each<[string, Record<string, string>]>([
    ['a number that could be real', { number: '98765 43210', otp: '000000' }],
    ['a number that is too short', { number: '00000', otp: '000000' }],
    ['a number in other digits', { number: '००००००००००', otp: '000000' }],
    ['no number', { otp: '000000' }],
  ])('refuses %s, and forgets it', async (_, fields) => {
    const visit = await openLink(await linkOf(await start()));
    const response = await submit(visit, fields);
    const page = await response.text();
    expect(response.status).toBe(422);
    expect(page).toContain('Use 10 digits that begin with 0. No real mobile number does.');
    expect(page).toMatch(
      /value="00000 00000"[^>]+aria-invalid="true"\s+aria-describedby="number-hint number-problem"/,
    );
    expect(page).not.toMatch(/98765|०००|Use any six digits/);
    expect(await textOf(fetch(visit))).toContain('Step 1 of 2');
  });

  test.each(['', '12345', 'abcdef', '1234567'])('refuses the one-time code %j', async (otp) => {
    const response = await submit(await openLink(await linkOf(await start())), { ...SIGN_IN, otp });
    const page = await response.text();
    expect(response.status).toBe(422);
    expect(page).toContain('<p class="problem" id="otp-problem">Use any six digits.</p>');
    expect(page).not.toContain('number-problem');
  });

  test('cannot be left out', async () => {
    const visit = await openLink(await linkOf(await start()));
    expect((await submit(visit, { decision: 'allow' })).status).toBe(422);
    expect(await textOf(fetch(visit))).toContain('Step 1 of 2');
  });

  test('that is sent twice changes nothing', async () => {
    const visit = await signIn(await start());
    expect((await submit(visit, SIGN_IN)).status).toBe(303);
    expect(await textOf(fetch(visit))).toContain('Step 2 of 2');
  });
});

test('The consent page says who asks for what, why, for how long, and where it goes from there', async () => {
  const sandbox = await start();
  const { decentroTxnId, data } = await envelopeOf(await post(sandbox, GOOD_BODY));
  const visit = await openLink(data?.authorizationUrl ?? '');
  await submit(visit, SIGN_IN);
  const page = await (await fetch(visit)).text();
  expect(page).toContain(
    '<blockquote class="purpose" dir="auto">KYC for opening a bank account</blockquote>',
  );
  expect(page).toContain('<dd>app.example</dd>');
  expect(page).toContain(`<code>${decentroTxnId}</code>`);
  expect(page).toMatch(/Asha Example<\/strong>, who does not exist/);
  expect(page).toMatch(/Aadhaar <span class="number">xxxx xxxx 0000<\/span>/);
  expect(page).toContain('<span class="number">00000 00000</span>');
  expect(page).toContain('<h1>Demo App wants to see your documents</h1>');
  expect(page).toMatch(
    /value="PANCR" checked \/>\s*PAN<\/label\s*>\s*<span class="number">XXXXX0000X<\/span>/,
  );
  expect(page).toContain('<dd>1 hour after you allow it</dd>');
  expect(page).not.toContain('UTC');
  for (const button of ['Allow', 'Deny', 'Expire this link']) expect(page).toContain(`${button}</button`);
});

describe('The answer', () => {
  test('of somebody who allows is a code, with the transaction ID as the state', async () => {
    const sandbox = await start();
    const { decentroTxnId, data } = await envelopeOf(await post(sandbox, GOOD_BODY));
    const visit = await openLink(data?.authorizationUrl ?? '');
    await submit(visit, SIGN_IN);
    const wayBack = new URL((await decideOn(visit, 'allow')) ?? '');
    expect(wayBack.origin + wayBack.pathname).toBe('https://app.example/digilocker/return');
    expect([...wayBack.searchParams]).toEqual([
      ['tab', '1'],
      ['code', expect.stringMatching(/^[0-9a-f]{40}$/)],
      ['state', decentroTxnId],
    ]);
  });

  test('has another code each time', async () => {
    const sandbox = await start();
    const first = await decideOn(await signIn(sandbox, { reference_id: 'a' }), 'allow');
    const second = await decideOn(await signIn(sandbox, { reference_id: 'b' }), 'allow');
    const [one, two] = [first, second].map((wayBack) => new URL(wayBack ?? '').searchParams.get('code'));
    expect(one).not.toBe(two);
  });

  test('of somebody who denies is an error, with the transaction ID as the state', async () => {
    const sandbox = await start();
    const { decentroTxnId, data } = await envelopeOf(await post(sandbox, GOOD_BODY));
    const visit = await openLink(data?.authorizationUrl ?? '');
    await submit(visit, SIGN_IN);
    const wayBack = new URL((await decideOn(visit, 'deny')) ?? '');
    expect([...wayBack.searchParams]).toEqual([
      ['tab', '1'],
      ['error', 'access_denied'],
      ['error_description', 'The end user denied the consent.'],
      ['state', decentroTxnId],
    ]);
  });

  const ANSWER = '(code=[0-9a-f]{40}&state=[0-9A-F]{32})';

  test.each([
    ['http://127.0.0.1:4000/cb', `^http://127\\.0\\.0\\.1:4000/cb\\?${ANSWER}$`],
    ['http://[::1]:4000/cb', `^http://\\[::1\\]:4000/cb\\?${ANSWER}$`],
    ['https://app.example', `^https://app\\.example/\\?${ANSWER}$`],
    ['https://app.example/?', `^https://app\\.example/\\?${ANSWER}$`],
    ['https://app.example/?a=%20+%2F&flag&a=2', `^https://app\\.example/\\?a=%20\\+%2F&flag&a=2&${ANSWER}$`],
    ['https://app.example/?state=mine', `^https://app\\.example/\\?state=mine&${ANSWER}$`],
    ['https://app.example/cb#/route?x=1', `^https://app\\.example/cb\\?${ANSWER}#/route\\?x=1$`],
    ['https://user:pass@app.example/', `^https://user:pass@app\\.example/\\?${ANSWER}$`],
    ['https://ऐप.example/वापस', `^https://xn--[\\w-]+\\.example/%E0[%\\w]+\\?${ANSWER}$`],
    ['https://app.example/\r\nSet-Cookie: a=b', `^https://app\\.example/Set-Cookie:%20a=b\\?${ANSWER}$`],
  ])('is added to %j and leaves the rest alone', async (redirectUrl, expected) => {
    const wayBack = await decideOn(await signIn(await start(), { redirect_url: redirectUrl }), 'allow');
    expect(wayBack).toMatch(new RegExp(expected));
  });

  test.each(['javascript:alert(1)', 'file:///etc/passwd', '/relative', ''])(
    'has nowhere to go when a scenario let the redirect URL %j pass',
    async (redirectUrl) => {
      const sandbox = await start({ scenario: 'success_initiate_session' });
      const visit = await signIn(sandbox, { redirect_url: redirectUrl, consent_purpose: '' });
      const page = await textOf(fetch(visit));
      expect(page).toContain('The app gave no purpose.');
      expect(page).toContain('Nowhere: the app gave no address to return to');
      const response = await submit(visit, { decision: 'allow' });
      expect([response.status, response.headers.get('location')]).toEqual([410, null]);
      expect(await textOf(response)).toContain('It gave no address to return to, so it does not know.');
    },
  );
});

describe('A decision is final', () => {
  test.each([
    ['allow', 'You let the app see the documents. It was told so.'],
    ['deny', 'You did not let the app see the documents. It was told so.'],
  ] as const)('%s', async (decision, text) => {
    const link = await linkOf(await start());
    const visit = await openLink(link);
    await submit(visit, SIGN_IN);
    expect(await decideOn(visit, decision)).not.toBeNull();
    const pages = [
      await submit(visit, { decision: 'allow' }),
      await submit(visit, { decision: 'deny' }),
      await submit(visit, EXPIRE),
      await submit(visit, SIGN_IN),
      await fetch(visit),
    ];
    for (const page of pages) {
      expect(page.status).toBe(410);
      expect(page.headers.has('location')).toBe(false);
      expect(await textOf(page)).toContain(text);
    }
    expect(await textOf(fetch(link))).toContain('This link was used before');
  });

  test('of two at the same time, one counts', async () => {
    const visit = await signIn(await start());
    const answers = await Promise.all([decideOn(visit, 'allow'), decideOn(visit, 'deny')]);
    expect(answers.filter((wayBack) => wayBack !== null)).toHaveLength(1);
  });
});

test('A link that the end user lets expire is over, and tells the client nothing', async () => {
  const link = await linkOf(await start());
  const visit = await openLink(link);
  await submit(visit, SIGN_IN);
  const response = await submit(visit, EXPIRE);
  expect([response.status, response.headers.get('location')]).toEqual([303, new URL(visit).pathname]);
  const pages = [
    await fetch(visit),
    await fetch(link),
    await fetch(link),
    await submit(visit, { decision: 'allow' }),
  ];
  for (const page of pages) {
    expect(page.status).toBe(410);
    expect(await textOf(page)).toContain('This link has expired');
  }
});

test('The consent page can be reloaded, and looked at, without an effect', async () => {
  const visit = await signIn(await start());
  for (const method of ['GET', 'HEAD', 'GET']) expect((await fetch(visit, { method })).status).toBe(200);
  expect(await decideOn(visit, 'allow')).not.toBeNull();
});
