import { describe, expect, test } from '@jest/globals';
import { parseSync } from '@swc/core';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

interface Import {
  /** The importing file, below src. */
  readonly from: string;
  /** The imported file below src, or the name of a package or module. */
  readonly to: string;
  readonly isOwn: boolean;
  /** Whether it is gone at run time. */
  readonly isTypeOnly: boolean;
}

/** A part of the syntax tree; those below it are among its values. */
type Node = Readonly<Record<string, unknown>>;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));

const imports = files.flatMap(importsOf);

function importsOf(from: string): Import[] {
  const text = readFileSync(path.join(SRC, from), 'utf8');
  const found: Import[] = [];
  const add = (specifier: unknown, isTypeOnly: boolean): void => {
    const { type, value } = specifier as Node;
    if (type !== 'StringLiteral') throw new Error(`${from} imports what it computes`);
    found.push({ from, ...resolve(from, String(value)), isTypeOnly });
  };
  const visit = (node: Node): void => {
    const { type, source, typeOnly, callee, value } = node;
    if (type === 'ImportDeclaration') add(source, isTypeOnlyImport(node));
    else if (String(type).startsWith('Export') && source) add(source, typeOnly === true);
    if (type === 'CallExpression' && (callee as Node)['type'] === 'Import')
      add((node['arguments'] as { expression: Node }[])[0]?.expression, false);
    if (type === 'Identifier' && ['require', 'createRequire'].includes(String(value))) {
      throw new Error(`${from} knows ${String(value)}`);
    }
    for (const part of Object.values(node).flat()) if (isNode(part)) visit(part);
  };
  for (const node of parseSync(text, { syntax: 'typescript', target: 'es2022' }).body) visit({ ...node });
  return found;
}

function isNode(part: unknown): part is Node {
  return typeof part === 'object' && part !== null;
}

function isTypeOnlyImport({ typeOnly, specifiers }: Node): boolean {
  const names = specifiers as Node[];
  return typeOnly === true || (names.length > 0 && names.every((name) => name['isTypeOnly'] === true));
}

function resolve(from: string, specifier: string): Pick<Import, 'to' | 'isOwn'> {
  if (!specifier.startsWith('.')) return { to: specifier, isOwn: false };
  const to = path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '.ts');
  return { to, isOwn: true };
}

function packageOf(name: string): string {
  return /^(@[^/]+\/[^/]+|[^/]+)/.exec(name)?.[1] ?? name;
}

function importersOf(name: string): string[] {
  const own = imports.filter(({ to, isOwn }) => !isOwn && packageOf(to) === name);
  return [...new Set(own.map(({ from }) => from))].sort();
}

test('the reader of imports finds static, dynamic and type-only ones', () => {
  expect(importsOf('host/terminal-prompter.ts')).toEqual([
    { from: 'host/terminal-prompter.ts', to: 'safety/visible.ts', isOwn: true, isTypeOnly: false },
    { from: 'host/terminal-prompter.ts', to: 'host/prompter.ts', isOwn: true, isTypeOnly: true },
    { from: 'host/terminal-prompter.ts', to: 'host/plain-prompter.ts', isOwn: true, isTypeOnly: false },
    { from: 'host/terminal-prompter.ts', to: 'host/inquirer-prompter.ts', isOwn: true, isTypeOnly: false },
  ]);
  expect(importsOf('host/inquirer-prompter.ts')).toContainEqual(
    expect.objectContaining({ to: 'node:stream', isOwn: false, isTypeOnly: false }),
  );
  expect(importsOf('output/deliver.ts')).toContainEqual(
    expect.objectContaining({ to: 'host/host.ts', isTypeOnly: true }),
  );
  expect(
    imports.filter(({ isOwn }) => isOwn).every(({ to }) => files.includes(to) || to === '../package.json'),
  ).toBe(true);
});

describe('each third-party library has one importing file', () => {
  const OWNERS: readonly (readonly [library: string, owners: RegExp])[] = [
    ['commander', /^(main\.ts|commands\/)/],
    ['inquirer', /^host\/inquirer-prompter\.ts$/],
    ['got', /^api\/http\/send-by-got\.ts$/],
    ['cosmiconfig', /^settings\/find-config\.ts$/],
    ['js-yaml', /^settings\/config-parser\.ts$/],
    ['yaml', /^commands\/storing\/edit\.ts$/],
    ['csv-parse', /^commands\/batch\/rows\.ts$/],
    ['chalk', /^output\/human\.ts$/],
    ['fast-wrap-ansi', /^output\/human\.ts$/],
    ['fastest-levenshtein', /^failure\/nearest\.ts$/],
    ['hono', /^sandbox\//],
    ['open', /^host\/browser\.ts$/],
    ['@noble/hashes', /^commands\/calling\/journal\.ts$/],
    ['uqr', /^output\/qr\.ts$/],
    ['@optique/core', /^commands\/completion\/shells\.ts$/],
    ['@hono/node-server', /^sandbox\//],
  ];

  test.each(OWNERS)('%s', (library, owners) => {
    const importers = importersOf(library);
    expect(importers).not.toEqual([]);
    expect(importers.filter((file) => !owners.test(file))).toEqual([]);
  });

  test('and there is no other library', () => {
    const known = OWNERS.map(([library]) => library);
    const packages = imports
      .filter(({ to, isOwn }) => !isOwn && !to.startsWith('node:'))
      .map(({ to }) => packageOf(to));
    expect([...new Set(packages)].filter((name) => !known.includes(name))).toEqual([]);
  });

  test('and modules of Node are named as such', () => {
    expect(imports.filter(({ to }) => builtinModules.includes(to))).toEqual([]);
  });
});

// The rooms of the house and what each may import besides itself: a folder, or one file of it (docs/architecture.md).
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  startup: ['main.ts', 'host/own-place.ts'],
  'main.ts': ['commands', 'output', 'host', 'failure', 'safety', 'version.ts'],
  library: ['api', 'redirect', 'safety', 'failure'],
  commands: ['redirect', 'api', 'settings', 'output', 'host', 'sandbox', 'failure', 'safety', 'version.ts'],
  redirect: ['output', 'host', 'safety', 'failure'],
  api: ['host', 'failure', 'safety', 'version.ts'],
  settings: ['host', 'failure', 'safety', 'sandbox/api/credentials.ts'],
  output: ['host', 'failure', 'safety'],
  host: ['failure', 'safety'],
  sandbox: ['safety/url.ts', 'safety/blocked-ports.ts'],
  failure: ['version.ts'],
  safety: ['version.ts'],
  'version.ts': ['../package.json'],
};

function arrow({ from, to }: Import): string {
  return `${from} -> ${to}`;
}

/** Whether a file is a place or stands in it. */
function isIn(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}

function roomOf(file: string): string {
  return Object.keys(ROOMS).find((room) => isIn(file, room)) ?? '';
}

/** The imports of our own that leave a place for another one than the allowed ones. */
function leaving(place: string, allowed: readonly string[]): string[] {
  return imports
    .filter(({ from, to, isOwn }) => isOwn && isIn(from, place) && !isIn(to, place))
    .filter(({ to }) => !allowed.some((other) => isIn(to, other)))
    .map(arrow);
}

describe('imports run down through the rooms, type-only ones included', () => {
  test('every file stands in a room', () => {
    expect(files.filter((file) => roomOf(file) === '')).toEqual([]);
  });

  test.each(Object.entries(ROOMS))('%s imports what stands below it', (room, allowed) => {
    expect(leaving(room, allowed)).toEqual([]);
  });

  test('the transport imports nothing else of the API', () => {
    expect(leaving('api/http', ROOMS['api'] ?? [])).toEqual([]);
  });

  test('a command imports no other command, but the flags and what commands share that call or store', () => {
    const commandOf = (file: string): string => /^commands\/[^/]+/.exec(file)?.[0] ?? '';
    const crossing = imports.filter(
      ({ from, to }) => isIn(from, 'commands') && isIn(to, 'commands') && commandOf(from) !== commandOf(to),
    );
    const isShared = (to: string): boolean =>
      ['commands/flags.ts', 'commands/calling', 'commands/storing'].some((place) => isIn(to, place));
    const refused = crossing.filter(({ to }) => !isShared(to)).map(arrow);
    expect(refused).toEqual([]);
    expect(
      leaving('commands/flags.ts', [
        'output',
        'host',
        'failure',
        'settings',
        'safety/trust.ts',
        'safety/blocked-ports.ts',
        'version.ts',
      ]),
    ).toEqual([]);
  });

  test('in no circle', () => {
    const next = new Map(
      files.map((file) => [
        file,
        imports.filter((one) => one.from === file && one.isOwn).map(({ to }) => to),
      ]),
    );
    const done = new Set<string>();
    const walk = (file: string, trail: readonly string[]): string[] => {
      if (trail.includes(file)) return [[...trail, file].join(' -> ')];
      if (done.has(file)) return [];
      const circles = (next.get(file) ?? []).flatMap((to) => walk(to, [...trail, file]));
      done.add(file);
      return circles;
    };
    expect(files.flatMap((file) => walk(file, []))).toEqual([]);
  });
});

describe('what is pure stays so', () => {
  const OUTSIDE = /^node:(?!net$|path$|http$)/;
  const PURE = ['failure', 'safety', 'output', 'settings', 'api'];
  const IMPURE = [
    'failure/source-frames.ts',
    'output/countdown.ts',
    'settings/config-file.ts',
    'settings/find-config.ts',
    'settings/secret-source.ts',
    'settings/load-profile.ts',
    'api/call.ts',
    'api/derive-reference-id.ts',
    'api/reference-id.ts',
    'api/http',
  ];
  const pure = files.filter(
    (file) => PURE.some((room) => isIn(file, room)) && !IMPURE.some((place) => isIn(file, place)),
  );

  test.each(pure)('%s touches nothing of the world', (file) => {
    const outside = importsOf(file).filter(({ to, isTypeOnly }) => !isTypeOnly && OUTSIDE.test(to));
    expect(outside).toEqual([]);
    const text = readFileSync(path.join(SRC, file), 'utf8');
    expect(text).not.toMatch(/\bprocess\.|\bDate\.now\(|\bMath\.random\(/);
  });
});

test('few files open others or write to the disk, and they look out for links (rule 8)', () => {
  const writing = /\b(?:write|append|copy|rename|link|symlink|mkdir|mkdtemp|rm|unlink|open|createWrite)\w*\b/;
  const writers = files.filter((file) => {
    const text = readFileSync(path.join(SRC, file), 'utf8');
    const imported = [...text.matchAll(/import (?:fs, )?\{([^}]*)\} from 'node:fs(?:\/promises)?';/g)];
    return imported.some(([, names = '']) => writing.test(names)) || /\bimport fs from\b/.test(text);
  });
  expect(writers.sort()).toEqual([
    'commands/batch/ballast.ts',
    'commands/batch/claim.ts',
    'commands/batch/forget.ts',
    'commands/batch/input-file.ts',
    'commands/batch/job-folder.ts',
    'commands/batch/journal-writer.ts',
    'commands/batch/segments.ts',
    'host/append-to-file.ts',
    'host/create-file.ts',
    'host/document-file.ts',
    'host/journal-file.ts',
    'host/output.ts',
    'host/own-place.ts',
    'host/read-file.ts',
    'host/replace-file.ts',
    'host/update-file.ts',
    'startup/code-cache.ts',
  ]);
});

test('only the start and the host know the process, and nobody writes to the console (rules 23, 25)', () => {
  const texts = files.map((file) => [file, readFileSync(path.join(SRC, file), 'utf8')] as const);
  expect(texts.filter(([, text]) => /\bprocess\.[a-z]/i.test(text)).map(([file]) => file)).toEqual([
    'host/host.ts',
    'startup/start.ts',
  ]);
  expect(texts.filter(([, text]) => /\bconsole\./.test(text))).toEqual([]);
});
