// What README's "Install" says, in a clone of the repository as it is, with a place of its own for what is global.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { temporaryDirectory } from '../support/cleanup.js';
import { BLOCKS } from '../support/documents.js';
import { ROOT } from '../support/package.js';
import { launch, type Run } from '../support/program.js';

const LIMIT_MS = 600_000;
const LEFT_OUT = ['.git', 'node_modules', 'dist', 'coverage', 'artifacts'];

const scriptsOf = (mark: string) => BLOCKS.filter((block) => block.mark === mark).map(({ text }) => text);
const dockerfile = readFileSync(path.join(ROOT, 'examples', 'Dockerfile'), 'utf8');
const [buildLine = '', installLine = ''] = [...dockerfile.matchAll(/^RUN (.*)$/gm)].map(([, line]) => line);

let clone: string;
let prefix: string;

beforeAll(() => {
  clone = path.join(temporaryDirectory(), 'clone');
  prefix = temporaryDirectory();
  cpSync(ROOT, clone, {
    recursive: true,
    filter: (source) => !LEFT_OUT.includes(path.relative(ROOT, source)) && !source.endsWith('.tgz'),
  });
});

/** Runs a script as a user of the clone does, with npm's settings and cache of this run of the tests. */
async function runIn(cwd: string, script: string, home = temporaryDirectory()): Promise<Run> {
  const settings = Object.entries(process.env).filter(
    ([name]) => name.startsWith('npm_config_') && !name.endsWith('prefix'),
  ) as [string, string][];
  const env = {
    ...Object.fromEntries(settings),
    npm_config_prefix: prefix,
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
    PATH: [path.join(prefix, 'bin'), prefix, process.env['PATH']].join(path.delimiter),
  };
  const run = await launch(['sh', '-c', `set -e\n${script}`], { cwd, home, env, timeoutMs: LIMIT_MS }).done;
  if (run.code !== 0) throw new Error(`It ended with ${run.code}.\n${script}\n${run.stdout}${run.stderr}`);
  return run;
}

describe('in a clone', () => {
  test(
    'the first command of README installs what is needed, and shows the whole round trip',
    async () => {
      const [first = ''] = scriptsOf('clone');
      const { stdout } = await runIn(clone, first);
      expect(stdout).toMatch(/^Transaction ID +[0-9A-F]{32}$/m);
      expect(stdout).toMatch(/^Redirect status +SUCCESS$/m);
    },
    LIMIT_MS,
  );

  test(
    'each other command of "Install" leaves a digilocker on PATH',
    async () => {
      const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
        version: string;
      };
      const [, ...others] = scriptsOf('clone');
      expect(others).toHaveLength(2);
      for (const script of others) {
        // The first one has done that, and it takes half a minute.
        const { stdout } = await runIn(clone, script.replace(/^npm ci$/m, ''));
        expect(stdout.trim().split('\n').at(-1)).toBe(version);
        await runIn(clone, 'npm uninstall --global digilocker-cli');
      }
    },
    LIMIT_MS,
  );

  test(
    'the steps of the Dockerfile make a package without the hook of a clone, and a command without its source',
    async () => {
      // It has installed what it needs; no package in it needs a script of its own (rule 35).
      expect(buildLine).toMatch(/^npm ci --ignore-scripts && /);
      await runIn(clone, buildLine.replace(/^.*? && /, ''));
      const image = temporaryDirectory();
      const [tarball = ''] = readdirSync(clone).filter((name) => name.endsWith('.tgz'));
      cpSync(path.join(clone, tarball), path.join(image, tarball));
      await runIn(image, installLine.replaceAll('/tmp/', `${image}/`));
      const installed = path.join(prefix, 'lib', 'node_modules', 'digilocker-cli');
      const { scripts } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as {
        scripts: Record<string, string>;
      };
      expect(Object.keys(scripts)).not.toContain('prepare');
      expect(existsSync(path.join(installed, 'src'))).toBe(false);
      const { stdout } = await runIn(image, 'digilocker init-session --env sandbox --consent');
      expect(stdout).toMatch(/^Transaction ID +[0-9A-F]{32}$/m);
    },
    LIMIT_MS,
  );

  test('packing leaves package.json as it was', () => {
    expect(readFileSync(path.join(clone, 'package.json'), 'utf8')).toBe(
      readFileSync(path.join(ROOT, 'package.json'), 'utf8'),
    );
  });
});

test('the commands for docker build the example, and run a session in it', () => {
  expect(scriptsOf('docker')).toEqual([
    expect.stringMatching(
      /^docker build --tag (\S+) --file examples\/Dockerfile \.\ndocker run --rm \1 init-session --env sandbox --consent\n$/,
    ),
  ]);
});
