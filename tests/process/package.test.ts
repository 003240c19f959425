import { beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { createCertificate } from '../support/certificate.js';
import { launch, type ProgramOptions, type Run } from '../support/program.js';
import { createRecorder } from '../support/recorder.js';
import { temporaryDirectory } from '../support/run.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const LIMIT_MS = 120_000;

const readJson = (name: string) => JSON.parse(readFileSync(path.join(ROOT, name), 'utf8')) as unknown;

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** A project that holds nothing but the packed package. */
let project: string;
let packed: Packed;
let tarball: string;

async function node(args: readonly string[], options: ProgramOptions = {}): Promise<Run> {
  return await launch([process.execPath, ...args], { cwd: project, timeoutMs: LIMIT_MS, ...options }).done;
}

async function npm(args: readonly string[], cwd: string): Promise<Run> {
  const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'];
  // `npm run` says where npm is; on Windows its command could not be started without a shell.
  const script = process.env['npm_execpath'];
  const command: [string, ...string[]] = script === undefined ? ['npm'] : [process.execPath, script];
  const result = await launch([...command, ...args, ...quiet], { cwd, timeoutMs: LIMIT_MS }).done;
  expect(result).toMatchObject({ code: 0 });
  return result;
}

beforeAll(async () => {
  project = temporaryDirectory();
  const types = await node([path.join('scripts', 'build-types.js')], { cwd: ROOT });
  expect(types).toMatchObject({ code: 0 });
  const { stdout } = await npm(['pack', '--json', '--pack-destination', project], ROOT);
  [packed] = JSON.parse(stdout) as [Packed];
  tarball = path.join(project, packed.filename);
  writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
  await npm(['install', tarball], project);
  cpSync(path.join(ROOT, 'tests', 'fixtures', 'consumer'), project, { recursive: true });
}, LIMIT_MS);

/** The folders of all packages that the source maps of the bundle name. */
function bundledPackages(): string[] {
  const maps = readdirSync(path.join(ROOT, 'dist')).filter((file) => file.endsWith('.map'));
  const sources = maps.flatMap((file) => {
    return (readJson(path.join('dist', file)) as { sources: string[] }).sources;
  });
  const folders = sources.map((source) => /^\.\.\/(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1]);
  return [...new Set(folders)].filter((folder) => folder !== undefined);
}

describe('the package', () => {
  test('holds what a user needs and nothing else (rule 34)', () => {
    const { files } = packed;
    expect(files.map((file) => file.path).sort()).toEqual([
      '.decentrorc.example',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'bin/digilocker.js',
      'bin/package.json',
      'dist/THIRD-PARTY-LICENSES.txt',
      'dist/api-tunnel.cjs',
      'dist/api-tunnel.cjs.map',
      'dist/browser.cjs',
      'dist/browser.cjs.map',
      'dist/ca-certificates.cjs',
      'dist/ca-certificates.cjs.map',
      'dist/client.cjs',
      'dist/client.cjs.map',
      'dist/commands-callback.cjs',
      'dist/commands-callback.cjs.map',
      'dist/commands-completion.cjs',
      'dist/commands-completion.cjs.map',
      'dist/commands-config.cjs',
      'dist/commands-config.cjs.map',
      'dist/commands-doctor.cjs',
      'dist/commands-doctor.cjs.map',
      'dist/commands-explain.cjs',
      'dist/commands-explain.cjs.map',
      'dist/commands-sandbox.cjs',
      'dist/commands-sandbox.cjs.map',
      'dist/commands-smoke.cjs',
      'dist/commands-smoke.cjs.map',
      'dist/completion-shells.cjs',
      'dist/completion-shells.cjs.map',
      'dist/completion.cjs',
      'dist/completion.cjs.map',
      'dist/config-init.cjs',
      'dist/config-init.cjs.map',
      'dist/doctor-live-check.cjs',
      'dist/doctor-live-check.cjs.map',
      'dist/help.cjs',
      'dist/help.cjs.map',
      'dist/human.cjs',
      'dist/human.cjs.map',
      'dist/init-session.cjs',
      'dist/init-session.cjs.map',
      'dist/inquirer.cjs',
      'dist/inquirer.cjs.map',
      'dist/js-yaml.cjs',
      'dist/js-yaml.cjs.map',
      'dist/lib/index.cjs',
      'dist/lib/index.d.cts',
      'dist/lib/index.d.mts',
      'dist/lib/index.mjs',
      'dist/lib/sandbox.cjs',
      'dist/lib/sandbox.d.cts',
      'dist/lib/sandbox.d.mts',
      'dist/lib/sandbox.mjs',
      'dist/listener.cjs',
      'dist/listener.cjs.map',
      'dist/main.cjs',
      'dist/main.cjs.map',
      'dist/open.cjs',
      'dist/open.cjs.map',
      'dist/others.cjs',
      'dist/others.cjs.map',
      'dist/proxy.cjs',
      'dist/proxy.cjs.map',
      'dist/sandbox-scenarios.cjs',
      'dist/sandbox-scenarios.cjs.map',
      'dist/sandbox.cjs',
      'dist/sandbox.cjs.map',
      'dist/source-frames.cjs',
      'dist/source-frames.cjs.map',
      'dist/start.cjs',
      'dist/uqr.cjs',
      'dist/uqr.cjs.map',
      'dist/xdg-open',
      'package.json',
    ]);
    expect(files.filter(({ mode }) => mode === 0o755).map((file) => file.path)).toEqual([
      'bin/digilocker.js',
      'dist/xdg-open',
    ]);
  });

  test('carries the licence of every package in the bundles (rule 35)', () => {
    const licences = readFileSync(path.join(ROOT, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    const packages = bundledPackages();
    expect(packages.map((folder) => path.basename(folder))).toEqual(
      expect.arrayContaining(['commander', 'inquirer', 'got', 'chalk', 'cosmiconfig', 'hono', 'open', 'uqr']),
    );
    for (const folder of packages) {
      const { name, version, license } = readJson(path.join(folder, 'package.json')) as Record<
        string,
        string
      >;
      expect(licences).toContain(`\n${name ?? ''} ${version ?? ''} (${license ?? ''})\n`);
      const file = readdirSync(path.join(ROOT, folder)).find((entry) => /^licen[cs]e/i.test(entry));
      expect([folder, file]).not.toContain(undefined);
      expect(licences).toContain(readFileSync(path.join(ROOT, folder, file ?? ''), 'utf8').trim());
    }
    const notices = licences.split(`\n${'-'.repeat(78)}\n`);
    expect(notices.filter((notice) => !/warranties|warranty|as is/i.test(notice))).toEqual([]);
  });

  test('runs no script when it is installed, and builds itself in a clone (rule 35)', () => {
    const { scripts } = readJson('package.json') as { scripts: Record<string, string> };
    const hooks = /^(?:pre|post)?(?:install|uninstall|prepare|prepublish|pack|dependencies)$/;
    expect(Object.keys(scripts).filter((name) => hooks.test(name))).toEqual(['prepare']);
  });

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

describe('the lockfile', () => {
  const { packages } = readJson('package-lock.json') as {
    packages: Record<string, { integrity?: string; resolved?: string; hasInstallScript?: boolean }>;
  };
  const locked = Object.entries(packages).filter(([folder]) => folder !== '');

  test('vouches for the content of every package (rule 35)', () => {
    expect(locked.length).toBeGreaterThan(100);
    expect(locked.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
  });

  test('holds no script that has to run, but for packages that bring their binaries along (rule 35)', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(scripted.map(([folder]) => folder.replace('node_modules/', '')).sort()).toEqual([
      '@parcel/watcher',
      '@swc/core',
      'esbuild',
      'unrs-resolver',
    ]);
  });

  test('names no place that packages were downloaded from', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});
