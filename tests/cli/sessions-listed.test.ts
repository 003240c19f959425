import { describe, expect, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { fails, succeeds } from '../support/run-main.js';

describe('sessions', () => {
  const ENTRY = {
    time: '2026-01-02T03:04:05.000Z',
    environment: 'staging',
    suite: 'classic',
    call: 'init-session',
    sessionTxnId: null,
    referenceId: null,
    decentroTxnId: null,
    responseKey: null,
    effect: 'yes',
    origin: 'https://in.staging.decentro.tech',
    account: null,
  };

  function homeWith(...entries: readonly Partial<Record<keyof typeof ENTRY, string | null>>[]): string {
    const home = temporaryDirectory();
    const folder = path.join(home, '.local', 'state', 'digilocker-cli');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lines = entries.map((entry) => `${JSON.stringify({ ...ENTRY, ...entry })}\n`);
    writeFileSync(path.join(folder, 'sessions.ndjson'), lines.join(''), { mode: 0o600 });
    return home;
  }

  test('shows a dash for an ID that a call does not have', async () => {
    const home = homeWith({ effect: 'unknown', referenceId: 'ref-1' }, { decentroTxnId: 'TXN2' });
    const { stdout } = await succeeds(['sessions'], { home, stderr: [], columns: 200 });
    expect(stdout).toMatch(/init-session +unknown +– +ref-1$/m);
    expect(stdout).toMatch(/init-session +done +TXN2 +–$/m);
  });

  test('lists the calls that have a text in their IDs, where there are more than one', async () => {
    const home = homeWith(
      { referenceId: 'abc-1' },
      { referenceId: 'abc-2', decentroTxnId: 'TXN2' },
      { referenceId: 'other' },
    );
    const { stderr } = await fails(['sessions', 'ABC'], 2, { home });
    expect(stderr).toMatch(/2 calls have ABC in an ID:[^]*- abc-1/);
    expect(stderr).toContain('- TXN2');
    expect((await fails(['sessions', ''], 2, { home })).stderr).toContain('error: The ID is empty.');
  });

  test('shows when the end user came back, and the calls for the session', async () => {
    const home = homeWith(
      { referenceId: 'ref-1', decentroTxnId: 'TXN1' },
      { call: 'callback', sessionTxnId: 'TXN1', time: '2026-01-02T04:00:00.000Z' },
      { call: 'access-token', sessionTxnId: 'TXN1', time: '2026-01-02T05:00:00.000Z' },
    );
    const { stdout } = await succeeds(['sessions', 'ref-1'], { home, stderr: [], columns: 200 });
    expect(stdout).toMatch(/^Came back +(?:\d Jan )?\d\d:\d\d [A-Z+:\d]+, in 56 min$/m);
    expect(stdout).toMatch(/access-token +done/);
    expect((await succeeds(['sessions', '--since', '2026-01-03'], { home, stderr: [] })).stdout).toMatch(
      /The journal has no such session\./,
    );
  });
});
