import { describe, expect, test } from '@jest/globals';
import { awaitRedirect, openListener, type RedirectWait } from '../../../src/redirect/await-redirect.js';
import type { Listener } from '../../../src/redirect/listener.js';
import { cleanUp } from '../../support/cleanup.js';
import { createFakeHost, type FakeHost } from '../../support/fake-host.js';
import { OTHER_ID, SESSION_ID } from '../../support/redirects.js';

const PATH = '/callback/secret';
const GENUINE = `code=4f1c&state=${SESSION_ID}`;

async function open(host: FakeHost): Promise<Listener> {
  const listener = await openListener(host, undefined, { path: PATH });
  cleanUp(() => listener.close());
  return listener;
}

/** Waits on a path of the user's own, unless something else is said, and sends each query once the one before is answered. */
async function waitFor(host: FakeHost, queries: readonly string[], options: Partial<RedirectWait> = {}) {
  const listener = await open(host);
  const expected = { decentroTxnId: SESSION_ID, ...options.expected };
  const wait = { listener, waitMs: 600_000, isQuiet: false, ...options, expected };
  const callback = awaitRedirect(host, wait);
  callback.catch(() => undefined);
  for (const query of queries) await fetch(`${listener.origin}${PATH}?${query}`);
  return callback;
}

test('what is no fault of the port is not blamed on it', async () => {
  const options = {
    get hosts(): string[] {
      throw new TypeError('a bug');
    },
  };
  for (const port of [undefined, 8123]) {
    await expect(openListener(createFakeHost(), port, options)).rejects.toThrow(TypeError);
  }
});

describe('a wait that runs out', () => {
  test.each([
    [600_000, '10m'],
    [90_000, '90s'],
    [1500, '1500ms'],
    [86_400_000, '24h'],
  ])('after %i ms says so, and how to go on', async (waitMs, duration) => {
    const host = createFakeHost([], { waitsRunOut: true });
    await expect(waitFor(host, [], { waitMs })).rejects.toMatchObject({
      kind: 'timeout',
      exitCode: 124,
      message: `Timed out after ${duration} waiting for the redirect.`,
      hint: expect.stringMatching(/^The session lives on: .* `digilocker callback`\.$/),
    });
  });

  test('counts the redirects that it ignored, by their kind', async () => {
    let runOut = (): void => undefined;
    const host = createFakeHost();
    const sleeping: FakeHost = Object.assign(host, {
      sleep: () => new Promise<void>((resolve) => (runOut = resolve)),
    });
    const listener = await open(host);
    const wait = { listener, expected: { decentroTxnId: SESSION_ID }, waitMs: 60_000, isQuiet: true };
    const callback = awaitRedirect(sleeping, wait);
    callback.catch(() => undefined);
    for (const query of ['code=1&state=a', 'code=2&state=b', 'code=3', ''])
      await fetch(`${listener.origin}${PATH}?${query}`);
    runOut();
    await expect(callback).rejects.toThrow(
      'Timed out after 1m waiting for the redirect. 4 redirects were ignored: 2 with another state, 1 without state, 1 that has no code, status or error.',
    );
    expect(host.stderr.text).toBe('');
  });
});

describe('a redirect that does not count (rule 29)', () => {
  test('is reported at once, one line for each kind, with what was expected', async () => {
    const host = createFakeHost();
    const id = 'initiation_decentro_transaction_id';
    const ignored = [
      `status=SUCCESS&${id}=${OTHER_ID}`,
      `status=SUCCESS&${id}=ABC`,
      'code=4f1d&state=other',
      'code=4f1d',
      'status=SUCCESS',
      'code=1&code=2',
    ];
    expect(await waitFor(host, [...ignored, GENUINE])).toMatchObject({ code: '4f1c' });
    expect(host.stderr.text.split('\n')).toEqual([
      `Ignored a redirect for transaction ${OTHER_ID}: this session is ${SESSION_ID}.`,
      `Ignored a redirect with state other: this session is ${SESSION_ID}.`,
      `Ignored a redirect without state: this session is ${SESSION_ID}.`,
      `Ignored a redirect without ${id}: this session is ${SESSION_ID}.`,
      `Ignored a redirect that repeats code: expected a status with ${id}=${SESSION_ID}, or a code with state=${SESSION_ID}.`,
      '',
    ]);
  });

  test('is told above the countdown of a terminal', async () => {
    const host = createFakeHost([], { isInteractive: true, columns: 200 });
    await waitFor(host, ['code=4f1d', GENUINE]);
    expect(host.stderr.text.replaceAll('\r\u001b[K', '|')).toBe(
      `|Waiting for the end user, 10:00 left (Ctrl-C ends it)|Ignored a redirect without state: this session is ${SESSION_ID}.\n|Waiting for the end user, 10:00 left (Ctrl-C ends it)|`,
    );
  });

  test('takes a question off the screen, which is then asked again', async () => {
    const host = createFakeHost();
    const asked: string[] = [];
    let onAsked = (): void => undefined;
    const isAskedAgain = new Promise<void>((resolve) => (onAsked = resolve));
    const ask = async (over: AbortSignal, noted: AbortSignal) => {
      asked.push(host.stderr.text);
      if (asked.length === 2) onAsked();
      const either = AbortSignal.any([over, noted]);
      await new Promise((_resolve, reject) => {
        either.addEventListener('abort', () => {
          reject(either.reason as Error);
        });
      });
    };
    const listener = await open(host);
    const wait = { listener, expected: { decentroTxnId: SESSION_ID }, waitMs: 60_000, isQuiet: false, ask };
    const callback = awaitRedirect(host, wait);
    await fetch(`${listener.origin}${PATH}?code=4f1d`);
    await isAskedAgain;
    await fetch(`${listener.origin}${PATH}?${GENUINE}`);
    expect(await callback).toMatchObject({ code: '4f1c' });
    expect(asked).toEqual(['', `Ignored a redirect without state: this session is ${SESSION_ID}.\n`]);
  });
});

describe('a status on the secret path that names another session', () => {
  const expected = { decentroTxnId: SESSION_ID, isSecretPath: true };

  test.each([
    [`&initiation_decentro_transaction_id=${OTHER_ID}`, `transaction ${OTHER_ID}`],
    ['', 'no transaction'],
  ])('ends the wait, with a note that names both (%p)', async (parameter, named) => {
    const host = createFakeHost();
    const query = `status=SUCCESS${parameter}`;
    expect(await waitFor(host, [query], { expected })).toMatchObject({ status: 'SUCCESS' });
    expect(host.stderr.text).toBe(
      `The redirect names ${named}: this session is ${SESSION_ID}. Go on with the ID of this session.\n`,
    );
    const quiet = createFakeHost();
    await waitFor(quiet, [query], { expected, isQuiet: true });
    expect(quiet.stderr.text).toBe('');
  });

  test('is named beside the code of this one, which counts', async () => {
    const host = createFakeHost();
    const query = `${GENUINE}&status=SUCCESS&initiation_decentro_transaction_id=${OTHER_ID}`;
    expect(await waitFor(host, [query], { expected })).toMatchObject({ code: '4f1c' });
    expect(host.stderr.text).toContain(`The redirect names transaction ${OTHER_ID}: this session is`);
  });

  test('is a refusal where it says so', async () => {
    const host = createFakeHost();
    const query = `status=DENIED&initiation_decentro_transaction_id=${OTHER_ID}`;
    await expect(waitFor(host, [query], { expected })).rejects.toMatchObject({ kind: 'declined' });
    expect(host.stderr.text).toContain(`this session is ${SESSION_ID}`);
  });
});

test('a question that is interrupted ends the wait', async () => {
  const host = createFakeHost();
  const listener = await open(host);
  const ask = () => Promise.reject(new Error('Ctrl-C'));
  const wait = { listener, expected: { decentroTxnId: SESSION_ID }, waitMs: 60_000, isQuiet: false, ask };
  await expect(awaitRedirect(host, wait)).rejects.toThrow('Ctrl-C');
});

test('a redirect that no browser follows like that is told once, without a word of its own', async () => {
  const host = createFakeHost();
  const listener = await open(host);
  const wait = { listener, waitMs: 600_000, isQuiet: false, expected: { decentroTxnId: SESSION_ID } };
  const callback = awaitRedirect(host, wait);
  for (const code of ['evil', 'evil2'])
    await fetch(`${listener.origin}${PATH}?code=${code}&state=x`, { method: 'POST', body: '::error::' });
  await fetch(`${listener.origin}${PATH}?${GENUINE}`);
  await callback;
  expect(host.stderr.text).toBe('Ignored a redirect that is not a GET request.\n');
});
