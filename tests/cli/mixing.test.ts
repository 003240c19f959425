import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import dns from 'node:dns';
import { isIP } from 'node:net';
import { dealt } from '../support/generated.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, credentials, runMain } from '../support/run-main.js';
import { assertNoSecrets, assertNoStack } from '../support/verdict.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { writeFiles } from '../support/fake-host.js';

const SOURCES = [
  'variables',
  'project',
  'user',
  'variables and project',
  'project and user',
  'borrowed',
] as const;
const BASES = ['built in', '--base-url', 'variable', 'project', 'user'] as const;
const ENVIRONMENTS = [
  'staging',
  'production',
  'shop',
  'sandbox',
  'staging, variables of production',
] as const;
const ALLOWED = ['nobody', '--allow-host', 'the user file'] as const;

type Source = (typeof SOURCES)[number];
type Base = (typeof BASES)[number];

interface Cell {
  readonly source: Source;
  readonly base: Base;
  readonly environment: (typeof ENVIRONMENTS)[number];
  readonly allowed: (typeof ALLOWED)[number];
}

/** Where a request may go, with whose credentials. */
type Outcome =
  'refused' | 'sandbox' | 'staging' | 'production' | { readonly recorderSees: keyof typeof OWNED };

const OWNED = {
  variables: { clientId: CANARIES.clientId, clientSecret: CANARIES.clientSecret },
  project: { clientId: 'id-of-the-project-file', clientSecret: 'project-3kqz81mv-secret' },
  user: { clientId: 'id-of-the-user-file', clientSecret: 'user-77xwp20d-secret' },
  sandbox: { clientId: 'sandbox-client-id', clientSecret: 'sandbox-client-secret-for-no-real-account' },
} as const;

const CELLS = SOURCES.flatMap((source) =>
  BASES.flatMap((base) => ENVIRONMENTS.map((environment) => ({ source, base, environment }))),
)
  // A file cannot speak of the sandbox.
  .filter(({ base, environment }) => environment !== 'sandbox' || (base !== 'project' && base !== 'user'))
  .flatMap((cell, index) =>
    // The user's file allows as the flag does: it is met less often.
    dealt(ALLOWED, index, 2)
      .filter((allowed) => allowed !== 'the user file' || index % 3 === 0)
      .map((allowed): Cell => ({ ...cell, allowed })),
  );

/** The rules "One source" and "Hosts", in a few lines of their own. */
function foresee({ source, base, environment, allowed }: Cell): Outcome {
  if (environment === 'sandbox') return base === '--base-url' ? { recorderSees: 'sandbox' } : 'sandbox';
  const isVariablesOwn = environment !== 'staging, variables of production';
  const speakers = new Set<string>([...source.split(' and '), base]);
  if (speakers.delete('borrowed')) {
    if (!isVariablesOwn) return 'refused';
    speakers.add('project').add('variables');
  }
  if (speakers.delete('variable')) speakers.add('variables');
  const isMoved = base !== 'built in' && (base !== 'variable' || isVariablesOwn);
  if (!isVariablesOwn) speakers.delete('variables');
  const files = ['variables', 'project', 'user'].filter((name) => speakers.has(name));
  const [only] = files;
  if (files.length !== 1 || only === undefined || !source.split(' and ').every((name) => name === only))
    return 'refused';
  if (isMoved) return allowed === 'nobody' ? 'refused' : { recorderSees: only as keyof typeof OWNED };
  if (environment === 'shop') return 'refused';
  return environment === 'production' ? 'production' : 'staging';
}

/** The command line, variables and files of a cell. */
function layOut({ source, base, environment, allowed }: Cell, url: string) {
  const name = environment === 'sandbox' ? 'staging' : (environment.split(',')[0] ?? '');
  const isIn = (part: string) => source.split(' and ').includes(part);
  const { clientId, clientSecret } = OWNED.project;
  const borrowed = { clientId: 'env:DECENTRO_CLIENT_ID', clientSecret: 'env:DECENTRO_CLIENT_SECRET' };
  const project = {
    ...(source === 'project' && { clientId, clientSecret }),
    ...(source === 'variables and project' && { clientSecret }),
    ...(source === 'project and user' && { clientId }),
    ...(source === 'borrowed' && borrowed),
    ...(base === 'project' && { baseUrl: url }),
  };
  const user = {
    ...(source === 'user' && OWNED.user),
    ...(source === 'project and user' && { clientSecret: OWNED.user.clientSecret }),
    ...(base === 'user' && { baseUrl: url }),
  };
  const chosen = { production: 'production', shop: 'shop', 'staging, variables of production': 'production' };
  const { DECENTRO_CLIENT_ID = '', DECENTRO_CLIENT_SECRET = '' } = credentials;
  const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
  writeFiles(cwd, { '.decentrorc': JSON.stringify({ environments: { [name]: project } }) });
  writeFiles(home, {
    '.config/decentro/config.json': JSON.stringify({
      environments: { [name]: user },
      ...(allowed === 'the user file' && { allowHosts: ['127.0.0.1'] }),
    }),
  });
  return {
    args: [
      ...['init-session', '--retries', '0', '--no-open', '--consent'],
      ...['--consent-purpose', 'KYC for opening a bank account', '--redirect-url', 'https://a.example'],
      ...(environment === 'sandbox' || environment.includes(',')
        ? ['--env', environment.split(',')[0] ?? '']
        : []),
      ...(base === '--base-url' ? ['--base-url', url] : []),
      ...(allowed === '--allow-host' ? ['--allow-host', '127.0.0.1'] : []),
    ],
    options: {
      cwd,
      home,
      env: {
        ...(environment in chosen && { DECENTRO_ENV: chosen[environment as keyof typeof chosen] }),
        ...((isIn('variables') || source === 'borrowed') && { DECENTRO_CLIENT_ID }),
        ...((source === 'variables' || source === 'borrowed') && { DECENTRO_CLIENT_SECRET }),
        ...(base === 'variable' && { DECENTRO_BASE_URL: url }),
      },
    },
  };
}

describe('credentials go where their own source and the user let them, and nowhere else (rules 9, 10, 11)', () => {
  const { lookup } = dns;
  let names: string[] = [];

  // Decentro's own hosts cannot be reached from here: it is told that somebody wanted to.
  beforeAll(() => {
    const fail = (name: string, ...rest: unknown[]): unknown => {
      if (isIP(name) !== 0) return Reflect.apply(lookup, dns, [name, ...rest]);
      names.push(name);
      const done = rest.at(-1) as (error: Error) => unknown;
      return done(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
    };
    Reflect.set(dns, 'lookup', fail);
  });

  afterAll(() => {
    Reflect.set(dns, 'lookup', lookup);
  });

  test.each(CELLS)('$source, base URL $base, for $environment, allowed by $allowed', async (cell) => {
    names = [];
    const recorder = await createRecorder();
    const { args, options } = layOut(cell, recorder.url);
    const run = await runMain(args, options);
    assertNoStack(run);
    assertNoSecrets(run, [OWNED.project.clientSecret, OWNED.user.clientSecret]);
    const outcome = foresee(cell);
    const seen = recorder.requests.map((request) => [
      request.header('client_id'),
      request.header('client_secret'),
    ]);
    if (typeof outcome === 'object') {
      const { clientId, clientSecret } = OWNED[outcome.recorderSees];
      expect([run.code, seen, names]).toEqual([0, [[clientId, clientSecret]], []]);
      return;
    }
    const hosts = {
      staging: ['in.staging.decentro.tech'],
      production: ['in.decentro.tech'],
      refused: [],
      sandbox: [],
    };
    const codes = { staging: 7, production: 7, refused: 3, sandbox: 0 };
    expect([run.code, recorder.connections, names]).toEqual([codes[outcome], 0, hosts[outcome]]);
  });

  test('in enough cells of each kind', () => {
    const kinds = CELLS.map(foresee).map((outcome) => (typeof outcome === 'object' ? 'recorder' : outcome));
    const count = (kind: string) => kinds.filter((other) => other === kind).length;
    expect(CELLS.length).toBeGreaterThanOrEqual(100);
    for (const kind of ['recorder', 'refused', 'staging', 'production', 'sandbox'])
      expect(count(kind)).toBeGreaterThan(2);
  });
});
