import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

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

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));

const imports = files.flatMap(importsOf);

function importsOf(from: string): Import[] {
  const source = ts.createSourceFile(
    from,
    readFileSync(path.join(SRC, from), 'utf8'),
    ts.ScriptTarget.ES2022,
  );
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, isTypeOnly: boolean): void => {
    if (specifier === undefined) return;
    if (!ts.isStringLiteral(specifier)) throw new Error(`${from} imports what it computes`);
    found.push({ from, ...resolve(from, specifier.text), isTypeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    if (ts.isIdentifier(node) && ['require', 'createRequire'].includes(node.text)) {
      throw new Error(`${from} knows ${node.text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return name === undefined && namedBindings !== undefined && ts.isNamedImports(namedBindings)
    ? namedBindings.elements.every((element) => element.isTypeOnly)
    : false;
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

function breaking(from: RegExp, to: RegExp): string[] {
  return imports
    .filter((one) => from.test(one.from) && one.isOwn && to.test(one.to) && one.from !== one.to)
    .map((one) => `${one.from} -> ${one.to}`);
}

test('the reader of imports finds static, dynamic and type-only ones', () => {
  expect(importsOf('prompter.ts')).toEqual([
    { from: 'prompter.ts', to: 'node:stream', isOwn: false, isTypeOnly: false },
    { from: 'prompter.ts', to: 'errors.ts', isOwn: true, isTypeOnly: false },
    { from: 'prompter.ts', to: 'redact.ts', isOwn: true, isTypeOnly: false },
    { from: 'prompter.ts', to: 'inquirer', isOwn: false, isTypeOnly: false },
  ]);
  expect(importsOf('output/deliver.ts')).toContainEqual(
    expect.objectContaining({ to: 'host.ts', isTypeOnly: true }),
  );
  expect(
    imports.filter(({ isOwn }) => isOwn).every(({ to }) => files.includes(to) || to === '../package.json'),
  ).toBe(true);
});

describe('each third-party library has one importing file', () => {
  const OWNERS: readonly (readonly [library: string, owners: RegExp])[] = [
    ['commander', /^(main\.ts|commands\/[^/]+\.ts)$/],
    ['inquirer', /^prompter\.ts$/],
    ['got', /^api\/exchange\.ts$/],
    ['https-proxy-agent', /^api\/tunnel\.ts$/],
    ['cosmiconfig', /^config-file\.ts$/],
    ['js-yaml', /^config-parser\.ts$/],
    ['yaml', /^config-edit\.ts$/],
    ['chalk', /^output\/human\.ts$/],
    ['fast-wrap-ansi', /^output\/human\.ts$/],
    ['fastest-levenshtein', /^nearest\.ts$/],
    ['hono', /^sandbox\//],
    ['open', /^browser\.ts$/],
    ['uqr', /^output\/qr\.ts$/],
    ['@optique/core', /^completion-shells\.ts$/],
    ['@hono/node-server', /^sandbox\/[^/]+\.ts$/],
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

describe('imports run one way', () => {
  test.each<[rule: string, from: RegExp, to: RegExp]>([
    ['nobody imports main but the entry', /^(?!index\.ts$)/, /^main\.ts$/],
    ['nobody imports the entry but what starts it', /^(?!startup\/start\.ts$)/, /^index\.ts$/],
    ['the start imports nothing else of ours', /^startup\//, /^(?!startup\/|index\.ts$)/],
    ['nobody imports the start', /^(?!startup\/)/, /^startup\//],
    ['commands are imported by main alone', /^(?!main\.ts$|commands\/)/, /^commands\//],
    ['commands never import each other', /^commands\//, /^commands\/(?!((session-)?flags|outline)\.ts$)/],
    [
      'flags and outline import no command',
      /^commands\/((session-)?flags|outline)\.ts$/,
      /^commands\/(?!flags\.ts$)/,
    ],
    ['api imports no commands, output, sandbox or main', /^api\//, /^(commands|output|sandbox)\/|^main\.ts$/],
    ['output imports no commands, sandbox or main', /^output\//, /^(commands|sandbox)\/|^main\.ts$/],
    [
      'smoke imports no commands, output, sandbox or main',
      /^smoke\//,
      /^(commands|output|sandbox)\/|^main\.ts$/,
    ],
    ['doctor imports no commands, sandbox or main', /^doctor\//, /^(commands|sandbox)\/|^main\.ts$/],
    ['the sandbox imports nothing but itself and parse-url', /^sandbox\//, /^(?!sandbox\/|parse-url\.)/],
    [
      'what is below imports no commands, output or sandbox server',
      /^(config-|credential-|secret-|completion|outline|profile|proxy|ca-|connection|redact|errors|host|prompter|trust|setting|nearest|response-keys)/,
      /^(commands|output|sandbox|api)\//,
    ],
    ['redact, strict-json and parse-url import nothing of ours', /^(redact|strict-json|parse-url)\.ts$/, /./],
    [
      'errors import nothing of ours but what their details are',
      /^errors\.ts$/,
      /^(?!call-facts|callback\.)/,
    ],
    ['nobody imports the library', /^(?!library\/)/, /^library\//],
    [
      'the library imports no terminal, no process, no settings and no sandbox',
      /^library\//,
      /^(?!(library|api)\/|(call-facts|callback|credential-source|errors|response-keys|trust)\.)/,
    ],
    [
      'host and what it hands to know only failures, redaction, trust and each other',
      /^(host|prompter|browser)\.ts$/,
      /^(?!errors|prompter|redact|browser|trust)/,
    ],
  ])('%s', (_rule, from, to) => {
    expect(breaking(from, to)).toEqual([]);
  });

  test('errors import nothing of ours that is there at run time', () => {
    const needed = importsOf('errors.ts').filter(({ isTypeOnly }) => !isTypeOnly);
    expect(needed).toEqual([]);
  });

  test('in no circle', () => {
    const next = new Map(
      files.map((file) => [
        file,
        imports.filter((one) => one.from === file && one.isOwn && !one.isTypeOnly).map(({ to }) => to),
      ]),
    );
    const walk = (file: string, trail: readonly string[]): string[] =>
      trail.includes(file)
        ? [[...trail, file].join(' -> ')]
        : (next.get(file) ?? []).flatMap((to) => walk(to, [...trail, file]));
    expect(files.flatMap((file) => walk(file, []))).toEqual([]);
  });
});

describe('what is pure stays so', () => {
  const OUTSIDE = /^node:(?!net$|path$|http$)/;

  test.each([
    'errors.ts',
    'redact.ts',
    'strict-json.ts',
    'parse-url.ts',
    'nearest.ts',
    'response-keys.ts',
    'setting.ts',
    'settings-table.ts',
    'outline.ts',
    'completion.ts',
    'trust.ts',
    'proxy.ts',
    'profile.ts',
    'credential-source.ts',
    'config-schema.ts',
    'session-inputs.ts',
    'api/envelope.ts',
    'api/verdict.ts',
    'api/retry.ts',
    'api/request.ts',
    'api/failures.ts',
    'api/connection-failures.ts',
    'api/initiate-session.ts',
    'library/options.ts',
    'library/params.ts',
    'output/format.ts',
    'output/human.ts',
    'output/note.ts',
    'output/for-people.ts',
    'bug-failure.ts',
    'output/scripted.ts',
    'output/request.ts',
    'output/session-report.ts',
    'output/topics.ts',
    'output/settings.ts',
    'output/doctor-report.ts',
    'doctor/check.ts',
    'doctor/settings-checks.ts',
    'output/failure-report.ts',
    'output/config-init-report.ts',
    'output/smoke-report.ts',
    'output/junit.ts',
    'output/github.ts',
    'smoke/cases.ts',
    'smoke/judge.ts',
    'smoke/drift.ts',
    'smoke/plan.ts',
    'smoke/run-smoke.ts',
    'smoke/quote-server.ts',
  ])('%s imports nothing that touches the world', (file) => {
    expect(files).toContain(file);
    const outside = importsOf(file).filter(({ to, isTypeOnly }) => !isTypeOnly && OUTSIDE.test(to));
    expect(outside).toEqual([]);
    const text = readFileSync(path.join(SRC, file), 'utf8');
    expect(text).not.toMatch(/\bprocess\.|\bDate\.now\(|\bMath\.random\(/);
  });
});

test('four files write to the disk, and look out for links (rule 8)', () => {
  const writing = /\b(?:write|append|copy|rename|link|symlink|mkdir|mkdtemp|rm|unlink|open|createWrite)\w*\b/;
  const writers = files.filter((file) => {
    const text = readFileSync(path.join(SRC, file), 'utf8');
    const imported = [...text.matchAll(/import \{([^}]*)\} from 'node:fs(?:\/promises)?';/g)];
    return imported.some(([, names = '']) => writing.test(names));
  });
  expect(writers.sort()).toEqual([
    'append-to-file.ts',
    'config-init.ts',
    'replace-file.ts',
    'startup/code-cache.ts',
  ]);
});

test('only the start and the host know the process, and nobody writes to the console (rules 23, 25)', () => {
  const texts = files.map((file) => [file, readFileSync(path.join(SRC, file), 'utf8')] as const);
  expect(texts.filter(([, text]) => /\bprocess\.[a-z]/i.test(text)).map(([file]) => file)).toEqual([
    'host.ts',
    'startup/start.ts',
  ]);
  expect(texts.filter(([, text]) => /\bconsole\./.test(text))).toEqual([]);
});
