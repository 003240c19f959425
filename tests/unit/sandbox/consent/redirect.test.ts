import { describe, expect, test } from '@jest/globals';
import { createRecorder } from '../../../support/recorder.js';
import type { SessionEnd } from '../../../../src/sandbox/server.js';
import {
  GOOD_BODY,
  decideOn,
  envelopeOf,
  linkOf,
  openLink,
  post,
  signIn,
  start,
  submit,
  textOf,
  waitFor,
} from '../support.js';

const ID = 'initiation_decentro_transaction_id';
const CODE = expect.stringMatching(/^[0-9a-f]{40}$/) as unknown;
const OTHER_ID = 'another ID';
const DENIED = { error: 'access_denied', error_description: 'The end user denied the consent.' };
const FAILED = { error: 'server_error', error_description: 'DigiLocker failed.' };

type Query = Record<string, unknown>;

/** What the redirect holds: abstract_access_token, the scenario, the choice, and the parameters in their order. */
const REDIRECTS: [
  isAbstract: boolean | undefined,
  scenario: string,
  choice: 'allow' | 'deny',
  query: Query,
][] = [
  [true, '', 'allow', { status: 'SUCCESS', [ID]: ID }],
  [true, '', 'deny', { status: 'DENIED', [ID]: ID }],
  [true, 'redirect-failure', 'allow', { status: 'FAILURE', [ID]: ID }],
  [true, 'redirect-failure', 'deny', { status: 'DENIED', [ID]: ID }],
  [true, 'redirect-other-session', 'allow', { status: 'SUCCESS', [ID]: OTHER_ID }],
  [true, 'redirect-without-id', 'allow', { status: 'SUCCESS' }],
  [false, '', 'allow', { code: CODE, state: ID }],
  [false, '', 'deny', { ...DENIED, state: ID }],
  [false, 'redirect-failure', 'allow', { ...FAILED, state: ID }],
  [false, 'redirect-other-session', 'allow', { code: CODE, state: OTHER_ID }],
  [false, 'redirect-without-id', 'allow', { code: CODE }],
  [false, 'redirect-without-id', 'deny', DENIED],
  [undefined, '', 'allow', { code: CODE, state: ID }],
];

describe.each(REDIRECTS)(
  'abstract_access_token %p, scenario %j, %s',
  (isAbstract, scenario, choice, query) => {
    const changes = {
      reference_id: scenario === '' ? 'ref-1' : `sbx-${scenario}-1`,
      abstract_access_token: isAbstract,
    };

    function expectRedirect(href: string, transactionId: string): void {
      const url = new URL(href);
      const got = [...url.searchParams].slice(1);
      const expected = Object.entries(query).map(([name, value]) => [
        name,
        value === ID ? transactionId : value === OTHER_ID ? expect.stringMatching(/^[0-9A-F]{32}$/) : value,
      ]);
      expect(`${url.origin}${url.pathname}`).toBe('https://app.example/digilocker/return');
      expect(url.search).toMatch(/^\?tab=1&/);
      expect(got).toEqual(expected);
      expect(href.includes(transactionId)).toBe(Object.values(query).includes(ID));
    }

    test('comes from the consent page', async () => {
      const sandbox = await start();
      const { decentroTxnId, data } = await envelopeOf(await post(sandbox, { ...GOOD_BODY, ...changes }));
      const visit = await openLink(data?.authorizationUrl ?? '');
      await submit(visit, { number: '00000 00000', otp: '000000' });
      expectRedirect((await decideOn(visit, choice)) ?? '', decentroTxnId);
    });

    test('comes from a visit', async () => {
      const sandbox = await start();
      const { decentroTxnId, data } = await envelopeOf(await post(sandbox, { ...GOOD_BODY, ...changes }));
      expectRedirect(sandbox.visit(data?.authorizationUrl ?? '', choice), decentroTxnId);
    });
  },
);

test('The end user that the sandbox plays brings the form that was asked for', async () => {
  const client = await createRecorder([{ status: 200, body: 'ok' }]);
  const sandbox = await start({ endUser: 'allow' });
  const body = { ...GOOD_BODY, redirect_url: client.url, abstract_access_token: true };
  const { decentroTxnId } = await envelopeOf(await post(sandbox, body));
  await waitFor(() => client.requests.length > 0);
  expect(client.requests[0]?.path).toBe(`/?status=SUCCESS&${ID}=${decentroTxnId}`);
});

describe('A redirect scenario for the whole sandbox', () => {
  test('counts the sessions, not the other requests', async () => {
    const sandbox = await start({ scenario: 'redirect-without-id*1' });
    await fetch(`${sandbox.url}/v2/elsewhere`);
    const [first, second] = [
      await linkOf(sandbox, { reference_id: 'a' }),
      await linkOf(sandbox, { reference_id: 'b' }),
    ];
    expect(sandbox.visit(first, 'allow')).not.toContain('state=');
    expect(sandbox.visit(second, 'allow')).toContain('state=');
  });

  test('leaves the checks as they are', async () => {
    const response = await post(await start({ scenario: 'redirect-failure' }), {
      ...GOOD_BODY,
      consent: false,
    });
    expect((await envelopeOf(response)).responseKey).toBe('error_consent_false');
  });
});

test('Nobody is told of a session that is over more than once, and of every end', async () => {
  const ends: SessionEnd[] = [];
  const sandbox = await start({ onEnd: (end) => ends.push(end) });
  const visits = await Promise.all(
    ['a', 'b', 'c', 'sbx-redirect-failure-1'].map((id) => signIn(sandbox, { reference_id: id })),
  );
  const decisions = ['allow', 'deny', 'expire', 'allow'];
  for (const [index, visit] of visits.entries()) await submit(visit, { decision: decisions[index] ?? '' });
  await submit(visits[0] ?? '', { decision: 'deny' });
  expect(ends.map(({ outcome }) => outcome)).toEqual(['allowed', 'denied', 'expired', 'failed']);
  for (const { transactionId } of ends) expect(transactionId).toMatch(/^[0-9A-F]{32}$/);
});

describe("The sandbox's own return page", () => {
  test('shows what an app would have received, and the command that reads it', async () => {
    const sandbox = await start();
    const redirectUrl = `${sandbox.url}/app/return`;
    const visit = await signIn(sandbox, { redirect_url: redirectUrl, abstract_access_token: true });
    const wayBack = (await decideOn(visit, 'allow')) ?? '';
    const response = await fetch(wayBack);
    expect(response.status).toBe(200);
    const text = await textOf(response);
    expect(text).toContain('The end user is back, and allowed');
    expect(text).toMatch(/status SUCCESS when the end user allowed SUCCESS/);
    expect(text).toContain(`digilocker callback "${wayBack.replace('&', '&amp;')}"`);
  });

  test('tells a refusal from a consent', async () => {
    const { url } = await start();
    const refusals = ['status=DENIED', 'error=access_denied&state=A'];
    for (const query of refusals)
      expect(await textOf(fetch(`${url}/app/return?${query}`))).toContain('back, without a consent');
    expect(await textOf(fetch(`${url}/app/return?code=abc&state=A`))).toContain('back, and allowed');
    expect(await textOf(fetch(`${url}/app/return`))).toContain('Nothing came back');
  });

  test('shows hostile parameters as text, and offers no command with them', async () => {
    const { url } = await start();
    const hostile = encodeURIComponent('<script>alert(1)</script>');
    const page = await (await fetch(`${url}/app/return?code=${hostile}&a=$(id)`)).text();
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toContain('digilocker callback');
  });

  test('keeps the sandbox from being settled until it has been seen', async () => {
    const sandbox = await start();
    let isSettled = false;
    void sandbox.settled.then(() => (isSettled = true));
    const visit = await signIn(sandbox, { redirect_url: `${sandbox.url}/app/return` });
    const wayBack = (await decideOn(visit, 'deny')) ?? '';
    await fetch(wayBack, { method: 'HEAD' });
    expect(isSettled).toBe(false);
    await (await fetch(wayBack)).text();
    await sandbox.settled;
  });

  test('keeps the code out of the log', async () => {
    const lines: string[] = [];
    const { url } = await start({ log: (line) => lines.push(line) });
    await fetch(`${url}/app/return?code=hush`);
    expect(lines).toEqual(['GET /app/return 200']);
  });
});
