import { describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { isPosix, modeOf } from '../support/config-init.js';
import { createFakeHost, writeFiles, type FakeHostOptions } from '../support/fake-host.js';
import { fails, runHost, succeeds } from '../support/run-main.js';

const QUIET = { stderr: [] };

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** A folder that holds a program of this name. */
function folderWith(name: string): string {
  const folder = temporaryDirectory();
  writeFiles(folder, { [name]: '' }, 0o755);
  return folder;
}

describe('the script', () => {
  const CALLS = [
    ['bash', "< <(PROGRAM 'completion' 'suggest' 'bash' '--' "],
    ['zsh', "$(PROGRAM 'completion' 'suggest' 'zsh' '--' "],
    ['fish', "(PROGRAM 'completion' 'suggest' 'fish' '--' "],
    ['pwsh', '& PROGRAM $completionArgs '],
  ] as const;

  test.each(CALLS)('for %s asks the digilocker on PATH', async (shell, call) => {
    const { stdout } = await succeeds(['completion', shell], {
      ...QUIET,
      env: { PATH: folderWith('digilocker') },
    });
    expect(stdout).toContain(call.replace('PROGRAM', 'digilocker'));
    expect(stdout).not.toMatch(/npx|\bnode\b/);
    expect(stdout).toMatch(/[^\n]\n$/);
  });

  test.each(CALLS)('for %s asks the program that wrote it, where PATH has none', async (shell, call) => {
    const host = createFakeHost(['completion', shell], {
      env: { PATH: path.join(folderWith('node_modules/.bin/digilocker'), 'node_modules', '.bin') },
    });
    const { stdout } = await runHost({ ...host, programFile: "/clone of o'hara/bin/digilocker.js" });
    const file =
      shell === 'pwsh' ? "'/clone of o''hara/bin/digilocker.js'" : "'/clone of o'\\''hara/bin/digilocker.js'";
    expect(stdout).toContain(call.replace('PROGRAM', () => `node ${file}`));
    expect(stdout).not.toContain(call.replace('PROGRAM', 'digilocker'));
    expect(stdout.includes('npx')).toBe(shell !== 'pwsh');
    expect(stdout).toMatch(/[^\n]\n$/);
  });

  test('for PowerShell completes the words that it is offered', async () => {
    const { stdout } = await succeeds(['completion', 'pwsh'], QUIET);
    expect(stdout).toMatch(/^Register-ArgumentCompleter -Native -CommandName digilocker -ScriptBlock \{/);
    expect(stdout).toContain("$completionArgs += @('completion', 'suggest', 'pwsh', '--')");
    const args = ['completion', 'suggest', 'pwsh', '--', 'init-session', '--env', 's'];
    expect((await succeeds(args, QUIET)).stdout).toBe('sandbox\tsandbox\t\nstaging\tstaging\t\n');
  });
});

describe('completion install', () => {
  const LINES = {
    bash: ['.bashrc', 'eval "$(digilocker completion bash)"'],
    zsh: [
      '.zshrc',
      '(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }; eval "$(digilocker completion zsh)"',
    ],
    fish: ['.config/fish/config.fish', 'digilocker completion fish | source'],
    pwsh: [
      '.config/powershell/Microsoft.PowerShell_profile.ps1',
      'digilocker completion pwsh | Out-String | Invoke-Expression',
    ],
  } as const;
  const INSTALL = ['completion', 'install'];

  function atHome(shell: keyof typeof LINES | 'tcsh' | '', more: FakeHostOptions = {}) {
    const home = more.home ?? temporaryDirectory();
    const env = {
      PATH: folderWith('digilocker'),
      SHELL: shell === '' ? '' : `/usr/bin/${shell}`,
      ...more.env,
    };
    return { platform: 'linux', columns: 200, stderr: [], ...more, home, env } as const;
  }

  test.each(Object.entries(LINES))(
    'adds the line to the startup file of %s, once',
    async (shell, [name, line]) => {
      const options = atHome(shell as keyof typeof LINES);
      const file = path.join(options.home, name);
      const { stdout } = await succeeds([...INSTALL, '--yes'], options);
      expect(flat(stdout)).toBe(
        `Added to ${file}: ${line} Open a new terminal to complete digilocker with Tab. `,
      );
      expect(readFileSync(file, 'utf8')).toBe(`${line}\n`);
      const again = await succeeds([...INSTALL, '--yes'], options);
      expect(flat(again.stdout)).toBe(`${file} has this line already: ${line} Nothing to do. `);
      expect(readFileSync(file, 'utf8')).toBe(`${line}\n`);
    },
  );

  test('asks first, showing the line', async () => {
    const [, line] = LINES.bash;
    const options = atHome('bash', { answers: [['Add this line to', true]] });
    const { questions } = await succeeds(INSTALL, options);
    expect(questions[0]?.message).toBe(`Add this line to ${path.join(options.home, '.bashrc')}?\n${line}`);
    expect(existsSync(path.join(options.home, '.bashrc'))).toBe(true);
    const refused = atHome('zsh', { answers: [['Add this line to', false]] });
    const { stderr } = await fails(INSTALL, 2, refused);
    expect(stderr).toBe('error: Nothing was changed.\n');
    expect(readdirSync(refused.home)).toEqual([]);
  });

  test('keeps every byte of the file, its mode, and its line ends', async () => {
    const options = atHome('bash');
    const file = path.join(options.home, '.bashrc');
    const before = Buffer.from('# digilocker completion bash\r\nx=\xff', 'latin1');
    writeFileSync(file, before);
    chmodSync(file, 0o664);
    await succeeds([...INSTALL, '--yes'], options);
    expect(readFileSync(file)).toEqual(Buffer.concat([before, Buffer.from(`\r\n${LINES.bash[1]}\r\n`)]));
    if (isPosix) expect(modeOf(file)).toBe(0o664);
    expect(readdirSync(options.home)).toEqual(['.bashrc']);
  });

  test.each(['', 'source <(digilocker completion bash)  # mine'])('knows %j for what it is', async (line) => {
    const options = atHome('bash');
    writeFileSync(path.join(options.home, '.bashrc'), line);
    const { stdout } = await succeeds([...INSTALL, '--yes'], options);
    expect(stdout).toContain(line === '' ? 'Added to' : `already:\n\n  ${line}\n`);
  });

  test.each<[string, (file: string) => void, string]>([
    [
      'a link',
      (file) => {
        symlinkSync('elsewhere', file);
      },
      'is a link',
    ],
    [
      'a folder',
      (file) => {
        mkdirSync(file);
      },
      'is not a regular file',
    ],
  ])('leaves %s alone, and prints the line', async (_what, make, fault) => {
    const options = atHome('bash');
    make(path.join(options.home, '.bashrc'));
    const [, line] = LINES.bash;
    const { stderr } = await fails([...INSTALL, '--yes'], 2, { ...options, stdout: `${line}\n` });
    expect(stderr).toContain(fault);
    expect(readdirSync(options.home)).toEqual(['.bashrc']);
  });

  test.each([[{}], [{ isInteractive: true, flags: ['--no-input'] }]])(
    'needs --yes where it may not ask (%j)',
    async ({ flags = [], ...more }: FakeHostOptions & { flags?: string[] }) => {
      const options = atHome('fish', more);
      const { stderr } = await fails([...INSTALL, ...flags], 2, { ...options, stdout: `${LINES.fish[1]}\n` });
      expect(stderr).toContain('--yes');
      expect(readdirSync(options.home)).toEqual([]);
    },
  );

  test('makes no home', async () => {
    const home = path.join(temporaryDirectory(), 'none');
    await fails([...INSTALL, '--yes'], 3, atHome('fish', { home }));
    expect(existsSync(home)).toBe(false);
    const host = createFakeHost([...INSTALL, 'bash', '--yes']);
    expect((await runHost({ ...host, homeFolder: undefined })).code).toBe(3);
  });

  test.each(['tcsh', ''] as const)('asks for the name of a shell where SHELL is %j', async (shell) => {
    const { stderr } = await fails([...INSTALL, '--yes'], 2, atHome(shell));
    expect(stderr).toContain('Name the shell: digilocker completion install');
    const options = atHome(shell);
    await succeeds([...INSTALL, 'zsh', '--yes'], options);
    expect(readdirSync(options.home)).toEqual(['.zshrc']);
  });

  test('goes where variables and macOS have the file', async () => {
    const [dotFolder, config] = [temporaryDirectory(), temporaryDirectory()];
    const env = { ZDOTDIR: dotFolder, XDG_CONFIG_HOME: config };
    const written = async (shell: keyof typeof LINES, platform: NodeJS.Platform) =>
      (await succeeds([...INSTALL, '--yes'], atHome(shell, { env, platform }))).stdout;
    expect(await written('zsh', 'linux')).toContain(`Added to ${path.join(dotFolder, '.zshrc')}:`);
    expect(await written('fish', 'linux')).toContain(`Added to ${path.join(config, 'fish', 'config.fish')}:`);
    expect(await written('bash', 'darwin')).toContain('.bash_profile:');
  });

  test('leaves the profile of PowerShell on Windows to its user', async () => {
    const options = atHome('', { platform: 'win32' });
    const { stderr } = await fails([...INSTALL, '--yes'], 2, {
      ...options,
      stdout: /completion pwsh \| Out-String/,
    });
    expect(stderr).toContain('$PROFILE');
  });

  test('names the program itself where PATH has none', async () => {
    const options = atHome('bash', { env: { PATH: '' } });
    const { stdout } = await succeeds([...INSTALL, '--yes'], options);
    expect(stdout).toContain(`eval "$(node '/opt/digilocker/bin/digilocker.js' completion bash)"`);
  });

  test('says when the file cannot be written', async () => {
    const options = atHome('fish');
    symlinkSync('nowhere', path.join(options.home, '.config'));
    const { stderr } = await fails([...INSTALL, '--yes'], 74, options);
    expect(stderr.replaceAll('\n', ' ')).toMatch(/config\.fish cannot be written \(E[A-Z]+\)/);
  });
});
