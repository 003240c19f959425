import { describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { createRecorder } from '../support/recorder.js';
import { SCREENS, inspect, openTab, overflowOf } from './browser.js';
import { signIn, startRoundTrip, takePicture, type RoundTrip } from './round-trip.js';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const arriveAt = (page: Page, title: string) =>
  page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
const CONSENT = 'Demo App wants to see your documents';
const press = async (page: Page, keys: string) => {
  for (const key of keys.split(' ')) await page.keyboard.press(key);
};

/** The only visit of the client: its query, and what the browser says beside it. */
function returnOf({ returns }: RoundTrip) {
  expect(returns).toHaveLength(1);
  const [request] = returns;
  return {
    method: request?.method,
    query: Object.fromEntries(new URL(request?.path ?? '', 'http://client').searchParams),
    origin: request?.header('origin'),
    referrer: request?.header('referer'),
  };
}

const PLAIN_RETURN = { method: 'GET', origin: undefined, referrer: undefined };

describe.each(SCREENS)('On a %s, in %s colours', (...screen) => {
  const name = (page: string) => `${page}-${screen.join('-')}`;

  test('the end user signs in and allows', async () => {
    const trip = await startRoundTrip();
    const { page, hosts, complaints } = await openTab(screen);
    await page.goto(trip.link);
    await arriveAt(page, 'Sign in with your mobile number');
    expect(await page.getByLabel('Mobile number').inputValue()).toBe('00000 00000');
    expect(await page.getByLabel('One-time code (OTP)').inputValue()).toBe('000000');
    await takePicture(page, name('sign-in'));
    await button(page, 'Sign in').click();
    expect(await page.getByRole('blockquote').textContent()).toBe('KYC for opening a bank account');
    await takePicture(page, name('consent'));
    await button(page, 'Allow').click();
    await arriveAt(page, 'Welcome back');
    expect(returnOf(trip)).toEqual({
      ...PLAIN_RETURN,
      query: { tab: '1', code: expect.stringMatching(/^[0-9a-f]{40}$/), state: trip.transactionId },
    });
    expect([...hosts]).toEqual(['127.0.0.1']);
    expect(complaints).toEqual([]);
  });

  test('the end user signs up with Aadhaar and denies', async () => {
    const trip = await startRoundTrip({ redirect_to_signup: true });
    const { page, hosts, complaints } = await openTab(screen);
    await page.goto(trip.link);
    await arriveAt(page, 'Sign up or sign in with Aadhaar');
    expect(await page.getByLabel('Aadhaar number').inputValue()).toBe('0000 0000 0000');
    await takePicture(page, name('sign-up'));
    await button(page, 'Sign in').click();
    await button(page, 'Deny').click();
    await arriveAt(page, 'Welcome back');
    expect(returnOf(trip)).toEqual({
      ...PLAIN_RETURN,
      query: {
        tab: '1',
        error: 'access_denied',
        error_description: 'The end user denied the consent.',
        state: trip.transactionId,
      },
    });
    expect([...hosts]).toEqual(['127.0.0.1']);
    expect(complaints).toEqual([]);
  });

  test('a number that could be real is refused', async () => {
    const { page } = await openTab(screen);
    await page.goto((await startRoundTrip()).link);
    await page.getByLabel('Mobile number').fill('98765 43210');
    await page.getByLabel('One-time code (OTP)').fill('12');
    await button(page, 'Sign in').click();
    await page.getByText('No real mobile number does.').waitFor();
    await takePicture(page, name('sign-in-refused'));
    expect(await page.locator(':focus').getAttribute('name')).toBe('number');
    expect(await page.getByLabel('Mobile number').inputValue()).toBe('00000 00000');
  });

  test('a link that the end user lets expire is over, and a used one too', async () => {
    const trip = await startRoundTrip();
    const { page } = await openTab(screen);
    await signIn(page, trip.link);
    await button(page, 'Expire this link').click();
    await arriveAt(page, 'This link has expired');
    await takePicture(page, name('expired'));
    await page.goto(trip.link);
    await arriveAt(page, 'This link has expired');
    expect(trip.returns).toEqual([]);

    const used = await startRoundTrip();
    await signIn(page, used.link);
    await button(page, 'Allow').click();
    await arriveAt(page, 'Welcome back');
    await page.goto(used.link);
    await arriveAt(page, 'This link was used before');
    await takePicture(page, name('used'));
    expect(used.returns).toHaveLength(1);
  });

  test('every page is accessible, and fits', async () => {
    const long = { consent_purpose: 'W'.repeat(50), redirect_url: `http://${'w'.repeat(60)}.example/` };
    const { page, complaints } = await openTab(screen, { bypassCSP: true, javaScriptEnabled: true });
    const { sandbox, link } = await startRoundTrip(long);
    const check = async (title: string) => {
      await arriveAt(page, title);
      const { problems, passed } = await inspect(page);
      expect(problems).toEqual([]);
      expect(passed).toEqual(expect.arrayContaining(['color-contrast', 'landmark-one-main', 'region']));
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await overflowOf(page)).toBe(0);
    };

    await page.goto(link);
    await check('Sign in with your mobile number');
    await page.getByLabel('Mobile number').fill('');
    await button(page, 'Sign in').click();
    await page.getByText('No real mobile number does.').waitFor();
    await check('Sign in with your mobile number');
    await button(page, 'Sign in').click();
    await check(CONSENT);
    await button(page, 'Expire this link').click();
    await check('This link has expired');
    await page.goto((await startRoundTrip({ redirect_to_signup: true })).link);
    await check('Sign up or sign in with Aadhaar');
    await page.goto(sandbox.url);
    await check("An imitation of Decentro's DigiLocker API");
    await page.goto(`${sandbox.url}/digilocker/unknown`);
    await check('This link is unknown');

    const used = await startRoundTrip();
    await signIn(page, used.link);
    const visit = page.url();
    await button(page, 'Deny').click();
    await arriveAt(page, 'Welcome back');
    await page.goto(used.link);
    await check('This link was used before');
    await page.goto(visit);
    await check('This session is over');
    expect(complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
  });
});

describe('With the keyboard alone', () => {
  test('the end user signs in and allows', async () => {
    const trip = await startRoundTrip();
    const { page } = await openTab();
    await page.goto(trip.link);
    await press(page, 'Tab Tab Tab Enter');
    await arriveAt(page, CONSENT);
    await press(page, 'Tab Tab Tab Tab Enter');
    await arriveAt(page, 'Welcome back');
    expect(returnOf(trip).query).toHaveProperty('code');
  });

  test('the end user sends the sign-in from a field, and denies', async () => {
    const trip = await startRoundTrip();
    const { page } = await openTab();
    await page.goto(trip.link);
    await press(page, 'Tab Enter');
    await arriveAt(page, CONSENT);
    await press(page, 'Space Tab Tab Tab Tab Tab Space');
    await arriveAt(page, 'Welcome back');
    expect(returnOf(trip).query).toHaveProperty('error', 'access_denied');
  });

  test('whatever has the focus shows it', async () => {
    const { page } = await openTab(['desktop', 'light'], { javaScriptEnabled: true });
    await signIn(page, (await startRoundTrip()).link);
    const seen: string[] = [];
    for (let index = 0; index < 6; index += 1) {
      await press(page, 'Tab');
      const outline = 'getComputedStyle(document.activeElement).outline';
      expect(await page.evaluate<string>(outline)).toMatch(/ solid 3px$/);
      seen.push(await page.evaluate<string>('document.activeElement.textContent'));
    }
    expect(seen).toEqual(['', '', '', 'Allow', 'Deny', 'Expire this link']);
    await takePicture(page, 'focus');
  });
});

describe.each(SCREENS)('The page that stands in for an app, on a %s, in %s colours', (...screen) => {
  test.each([
    [
      'Allow',
      true,
      'The end user is back, and allowed',
      'status=SUCCESS&initiation_decentro_transaction_id=ID',
    ],
    [
      'Deny',
      true,
      'The end user is back, without a consent',
      'status=DENIED&initiation_decentro_transaction_id=ID',
    ],
    ['Allow', false, 'The end user is back, and allowed', 'code=CODE&state=ID'],
    [
      'Deny',
      false,
      'The end user is back, without a consent',
      'error=access_denied&error_description=The+end+user+denied+the+consent.&state=ID',
    ],
  ])('shows what %s brings, with abstract_access_token %s', async (choice, isAbstract, title, query) => {
    const { sandbox, link, transactionId } = await startRoundTrip((url) => ({
      redirect_url: `${url}/app/return`,
      abstract_access_token: isAbstract,
    }));
    const { page, complaints } = await openTab(screen);
    await signIn(page, link);
    await button(page, choice).click();
    await arriveAt(page, title);
    await takePicture(page, `return-${choice}-${isAbstract ? 'status' : 'code'}-${screen.join('-')}`);
    const command = (await page.locator('.command').textContent()) ?? '';
    const plain = command.replace(transactionId, 'ID').replace(/code=[0-9a-f]{40}/, 'code=CODE');
    expect(plain).toBe(`digilocker callback "${sandbox.url}/app/return?${query}"`);
    expect(complaints).toEqual([]);
    await sandbox.settled;
  });
});

test('The end user leaves a document out', async () => {
  const { sandbox, link, transactionId } = await startRoundTrip({ abstract_access_token: true });
  const { page } = await openTab();
  await signIn(page, link);
  await page.getByLabel('PAN').uncheck();
  await button(page, 'Allow').click();
  await arriveAt(page, 'Welcome back');
  const response = await fetch(`${sandbox.url}/v2/kyc/digilocker/issued_files`, {
    method: 'POST',
    headers: { client_id: 'any', client_secret: 'any' },
    body: JSON.stringify({
      reference_id: 'browser-2',
      consent: true,
      consent_purpose: 'KYC for opening a bank account',
      initial_decentro_transaction_id: transactionId,
    }),
  });
  const { data } = (await response.json()) as { data: { doctype: string }[] };
  expect(data.map(({ doctype }) => doctype)).toEqual(['ADHAR', 'DRVLC']);
});

describe('In the SSO suite', () => {
  const SSO = '/v2/kyc/sso/digilocker/session';

  test.each(SCREENS)('the sign-up on a %s in %s colours asks for more', async (...screen) => {
    const trip = await startRoundTrip({ redirect_to_signup: true }, SSO);
    const { page } = await openTab(screen);
    await page.goto(trip.link);
    await arriveAt(page, 'Sign up or sign in with Aadhaar');
    expect(await page.getByLabel('Username').inputValue()).toBe('asha.example');
    expect(await page.getByLabel('Security PIN').inputValue()).toBe('000000');
    await takePicture(page, `sso-sign-up-${screen.join('-')}`);
    await button(page, 'Sign in').click();
    await button(page, 'Allow').click();
    await arriveAt(page, 'Welcome back');
    expect(returnOf(trip).query).toHaveProperty('code');
  });

  test('a browser signs in once, until an app clears its cookies', async () => {
    const trip = await startRoundTrip({}, SSO);
    const { page } = await openTab();
    await signIn(page, trip.link);
    await page.goto(await trip.another({}));
    await arriveAt(page, CONSENT);
    await page.goto(await trip.another({ clear_cookies: true }));
    await arriveAt(page, 'Sign in with your mobile number');
  });
});

test('Going back after the decision shows that it is final', async () => {
  const trip = await startRoundTrip();
  const { page } = await openTab();
  await signIn(page, trip.link);
  await button(page, 'Allow').click();
  await arriveAt(page, 'Welcome back');
  await page.goBack();
  await arriveAt(page, 'This session is over');
  expect(trip.returns).toHaveLength(1);
});

test.each([
  ['127.0.0.1', 'localhost'],
  ['localhost', '127.0.0.1'],
])('A client on %s may forward to one on %s', async (first, second) => {
  const target = await createRecorder(() => ({ status: 200, body: 'caught' }));
  const forwarder = await createRecorder(({ path }) => ({
    status: 302,
    headers: { Location: `http://${second}:${target.port}${path}` },
    body: '',
  }));
  const { link } = await startRoundTrip({ redirect_url: `http://${first}:${forwarder.port}/cb` });
  const { page, complaints } = await openTab();
  await signIn(page, link);
  await button(page, 'Allow').click();
  await page.getByText('caught').waitFor();
  expect(target.requests.some(({ path }) => path.startsWith('/cb?code='))).toBe(true);
  expect(complaints).toEqual([]);
});

test("A stranger's page can neither frame the consent page nor answer for the end user", async () => {
  const trip = await startRoundTrip();
  const victim = await openTab();
  await signIn(victim.page, trip.link);
  const visit = victim.page.url();
  const stranger = await createRecorder(() => ({
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<iframe src="${visit}"></iframe>
      <form method="post" action="${visit}"><button name="decision" value="allow">Win</button></form>`,
  }));
  const { page } = await openTab();
  await page.goto(stranger.url.replace('127.0.0.1', 'localhost'));
  expect(page.frames()[1]?.url()).not.toBe(visit);
  await button(page, 'Win').click();
  await arriveAt(page, 'This form was not accepted');
  expect(trip.returns).toEqual([]);
  await button(victim.page, 'Allow').click();
  await arriveAt(victim.page, 'Welcome back');
  expect(trip.returns).toHaveLength(1);
});
