// Every command of README and docs is in a fenced block that a test runs. The word behind the language says how:
//   sh, bash     here, in an empty folder, to exit code 0; a recording server stands for staging
//   sh server    here, until Ctrl-C
//   sh gate      it is a step of .ci/run and of the workflows
//   sh clone     npm run test:package, in a copy of the repository
//   sh docker    npm run test:package, instruction by instruction
//   sh script    scripts of package.json, which take minutes: here, only whether they are there
import { beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES } from '../../src/failure/exit-codes.js';
import * as library from '../../src/library/index.js';
import * as sandbox from '../../src/sandbox/server.js';
import { SETTINGS } from '../../src/settings/setting-tables.js';
import { BLOCKS, PAGES, readPage, type Block } from '../support/documents.js';
import { COMMANDS as PROGRAM_COMMANDS, PROGRAM } from '../support/program-outline.js';
import { createRecorder, type Recorder } from '../support/recorder.js';
import { assertNoSecrets, CANARIES, runShell, startShell, temporaryDirectory } from '../support/run.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A page may tell a whole story, command by command. */
const LIMIT_MS = 60_000;
const MARKS = ['', 'server', 'gate', 'clone', 'docker', 'script'];

const isShell = ({ language }: Block) => ['sh', 'bash'].includes(language);
// The examples of the reference need a terminal, an account or documents of a session: their words are checked.
const COMMANDS = BLOCKS.filter((block) => isShell(block) && block.page !== 'docs/reference.md');
const titled = (mark: string) =>
  COMMANDS.filter((block) => block.mark === mark).map((block) => [block.page, block.text, block] as const);

let staging: Recorder;

beforeAll(async () => {
  staging = await createRecorder();
});

/** A folder and a home in which the recorder stands for staging, whoever brings the credentials. */
function surroundings() {
  const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
  const example = readFileSync(path.join(ROOT, '.decentrorc.example'), 'utf8');
  writeFileSync(
    path.join(cwd, '.decentrorc.example'),
    example.replace('  staging:\n', `  staging:\n    baseUrl: ${staging.url}\n`),
  );
  mkdirSync(path.join(home, '.config', 'decentro'), { recursive: true });
  writeFileSync(path.join(home, '.config', 'decentro', 'config.yaml'), 'allowHosts: [127.0.0.1]\n');
  return { cwd, home };
}

function environment(script: string, cwd: string): Record<string, string> {
  const usesVariables = script.includes('export DECENTRO_CLIENT_ID');
  return {
    GITHUB_OUTPUT: path.join(cwd, 'github-output'),
    ...(usesVariables
      ? { DECENTRO_BASE_URL: staging.url }
      : { DECENTRO_STAGING_SECRET: CANARIES.clientSecret }),
  };
}

/** What a command line has that the program does not know: its command, or a flag. */
function commandFaults(code: string): string[] {
  const [, line = ''] = /(?:^|[ (])digilocker ([^|>#)]*)/.exec(code) ?? [];
  const words = line.trim().split(/\s+/);
  const [, found] =
    PROGRAM_COMMANDS.findLast(([names]) => names.every((name, index) => words[index] === name)) ?? [];
  const command = words[0]?.startsWith('-') === true ? PROGRAM : found;
  if (command === undefined) return [`${code}: no such command`];
  const known = [...command.flags, ...PROGRAM.flags].flatMap(({ names }) => names);
  return words
    .filter((word) => /^--?[a-z]/i.test(word))
    .map((word) => word.replace(/=.*$/, ''))
    .filter((flag) => !known.includes(flag))
    .map((flag) => `${code}: no flag ${flag}`);
}

describe('README and docs', () => {
  test('show commands in blocks that a test runs, and in no others', () => {
    expect(COMMANDS.length).toBeGreaterThanOrEqual(20);
    const strange = COMMANDS.filter(({ mark }) => !MARKS.includes(mark));
    expect(strange).toEqual([]);
    const others = BLOCKS.filter(
      (block) => !isShell(block) && !['text', 'js', 'ts', 'yaml'].includes(block.language),
    );
    expect(others).toEqual([]);
    const indented = PAGES.filter((page) =>
      /^\n {4}(?:npm|npx|node|digilocker) /m.test(readPage(page).replaceAll(/^```[^]*?^```$/gm, '')),
    );
    expect(indented).toEqual([]);
  });

  test.each(titled(''))(
    '%s runs as it stands:\n%s',
    async (_page, script, { language }) => {
      const { cwd, home } = surroundings();
      const result = await runShell(`set -e\n${script}`, {
        cwd,
        home,
        env: environment(script, cwd),
        shell: language,
        timeoutMs: LIMIT_MS,
      });
      expect([result.code, result.code === 0 ? '' : result.stderr]).toEqual([0, '']);
      const secrets = [...script.matchAll(/(?<=SECRET=)\S+|made-up-\S+/g)].map(([secret]) => secret);
      assertNoSecrets(result, secrets);
    },
    LIMIT_MS,
  );

  test.each(titled('server'))('%s serves until Ctrl-C:\n%s', async (_page, script) => {
    const running = startShell(`exec ${script}`);
    await running.waitForStdout(/^http:\/\/127\.0\.0\.1:\d+\n/);
    running.kill('SIGINT');
    expect(await running.done).toMatchObject({ code: 0, signal: null });
  });

  test.each(titled('gate'))('%s shows what the gate runs:\n%s', (_page, script) => {
    for (const line of script.trim().split('\n')) {
      const [command = ''] = line.split(/ +#/);
      expect(readFileSync(path.join(ROOT, '.ci', 'run'), 'utf8')).toContain(command.trim());
    }
  });

  test.each(titled('script'))('%s names scripts and files that are there:\n%s', (_page, script) => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const line of script.trim().split('\n')) {
      const [, name, rest = ''] = /^npm (?:run )?([\w:]+)(.*)$/.exec(line) ?? [line];
      expect(Object.keys({ ...scripts, ci: '' })).toContain(name);
      for (const [file] of rest.matchAll(/tests\/[\w./-]*/g))
        expect(existsSync(path.join(ROOT, file))).toBe(true);
    }
  });

  test('spell commands and flags that exist, in the examples of the reference and inside of sentences too', () => {
    const examples = BLOCKS.filter(({ page, language }) => page === 'docs/reference.md' && language === 'sh');
    const spelled = [
      ...examples.flatMap(({ text }) => text.replaceAll('\\\n', ' ').split('\n')),
      ...PAGES.flatMap((page) => [...readPage(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)),
    ].filter((code) => /(?:^|[ (])digilocker [a-z-]/.test(code));
    expect(spelled.length).toBeGreaterThan(80);
    expect(spelled.flatMap(commandFaults)).toEqual([]);
  });

  test('name every file, folder and heading that they link to', () => {
    const anchorOf = (heading: string) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-');
    const broken = PAGES.flatMap((page) =>
      [...readPage(page).matchAll(/(?:\]\(|src(?:set)?=")(?!https?:)([^)"]+)[)"]/g)]
        .map(([, link = '']) => link)
        .filter((link) => {
          const [file = '', anchor] = link.split('#');
          const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
          if (!existsSync(path.join(ROOT, target))) return true;
          if (anchor === undefined) return false;
          const headings = [...readPage(target).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text);
          return !headings.map(anchorOf).includes(anchor);
        })
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('README', () => {
  test('has at most 220 lines', () => {
    expect(readPage('README.md').split('\n').length - 1).toBeLessThanOrEqual(220);
  });

  test('links to every page of docs', () => {
    const readme = readPage('README.md');
    const pages = PAGES.filter((page) => page.startsWith('docs/'));
    expect(pages.filter((page) => !readme.includes(`(${page})`))).toEqual([]);
  });

  test('names every command', () => {
    const readme = readPage('README.md');
    const names = PROGRAM.commands.map(({ name }) => name).filter((name) => name !== 'help');
    expect(names.filter((name) => !readme.includes(`digilocker ${name}`))).toEqual([]);
  });

  test('documents every exit code', () => {
    for (const { code, kind, meaning, session } of EXIT_CODES) {
      const name = kind === null ? '–' : `\`${kind}\``;
      expect(readPage('README.md')).toContain(`| ${code} | ${name} | ${meaning} | ${session} |`);
    }
  });
});

test.each(['light', 'dark'])('docs/terminal-%s.svg shows what docs/round-trip.md transcribes', (theme) => {
  const [transcript] = BLOCKS.filter(
    ({ page, text }) => page === 'docs/round-trip.md' && text.startsWith('$ '),
  );
  const picture = readFileSync(path.join(ROOT, 'docs', `terminal-${theme}.svg`), 'utf8');
  const lines = new Map<string, string>();
  for (const [, y = '', text = ''] of picture.matchAll(/<text x="[\d.]+" y="([\d.]+)"[^>]*>([^<]*)</g)) {
    lines.set(y, `${lines.get(y) ?? ''}${text.replaceAll('&amp;', '&')}`);
  }
  const withoutBlanks = (text: string) => text.replaceAll(/[^\S\n]+/g, '');
  expect(withoutBlanks([...lines.values()].join('\n'))).toBe(
    withoutBlanks((transcript?.text ?? '').replaceAll(/\n+/g, '\n').trim()),
  );
});

test('docs/library.md names everything that the library exports', () => {
  const page = readPage('docs/library.md');
  const names = [...Object.keys(library), ...Object.keys(sandbox)];
  expect(names.filter((name) => !page.includes(name) && !readPage('README.md').includes(name))).toEqual([]);
});

test('docs/configuration.md documents every setting, and no other', () => {
  const [, table = ''] = /^# Configuration\n\n([^]*?)\n\n/m.exec(readPage('docs/configuration.md')) ?? [];
  const codes = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || '–';
  expect(table.split('\n').slice(2)).toEqual(
    SETTINGS.map(({ name, flags, variable, key, note }) => {
      const places = [flags, variable ?? [], key ?? []].map((names) => codes([names].flat()));
      return `| ${[name, ...places].join(' | ')}${note === undefined ? '' : ` (${note})`} |`;
    }),
  );
});
