import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { EXISTING, ID, INIT, readConfig, REFERENCE } from '../support/config-init.js';
import { writeFiles } from '../support/fake-host.js';
import { CANARIES, fails } from '../support/run-main.js';

describe('config init refuses', () => {
  test.each<[what: string, args: readonly string[], input: string, message: string]>([
    [
      'a secret in place of a reference',
      [...ID, '--client-secret-ref', CANARIES.clientSecret],
      '',
      'needs env:NAME or file:PATH, never the secret itself',
    ],
    [
      'a reference out of the folder',
      [...ID, '--client-secret-ref', 'file:../secret'],
      '',
      'may only name files below',
    ],
    ['both ways at once', [...ID, ...REFERENCE, '--client-secret-stdin'], 'x', 'cannot be combined'],
    [
      'too few lines',
      [...ID, '--client-secret-stdin', '--module-secret-stdin'],
      'one\n',
      'the client secret, then the module secret, a line each',
    ],
    [
      'too many lines',
      [...ID, '--client-secret-stdin'],
      'one\ntwo\n',
      'Standard input has to hold the client secret, a line each, and nothing else.',
    ],
    ['an empty secret', [...ID, '--client-secret-stdin'], '', 'The client secret is empty.'],
    [
      'a secret that reads as a reference',
      [...ID, '--client-secret-stdin'],
      `file:${CANARIES.clientSecret}`,
      'begins with file:, which a config file reads as a reference',
    ],
    [
      'an ID that no header can carry',
      ['--client-id', 'é', ...REFERENCE],
      '',
      '--client-id contains a character',
    ],
    ['the sandbox', ['--env', 'sandbox', ...ID, ...REFERENCE], '', '--env names the sandbox'],
    [
      'an environment without a host',
      ['--env', 'gateway', ...ID, ...REFERENCE],
      '',
      '--env names neither staging nor production',
    ],
  ])('%s', async (_what, args, input, message) => {
    const cwd = temporaryDirectory();
    const { stderr } = await fails([...INIT, ...args], 2, { cwd, input });
    expect(stderr.replaceAll('\n', ' ')).toContain(message);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('secrets that would be typed in the open', async () => {
    const { stderr } = await fails([...INIT, ...ID, '--client-secret-stdin'], 2, { isInteractive: true });
    expect(stderr.replaceAll('\n', ' ')).toContain('standard input is a terminal');
  });

  test('a wrong DECENTRO_ENV as a setting', async () => {
    await fails([...INIT, ...ID, ...REFERENCE], 3, { env: { DECENTRO_ENV: 'nonsense' } });
  });

  test('a link, whatever it leads to (rule 8)', async () => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { target: EXISTING });
    symlinkSync(path.join(cwd, 'target'), path.join(cwd, '.decentrorc'));
    const { stderr } = await fails([...INIT, ...ID, ...REFERENCE, '--force'], 3, { cwd });
    expect(stderr.replaceAll('\n', ' ')).toContain('.decentrorc is a link, which is never written through.');
    expect(readConfig(cwd, 'target')).toBe(EXISTING);
  });

  test('a FIFO, without waiting for it (rule 2)', async () => {
    const cwd = temporaryDirectory();
    execFileSync('mkfifo', [path.join(cwd, '.decentrorc')]);
    const { stderr } = await fails([...INIT, ...ID, ...REFERENCE], 3, { cwd });
    expect(stderr).toContain('.decentrorc is not a regular file.');
  });

  test('a file that is not UTF-8', async () => {
    const cwd = temporaryDirectory();
    const bytes = Buffer.from(`${EXISTING}# caf\xe9\n`, 'latin1');
    writeFileSync(path.join(cwd, '.decentrorc'), bytes);
    await fails([...INIT, '--env', 'production', ...ID, ...REFERENCE], 3, { cwd });
    expect(readFileSync(path.join(cwd, '.decentrorc')).equals(bytes)).toBe(true);
  });

  test.each(['environments: [', '- a', ''])('a file that holds %j, and leaves it', async (text) => {
    const cwd = temporaryDirectory();
    await fails([...INIT, ...ID, ...REFERENCE, '--force'], 3, { cwd, files: { '.decentrorc': text } });
    expect(readConfig(cwd)).toBe(text);
  });

  test('two spellings side by side', async () => {
    const files = { '.decentrorc': EXISTING, '.decentrorc.yml': EXISTING };
    await fails([...INIT, ...ID, ...REFERENCE], 3, { files });
  });
});
