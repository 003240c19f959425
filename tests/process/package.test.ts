import { beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapping } from 'node:module';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { LIMIT_MS, packAsBuilt, readJson, ROOT, type Packed } from '../support/package.js';

let packed: Packed;

beforeAll(async () => {
  packed = await packAsBuilt(temporaryDirectory());
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
    const paths = packed.files.map((file) => file.path).sort();
    // What single runs load, as many as the program has parts, each with its source map unless a package is all of it.
    const foreign = ['inquirer', 'js-yaml', 'open', 'uqr'].map((name) => `dist/${name}.cjs`);
    const parts = paths.filter((name) => /^dist\/[\w-]+\.cjs(\.map)?$/.test(name));
    const sources = paths.filter((name) => name.startsWith('dist/lib/src/'));
    expect(paths.filter((name) => !parts.includes(name) && !sources.includes(name))).toEqual([
      '.decentrorc.example',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'bin/digilocker.js',
      'bin/package.json',
      'dist/THIRD-PARTY-LICENSES.txt',
      'dist/lib/index.cjs',
      'dist/lib/index.cjs.map',
      'dist/lib/index.d.cts',
      'dist/lib/index.d.mts',
      'dist/lib/index.mjs',
      'dist/lib/index.mjs.map',
      'dist/lib/sandbox.cjs',
      'dist/lib/sandbox.cjs.map',
      'dist/lib/sandbox.d.cts',
      'dist/lib/sandbox.d.mts',
      'dist/lib/sandbox.mjs',
      'dist/lib/sandbox.mjs.map',
      'dist/xdg-open',
      'package.json',
    ]);
    const scripts = parts.filter((name) => name.endsWith('.cjs') && name !== 'dist/start.cjs');
    const maps = scripts.filter((name) => !foreign.includes(name)).map((name) => `${name}.map`);
    expect(parts).toEqual([...scripts, ...maps, 'dist/start.cjs'].sort());
    expect(scripts).toEqual(expect.arrayContaining(['dist/main.cjs', 'dist/init-session.cjs']));
    expect(packed.files.filter(({ mode }) => mode === 0o755).map((file) => file.path)).toEqual([
      'bin/digilocker.js',
      'dist/xdg-open',
    ]);
  });

  test('holds the sources that the maps of the library lead to', () => {
    const lib = path.join(ROOT, 'dist', 'lib');
    const named = new Set<string>();
    for (const [name, literal, source] of [
      ['index.cjs', 'Give environment, or baseUrl.', './src/library/options.ts'],
      ['index.mjs', 'Give environment, or baseUrl.', './src/library/options.ts'],
      ['sandbox.cjs', 'Nothing to prefetch.', './src/sandbox/consent/link-routes.ts'],
      ['sandbox.mjs', 'Nothing to prefetch.', './src/sandbox/consent/link-routes.ts'],
    ] as const) {
      const text = readFileSync(path.join(lib, name), 'utf8');
      expect(text).toMatch(new RegExp(`\\n//# sourceMappingURL=${name}\\.map\\n$`));
      const map = readJson(path.join('dist', 'lib', `${name}.map`)) as {
        sources: (string | null)[];
      };
      for (const one of map.sources) if (one !== null) named.add(path.posix.join('dist/lib', one));
      const before = text.slice(0, text.indexOf(literal)).split('\n');
      const entry = new SourceMap(map as SourceMap['payload']).findEntry(
        before.length - 1,
        (before.at(-1)?.length ?? 0) - 1,
      );
      expect(entry).toMatchObject({ originalSource: source });
      const { originalSource, originalLine } = entry as SourceMapping;
      const lines = readFileSync(path.join(lib, originalSource), 'utf8').split('\n');
      expect(lines[originalLine]).toContain(literal);
    }
    const packedSources = packed.files
      .map((file) => file.path)
      .filter((name) => name.startsWith('dist/lib/src/'));
    expect(packedSources.sort()).toEqual(expect.arrayContaining([...named].sort()));
    for (const name of packedSources)
      expect(readFileSync(path.join(ROOT, name), 'utf8')).toBe(
        readFileSync(path.join(ROOT, name.replace('dist/lib/', '')), 'utf8'),
      );
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
    const hooks = /^(?:pre|post)?(?:install|uninstall|prepare|prepublish|dependencies)$/;
    expect(Object.keys(scripts).filter((name) => hooks.test(name))).toEqual(['prepare']);
    // As the last one, which npm puts back where it was.
    expect(Object.keys(scripts).at(-1)).toBe('prepare');
    expect(scripts['prepack']).toMatch(/ && npm pkg delete scripts\.prepare$/);
    expect(scripts['postpack']).toBe(`npm pkg set "scripts.prepare=${scripts['prepare'] ?? ''}"`);
  });
});

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
