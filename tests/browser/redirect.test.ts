import { describe, expect, test } from '@jest/globals';
import { createSandbox } from '../../src/sandbox/server.js';
import { cleanUp } from '../support/cleanup.js';
import { createFakeHost, type FakeHost } from '../support/fake-host.js';
import { runHost } from '../support/run-main.js';
import { openTab, type Screen } from './browser.js';
import { signIn } from './round-trip.js';

const ARRIVED = 'You can go back to the terminal';
const REFUSED = 'The request was not granted';
const STRAY = 'Nothing to see here';

interface Row {
  readonly form: 'status' | 'code';
  readonly what: string;
  readonly button?: 'Deny';
  readonly scenario?: string;
  readonly page: string;
  /** The exit code; a wait whose redirect is ignored is ended by Ctrl-C. */
  readonly code: number;
  readonly callback: object | null;
  readonly told?: RegExp;
}

const ROWS: readonly Row[] = [
  { form: 'status', what: 'success', page: ARRIVED, code: 0, callback: { status: 'SUCCESS', code: null } },
  { form: 'status', what: 'refusal', button: 'Deny', page: REFUSED, code: 9, callback: { status: 'DENIED' } },
  {
    form: 'status',
    what: 'failure',
    scenario: 'redirect-failure',
    page: REFUSED,
    code: 9,
    callback: { status: 'FAILURE', error: null },
  },
  {
    form: 'status',
    what: 'another session',
    scenario: 'redirect-other-session',
    page: ARRIVED,
    code: 0,
    callback: { status: 'SUCCESS' },
    told: /^The redirect names transaction [0-9A-F]{32}: this session is [0-9A-F]{32}\./m,
  },
  {
    form: 'status',
    what: 'a missing ID',
    scenario: 'redirect-without-id',
    page: ARRIVED,
    code: 0,
    callback: { status: 'SUCCESS', decentroTxnId: null },
    told: /^The redirect names no transaction: this session is [0-9A-F]{32}\./m,
  },
  {
    form: 'code',
    what: 'success',
    page: ARRIVED,
    code: 0,
    callback: { status: null, code: expect.stringMatching(/^[0-9a-f]{40}$/) },
  },
  {
    form: 'code',
    what: 'refusal',
    button: 'Deny',
    page: REFUSED,
    code: 9,
    callback: { error: 'access_denied' },
  },
  {
    form: 'code',
    what: 'failure',
    scenario: 'redirect-failure',
    page: REFUSED,
    code: 9,
    callback: { error: 'server_error' },
  },
  {
    form: 'code',
    what: 'another session',
    scenario: 'redirect-other-session',
    page: STRAY,
    code: 130,
    callback: null,
    told: /^Ignored a redirect with state [0-9A-F]{32}: this session is [0-9A-F]{32}\./m,
  },
  {
    form: 'code',
    what: 'a missing ID',
    scenario: 'redirect-without-id',
    page: STRAY,
    code: 130,
    callback: null,
    told: /^Ignored a redirect without state: this session is [0-9A-F]{32}\./m,
  },
];

describe.each<[Screen]>([[['phone', 'light']], [['desktop', 'dark']]])(
  'An end user who comes back to --wait, with a browser of %p',
  (screen) => {
    test.each(ROWS)('brings $what in the $form form', async (row) => {
      const sandbox = await createSandbox();
      cleanUp(() => sandbox.close());
      const { page } = await openTab(screen);
      let walk: Promise<void> | undefined;
      const args = [
        ...['init-session', '--env', 'sandbox', '--base-url', sandbox.url, '--consent', '--wait', '--open'],
        row.form === 'status' ? '--abstract-access-token' : '--no-abstract-access-token',
        ...['--reference-id', `sbx-${row.scenario ?? 'success_initiate_session'}-1`, '--json'],
      ];
      const host: FakeHost = createFakeHost(args, {
        browser: (url) => {
          walk = (async () => {
            await signIn(page, url.href);
            await page.getByRole('button', { name: row.button ?? 'Allow', exact: true }).click();
            await page.getByRole('heading', { level: 1, name: row.page, exact: true }).waitFor();
            if (row.code === 130) host.interrupt('SIGINT');
          })();
          walk.catch(() => {
            host.interrupt('SIGTERM');
          });
          return undefined;
        },
      });
      const run = await runHost(host);
      await walk;
      expect(run.code).toBe(row.code);
      if (row.callback === null) expect(run.document['callback']).toBeNull();
      else expect(run.document['callback']).toMatchObject(row.callback);
      if (row.told === undefined) expect(run.stderr).not.toMatch(/^Ignored|^The redirect names/m);
      else expect(run.stderr).toMatch(row.told);
    });
  },
);
