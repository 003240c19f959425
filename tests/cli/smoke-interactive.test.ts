import { describe, expect, test } from '@jest/globals';
import { walkThrough, type Decision } from '../support/end-user.js';
import { createFakeHost, type FakeHostOptions } from '../support/fake-host.js';
import { forward, freePort } from '../support/loopback.js';
import { OTHER_ID } from '../support/redirects.js';
import { credentials, fails, runHost, runMain, succeeds, type MainRun } from '../support/run-main.js';
import { casesOf, createImitatedStaging, statusesOf } from '../support/smoke.js';

const IDS = [
  'redirect-with-abstraction',
  'redirect-names-session',
  'refusal-with-abstraction',
  'redirect-without-abstraction',
  'refusal-without-abstraction',
];

/** Runs with a person at the terminal, who goes through the newest link whenever a redirect is waited for. */
async function goThrough(
  args: readonly string[],
  decide: (session: number) => Decision,
  options: FakeHostOptions = {},
): Promise<MainRun> {
  let session = 0;
  const host = createFakeHost(args, {
    isInteractive: true,
    onWait: () => {
      const link =
        host.stderr.text
          .match(/^ {2}(http\S+)$/gm)
          ?.at(-1)
          ?.trim() ?? '';
      void walkThrough(link, decide((session += 1))).then((wayBack) => fetch(wayBack ?? link));
    },
    ...options,
  });
  return runHost(host);
}

const SANDBOX = ['smoke', '--env', 'sandbox', '--interactive', '--consent', '--json'];

test('the cases that fit are offered at --only', async () => {
  for (const [flags, first] of [
    [[], 'session-starts'],
    [['--interactive'], 'redirect-with-abstraction'],
  ] as const) {
    const line = ['completion', 'suggest', 'bash', '--', 'smoke', ...flags, '--only', ''];
    expect((await runMain(line)).stdout).toContain(first);
  }
});

describe('smoke --interactive', () => {
  test('records in which form each session comes back', async () => {
    const run = await goThrough(SANDBOX, () => 'allow');
    expect(run.code).toBe(0);
    expect(run.document).toMatchObject({ ok: true, plan: { calls: 2, sessions: 2 }, settled: [] });
    expect(statusesOf(run)).toEqual({
      'redirect-with-abstraction': 'recorded',
      'redirect-names-session': 'recorded',
      'refusal-with-abstraction': 'skipped',
      'redirect-without-abstraction': 'recorded',
      'refusal-without-abstraction': 'skipped',
    });
    const observed = Object.values(casesOf(run)).map((one) => one.observed);
    expect(observed).toEqual([
      'status=SUCCESS, initiation_decentro_transaction_id (that of the session)',
      'that of the session',
      'the call brought another answer',
      'code, state (that of the session)',
      'the call brought another answer',
    ]);
    const { decentroTxnId } = casesOf(run)['redirect-without-abstraction'] ?? {};
    expect(run.stderr).toContain(`Transaction ID: ${decentroTxnId ?? ''}\n`);
    expect(run.stderr).toContain('No QR code: link or redirect URL leads to this machine');
    expect(run.stderr.match(/^Link \(works once/gm)).toHaveLength(2);
  });

  test('records how an end user comes back who refuses', async () => {
    const run = await goThrough(SANDBOX, () => 'deny');
    expect(run.code).toBe(0);
    expect(statusesOf(run)).toEqual(Object.fromEntries(IDS.map((id) => [id, 'recorded'])));
    expect(casesOf(run)['refusal-with-abstraction']?.observed).toBe(
      'status=DENIED, initiation_decentro_transaction_id (that of the session)',
    );
    expect(casesOf(run)['refusal-without-abstraction']?.observed).toBe(
      'error=access_denied, error_description, state (that of the session)',
    );
    expect(run.document['unsettled']).toContainEqual(
      expect.objectContaining({
        case: 'redirect-with-abstraction',
        reason: expect.stringMatching(/^status=/),
      }),
    );
  });

  test('settles what an answer of Decentro shows, and never shows the code', async () => {
    const { recorder, args } = await createImitatedStaging();
    const line = ['smoke', '--interactive', ...args.slice(1), '--json'];
    let session = 0;
    const host = createFakeHost(line, {
      env: credentials,
      isInteractive: true,
      onWait: () => {
        const body = recorder.requests[session]?.json() as { redirect_url: string };
        const id = /^Transaction ID: (\S+)$/gm;
        const txnId = [...host.stderr.text.matchAll(id)].at(-1)?.[1] ?? '';
        const query =
          session === 0
            ? `status=Success&initiation_decentro_transaction_id=${OTHER_ID}`
            : `code=the-digilocker-code&state=${txnId}`;
        session += 1;
        void fetch(`${body.redirect_url}?${query}`);
      },
    });
    const run = await runHost(host);
    const settled = run.document['settled'] as { case: string; finding: string }[];
    expect(settled.map((one) => [one.case, one.finding])).toEqual([
      ['redirect-with-abstraction', 'status=Success, initiation_decentro_transaction_id (another one)'],
      ['redirect-names-session', 'another one'],
      ['redirect-without-abstraction', 'code, state (that of the session)'],
    ]);
    expect(run.stdout + run.stderr).not.toContain('the-digilocker-code');
    expect(recorder.requests.map((request) => request.json())).toMatchObject([
      { abstract_access_token: true },
      { abstract_access_token: false },
    ]);
  });

  test('fails the cases of a session that nobody comes back from, and goes on', async () => {
    const args = [...SANDBOX, '--wait', '90s'];
    const run = await runMain(args, { isInteractive: true, waitsRunOut: true });
    expect(run.code).toBe(10);
    expect(statusesOf(run)).toMatchObject({
      'redirect-with-abstraction': 'failed',
      'redirect-names-session': 'skipped',
      'redirect-without-abstraction': 'failed',
    });
    expect(casesOf(run)['redirect-without-abstraction']?.observed).toBe(
      'Timed out after 90s waiting for the redirect',
    );
    expect(run.sleeps).toEqual([90_000, 90_000]);
  });

  test('keeps what Ctrl-C leaves of it', async () => {
    const host = createFakeHost(SANDBOX, {
      isInteractive: true,
      onWait: () => {
        host.interrupt('SIGINT');
      },
    });
    const run = await runHost(host);
    expect(run.code).toBe(130);
    expect(casesOf(run)['redirect-with-abstraction']).toMatchObject({
      status: 'skipped',
      observed: 'interrupted',
      decentroTxnId: expect.stringMatching(/^[0-9A-F]{32}$/),
    });
    expect(casesOf(run)['redirect-without-abstraction']?.observed).toBe('the run ended before it');
  });

  test('tells a session that does not start as such', async () => {
    const { args } = await createImitatedStaging((_request, answer) => ({
      status: 400,
      body: { ...(answer.body as object), status: 'FAILURE', responseKey: 'error_provider_error' },
    }));
    const run = await runMain([...args, '--interactive', '--json'], {
      env: credentials,
      isInteractive: true,
    });
    expect(run.code).toBe(10);
    expect(casesOf(run)['redirect-with-abstraction']?.observed).toBe('error_provider_error (HTTP 400)');
  });

  test('draws the link as a QR code where a URL of the user’s own brings a phone back', async () => {
    const port = await freePort();
    const link = 'https://digilocker.example/auth?x=1';
    const { args } = await createImitatedStaging((_request, answer) => ({
      ...answer,
      body: { ...(answer.body as object), data: { authorizationUrl: link } },
    }));
    const own = ['--redirect-url', 'https://app.example/return?tab=1', '--listen', `127.0.0.1:${port}`];
    const host = createFakeHost([...args, '--interactive', ...own, '--only', 'redirect-with-abstraction'], {
      env: credentials,
      isInteractive: true,
      onWait: () => {
        const id = /^Transaction ID: (\S+)$/m.exec(host.stderr.text)?.[1] ?? '';
        const query = `tab=1&status=SUCCESS&initiation_decentro_transaction_id=${id}`;
        void forward(port, `/return?${query}`, 'app.example');
      },
    });
    const { code, stderr, stdout } = await runHost(host);
    expect(code).toBe(0);
    expect(stderr).toContain('\u2588');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'status=SUCCESS, initiation_decentro_transaction_id (that of the session)',
    );
  });

  test('asks for the consent', async () => {
    const { code, questions } = await runMain(['smoke', '--env', 'sandbox', '--interactive'], {
      answers: [[/Smoke test of the DigiLocker session/, false]],
    });
    expect(code).toBe(2);
    expect(questions).toHaveLength(1);
  });

  test.each([
    [['--interactive', '--consent'], '--interactive needs a terminal'],
    [['--wait', '5m'], '--wait requires --interactive.'],
    [['--listen', '127.0.0.1:8123'], '--listen requires --interactive.'],
    [['--list', '--only', 'redirect-names-session'], '--only redirect-names-session requires --interactive.'],
    [
      ['--interactive', '--list', '--only', 'answer-shape'],
      '--only answer-shape cannot be combined with --interactive.',
    ],
    [
      ['--interactive', '--redirect-url', 'https://app.example/return'],
      '--interactive with a --redirect-url of your own needs --listen.',
    ],
  ])('fails with %j', async (args, message) => {
    const { stderr } = await fails(['smoke', '--env', 'sandbox', ...args], 2);
    expect(stderr.replaceAll('\n', ' ')).toContain(message);
  });

  test('--no-input contradicts it, and nothing is sent', async () => {
    const args = ['smoke', '--env', 'sandbox', '--interactive', '--consent', '--no-input'];
    const { stderr } = await fails(args, 2, { isInteractive: true });
    expect(stderr).toContain('--interactive needs a terminal');
  });

  test('--list and --dry-run name its cases', async () => {
    const list = await succeeds(['smoke', '--interactive', '--list', '--json'], { stderr: [] });
    expect(Object.keys(statusesOf(list))).toEqual(IDS);
    const { stdout } = await succeeds(['smoke', '--interactive', '--list'], { stderr: [] });
    expect(stdout).toContain('\n2 calls, which may create 2 sessions.\n');
    const dry = await succeeds(['smoke', '--env', 'sandbox', '--interactive', '--dry-run', '--json'], {
      stderr: [],
    });
    expect(dry.document['plan']).toEqual({ calls: 2, sessions: 2 });
  });
});
