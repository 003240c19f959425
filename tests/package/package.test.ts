// A project that installs the package as it is packed, and uses it.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { createCertificate } from '../support/certificate.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { LIMIT_MS, node as launchNode, npm, pack, readJson, ROOT } from '../support/package.js';
import type { ProgramOptions } from '../support/program.js';
import { createRecorder } from '../support/recorder.js';

const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');

let project: string;
let tarball: string;

const node = (args: readonly string[], options: ProgramOptions = {}) =>
  launchNode(args, { cwd: project, ...options });

beforeAll(async () => {
  project = temporaryDirectory();
  const { filename } = await pack(project);
  tarball = path.join(project, filename);
  writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
  await npm(['install', tarball], project);
  cpSync(path.join(ROOT, 'tests', 'fixtures', 'consumer'), project, { recursive: true });
}, LIMIT_MS);

describe('the package', () => {
  test.each([
    ['publint', ['node_modules/publint/src/cli.js', '--strict']],
    ['Are the types wrong?', ['node_modules/@arethetypeswrong/cli/dist/index.js', '--no-emoji']],
  ])(
    '%s finds nothing wrong',
    async (_name, [script = '', ...flags]) => {
      const result = await node([path.join(ROOT, script), tarball, ...flags]);
      expect(result).toMatchObject({ code: 0, stdout: expect.stringMatching(/All good!|No problems found/) });
    },
    LIMIT_MS,
  );
});

describe('a project that installs it', () => {
  test('holds less than 3 MiB for it', () => {
    const folder = path.join(project, 'node_modules');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const bytes = files.map((file) => statSync(path.join(folder, file))).map((file) => file.size);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(3 * 1024 * 1024);
  });

  test('has the command', async () => {
    const { version } = readJson('package.json') as { version: string };
    const result = await node([path.join('node_modules', 'digilocker-cli', 'bin', 'digilocker.js'), '-V']);
    expect(result).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  test(
    'uses it from ES modules, CommonJS and TypeScript, with node:test, and ends by itself (rule 12)',
    async () => {
      expect(compile('NodeNext', ['typed.mts', 'typed.cts', 'using.mts'], { types: ['node'] })).toEqual([]);
      const recorder = await createRecorder([], { tls: createCertificate() });
      const suites = [...README.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, suite = ''], index) => {
        writeFileSync(path.join(project, `readme-${index}.test.mjs`), suite);
        return `readme-${index}.test.mjs`;
      });
      // Nothing of all this is the library's business.
      writeFileSync(path.join(project, '.decentrorc'), 'nonsense: [');
      const env = {
        DECENTRO_ENV: 'production',
        DECENTRO_CLIENT_SECRET: 'of-somebody-else',
        DECENTRO_BASE_URL: 'http://127.0.0.1:1',
        HTTP_PROXY: 'http://127.0.0.1:1',
        HTTPS_PROXY: 'http://127.0.0.1:1',
        NODE_USE_ENV_PROXY: '1',
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        UNTRUSTED_URL: recorder.url,
      };
      const result = await node(['--test', 'esm.test.mjs', 'cjs.test.cjs', 'typed.test.mjs', ...suites], {
        env,
      });
      expect(result.stdout).toMatch(new RegExp(`^. pass ${7 + suites.length}$`, 'm'));
      expect(result.code).toBe(0);
      expect(recorder.requests).toEqual([]);
    },
    LIMIT_MS,
  );

  test.each<[resolution: 'Node16' | 'Bundler', files: string[]]>([
    ['Node16', ['typed.mts', 'typed.cts']],
    ['Bundler', ['typed.mts']],
  ])(
    'type-checks with %s, without the types of Node',
    (resolution, files) => {
      expect(compile(resolution, files, { lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], noEmit: true })).toEqual(
        [],
      );
    },
    LIMIT_MS,
  );

  test(
    'tests its application with jest',
    async () => {
      const folder = path.join(project, 'jest');
      cpSync(path.join(ROOT, 'examples', 'jest'), folder, { recursive: true });
      const result = await node([path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--ci'], {
        cwd: folder,
      });
      expect(result).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^Tests: +7 passed, 7 total$/m),
      });
      expect(result.stderr).not.toMatch(/did not exit|force exited/);
    },
    LIMIT_MS,
  );
});

/** Compiles files of the project where they stand, and returns what the compiler says against them. */
function compile(
  resolution: 'Node16' | 'NodeNext' | 'Bundler',
  files: readonly string[],
  options: ts.CompilerOptions,
): string[] {
  const program = ts.createProgram(
    files.map((file) => path.join(project, file)),
    {
      module: resolution === 'Bundler' ? ts.ModuleKind.ESNext : ts.ModuleKind[resolution],
      moduleResolution: ts.ModuleResolutionKind[resolution],
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts'],
      types: [],
      typeRoots: [path.join(ROOT, 'node_modules', '@types')],
      strict: true,
      skipDefaultLibCheck: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      ...options,
    },
  );
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ messageText, file }) =>
    [file?.fileName ?? '', ts.flattenDiagnosticMessageText(messageText, ' ')].join(': '),
  );
}
