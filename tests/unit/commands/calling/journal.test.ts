import { describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { mergeLines, openJournal, type JournalEntry } from '../../../../src/commands/calling/journal.js';
import { noteReturn } from '../../../../src/commands/calling/note-return.js';
import { temporaryDirectory } from '../../../support/cleanup.js';
import { createFakeHost } from '../../../support/fake-host.js';

const ENTRY: JournalEntry = {
  time: '2026-01-02T03:04:05.000Z',
  environment: 'staging',
  suite: 'classic',
  call: 'init-session',
  sessionTxnId: null,
  referenceId: 'ref-1',
  decentroTxnId: 'TXN1',
  responseKey: null,
  effect: 'yes',
  origin: 'https://in.staging.decentro.tech',
  account: null,
};
const onPosix = process.platform === 'win32' ? test.skip : test;
const folderOf = (home: string) => path.join(home, '.local', 'state', 'digilocker-cli');

describe('the journal', () => {
  test('of a user without a home is empty, and says why nothing is added to it', () => {
    const journal = openJournal({ ...createFakeHost(), homeFolder: undefined });
    expect(journal.append(ENTRY)).toBe('has no place: this user has no home folder');
    expect(journal.read()).toEqual([]);
    expect(journal.accountOf('made-up-id')).toBeNull();
  });

  onPosix('in a folder that others can change gets no line, and names no account', () => {
    const home = temporaryDirectory();
    mkdirSync(folderOf(home), { recursive: true });
    writeFileSync(path.join(folderOf(home), 'salt'), 'salt');
    chmodSync(path.join(folderOf(home), 'salt'), 0o666);
    chmodSync(folderOf(home), 0o777);
    const journal = openJournal(createFakeHost([], { home }));
    expect(journal.append(ENTRY)).toBe('is in a folder that can be changed by other users');
    expect(journal.accountOf('made-up-id')).toBeNull();
  });

  test('below a file cannot be written, and tells the code', () => {
    const home = temporaryDirectory();
    mkdirSync(path.join(folderOf(home), 'sessions.ndjson'), { recursive: true });
    expect(openJournal(createFakeHost([], { home })).append(ENTRY)).toMatch(
      /^cannot be written \(E[A-Z]+\)$/,
    );
  });

  test('leaves out what is no entry', () => {
    const wrong = ['', '[1', 'null', '7', '{}', { time: 'never' }, { effect: 'maybe' }, { referenceId: 7 }];
    const lines = wrong.map((one) => (typeof one === 'string' ? one : JSON.stringify({ ...ENTRY, ...one })));
    expect(mergeLines([...lines, JSON.stringify({ ...ENTRY, more: 'x' })])).toEqual([ENTRY]);
  });

  test('keeps a call that has neither a reference ID nor a session', () => {
    const nameless = { ...ENTRY, referenceId: null };
    expect(mergeLines([JSON.stringify(nameless)])).toEqual([nameless]);
  });
});

describe('the return of an end user', () => {
  test.each<[what: string, id: string, mode: 'always' | 'never', calls: readonly string[]]>([
    ['is noted', 'TXN1', 'always', ['callback', 'init-session']],
    ['is not noted where no journal is kept', 'TXN1', 'never', ['init-session']],
    ['is not noted for a session of another machine', 'TXN2', 'always', ['init-session']],
  ])('%s', async (_what, id, mode, calls) => {
    const host = createFakeHost();
    const journal = openJournal(host);
    expect(journal.append(ENTRY)).toBeUndefined();
    await noteReturn(host, id, () => mode);
    expect(
      journal
        .read()
        .map(({ call }) => call)
        .sort(),
    ).toEqual(calls);
  });
});
