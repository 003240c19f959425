import { describe, expect, test } from '@jest/globals';
import { start, type RunOptions } from '../support/run.js';
import { inspect, openTab, SCREENS } from './browser.js';
import { signIn, takePicture } from './round-trip.js';

/** Starts a session whose redirect is waited for, and returns the running command and its link. */
async function waitOnTerminal(flags: readonly string[] = [], options: RunOptions = {}) {
  const args = ['init-session', '--env', 'sandbox', '--consent', '--wait', '--json', ...flags];
  const running = start(args, { timeoutMs: 60_000, ...options });
  const [, link = ''] = await running.waitForStderr(/(http:\/\/127\.0\.0\.1:\d+\/\S+)\n/);
  return { running, link };
}

async function documentOf({ done }: ReturnType<typeof start>): Promise<Record<string, unknown>> {
  return JSON.parse((await done).stdout) as Record<string, unknown>;
}

describe.each(SCREENS)('On a %s, in %s colours', (...screen) => {
  test('Allow brings the redirect to the terminal', async () => {
    const { running, link } = await waitOnTerminal();
    const { page, hosts, complaints } = await openTab(screen);
    await signIn(page, link);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'You can go back to the terminal' }).waitFor();
    await takePicture(page, `arrived-${screen.join('-')}`);
    expect((await running.done).code).toBe(0);
    const document = await documentOf(running);
    expect(document).toMatchObject({
      ok: true,
      callback: {
        status: 'SUCCESS',
        decentroTxnId: document['decentroTxnId'],
        code: null,
        error: null,
      },
    });
    expect([...hosts]).toEqual(['127.0.0.1']);
    expect(complaints).toEqual([]);
  });

  test('Deny after sign-up brings the refusal to the terminal', async () => {
    const { running, link } = await waitOnTerminal(['--redirect-to-signup']);
    const { page } = await openTab(screen);
    await page.goto(link);
    await page.getByRole('heading', { name: 'Sign up or sign in with Aadhaar' }).waitFor();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('heading', { name: 'The request was not granted' }).waitFor();
    await takePicture(page, `refused-${screen.join('-')}`);
    expect((await running.done).code).toBe(9);
    expect(await documentOf(running)).toMatchObject({
      ok: false,
      sessionCreated: 'yes',
      callback: { status: 'DENIED', code: null, error: null },
      error: { kind: 'declined' },
    });
  });

  test('a used link brings nothing, and the terminal goes on waiting for the first visitor', async () => {
    const { running, link } = await waitOnTerminal();
    const first = await openTab(screen);
    await signIn(first.page, link);
    const second = await openTab(screen);
    await second.page.goto(link);
    await second.page.getByRole('heading', { name: /used/ }).waitFor();
    await first.page.getByRole('button', { name: 'Allow' }).click();
    await first.page.getByRole('heading', { name: 'You can go back to the terminal' }).waitFor();
    expect((await running.done).code).toBe(0);
  });
});

test.each(['Allow', 'Deny'])('the page after %s is accessible', async (choice) => {
  const { running, link } = await waitOnTerminal();
  const { page } = await openTab(['phone', 'dark'], { bypassCSP: true, javaScriptEnabled: true });
  await signIn(page, link);
  await page.getByRole('button', { name: choice }).click();
  await page.getByRole('heading', { name: /terminal|not granted/ }).waitFor();
  const { problems, passed } = await inspect(page);
  expect(problems).toEqual([]);
  expect(passed).toContain('color-contrast');
  await running.done;
});

test('an expired link ends nowhere, and the terminal says how to go on when its time is up', async () => {
  const { running, link } = await waitOnTerminal(['--wait', '5s']);
  const { page } = await openTab();
  await signIn(page, link);
  await page.getByRole('button', { name: 'Expire this link' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect((await running.done).code).toBe(124);
  expect(await documentOf(running)).toMatchObject({ sessionCreated: 'yes', error: { kind: 'timeout' } });
});
