import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { openCompletingShell, type Shell } from './completing-shell.js';

const LINES: readonly (readonly [line: string, ...words: string[]])[] = [
  ['ini', 'init-session'],
  ['config sh', 'config', 'show'],
  ['init-session --consent-p', 'init-session', '--consent-purpose'],
  ['init-session -o sh', 'init-session', '-o', 'shell'],
  ['init-session --env g', 'init-session', '--env', 'gateway'],
  ['init-session --env=g', 'init-session', '--env=gateway'],
  ['explain error_consent_f', 'explain', 'error_consent_false'],
  ['explain 14', 'explain', '143'],
  ['sandbox --scenario http-403', 'sandbox', '--scenario', 'http-403-html'],
  ['help exi', 'help', 'exit-codes'],
  ['config show --config my', 'config', 'show', '--config', 'my file.yaml'],
  ['config show --config=my', 'config', 'show', '--config=my file.yaml'],
  ['smoke --only session-st', 'smoke', '--only', 'session-starts'],
  [
    'smoke --only urn-is-transaction-id,module-',
    'smoke',
    '--only',
    'urn-is-transaction-id,module-secret-missing',
  ],
  ['smoke --report g', 'smoke', '--report', 'github'],
  ['smoke --report jun\tmy', 'smoke', '--report', 'junit=my file.yaml'],
  ['smoke --report=junit=my', 'smoke', '--report=junit=my file.yaml'],
  ["callback 'a b' --wa", 'callback', 'a b', '--wait'],
];

const OPTIONS: Partial<Record<Shell, string>> = {
  bash: 'set -u',
  zsh: 'setopt ksh_arrays sh_word_split no_unset',
};

/** What completion does in a real interactive shell. */
export function describeCompletion(shell: Shell): void {
  describe(`in ${shell}`, () => {
    test('commands, flags, choices, environments, keys, scenarios, cases, topics and files are completed', async () => {
      const { run } = await openCompletingShell(shell);
      const entered: unknown[] = [];
      for (const [line] of LINES) entered.push([line, ...(await run(`digilocker ${line}\t`))]);
      expect(entered).toEqual(LINES);
    }, 60_000);

    (OPTIONS[shell] === undefined ? test.skip : test)(
      'options of a user change nothing',
      async () => {
        const { run, terminal } = await openCompletingShell(shell, undefined, OPTIONS[shell]);
        for (const [line, ...words] of LINES.filter(([, first]) =>
          ['init-session', 'config'].includes(first ?? ''),
        ))
          expect(await run(`digilocker ${line}\t`)).toEqual(words);
        expect(terminal.text).not.toContain('unbound variable');
      },
      60_000,
    );

    test('in a clone, npx digilocker is completed, and npx before it as ever', async () => {
      const { run } = await openCompletingShell(shell, undefined, OPTIONS[shell], 'npx');
      expect(await run('npx digilocker init-session --env=g\t')).toEqual([
        'digilocker',
        'init-session',
        '--env=gateway',
      ]);
      expect(await run('npx digilocker ini\t--consent-p\t')).toEqual([
        'digilocker',
        'init-session',
        '--consent-purpose',
      ]);
      expect(await run('npx digilocker config show --config my\t')).toEqual([
        'digilocker',
        'config',
        'show',
        '--config',
        'my file.yaml',
      ]);
      expect(await run('npx other my\t')).toEqual(['other', 'my file.yaml']);
    });

    test('what may follow is listed', async () => {
      const { terminal } = await openCompletingShell(shell);
      terminal.type('digilocker init-session --env \t\t');
      await terminal.waitFor(/gateway[^]*production|production[^]*gateway/);
    });

    test('nothing of the line is run', async () => {
      const { run, folder } = await openCompletingShell(shell);
      const words = await run("digilocker init-session --reference-id '$(touch here)`touch here`' --env g\t");
      expect(words).toEqual([
        'init-session',
        '--reference-id',
        '$(touch here)`touch here`',
        '--env',
        'gateway',
      ]);
      expect(existsSync(path.join(folder, 'here'))).toBe(false);
    });

    test('nothing of the config file is run, and nobody is told that it is broken', async () => {
      const { run, terminal, folder } = await openCompletingShell(
        shell,
        'environments: { "$(touch here)": {}, "`touch here`": {} }',
      );
      expect(await run('digilocker init-session --env sta\t')).toEqual(['init-session', '--env', 'staging']);
      expect(terminal.text).not.toContain('error');
      expect(existsSync(path.join(folder, 'here'))).toBe(false);
    });
  });
}
