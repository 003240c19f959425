import { describe, expect, test } from '@jest/globals';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { leadNamesHere } from '../support/names.js';
import { privateFile } from '../support/private-file.js';
import { createRecorder, type Recorder } from '../support/recorder.js';
import { CANARIES, fails, succeeds } from '../support/run-main.js';
import { GIVEN, PAIR } from '../support/session.js';

const SESSION = ['init-session', ...GIVEN] as const;
const OWN = { clientId: 'client-of-the-file', clientSecret: 'secret-of-the-file' } as const;

interface Setting {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly project?: object | undefined;
  readonly user?: object | undefined;
}

/** A working directory and a home with these config files. Names lead to 127.0.0.1, wherever they are. */
function options({ env = PAIR, project, user }: Setting) {
  leadNamesHere();
  const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
  if (project !== undefined) privateFile(cwd, '.decentrorc', project);
  if (user !== undefined) privateFile(home, '.config/decentro/config.json', user);
  return { cwd, home, env, secrets: [OWN.clientSecret] };
}

/** What is said on stderr of a session that is refused with 3 before it reaches the recorder. */
async function refused(setting: (recorder: Recorder) => Setting): Promise<string> {
  const recorder = await createRecorder([]);
  const chosen = setting(recorder);
  const { stderr } = await fails([...SESSION, ...(chosen.flags ?? [])], 3, options(chosen));
  expect(recorder.connections).toBe(0);
  expect(stderr).not.toContain('Reference ID');
  return stderr.replace(/\s+/g, ' ');
}

/** The only request of a session that starts. */
async function taken(setting: (recorder: Recorder) => Setting) {
  const recorder = await createRecorder([{}]);
  const chosen = setting(recorder);
  await succeeds([...SESSION, ...(chosen.flags ?? [])], options(chosen));
  const [request] = recorder.requests;
  return { id: request?.header('client_id'), secret: request?.header('client_secret') };
}

describe('credentials do not leave for (rules 10, 11)', () => {
  test.each<[string, (port: number) => readonly string[], string]>([
    ['a host that nobody named', (port) => ['--base-url', `http://127.0.0.1:${port}`], '--allow-host'],
    [
      'another host than the one named',
      (port) => ['--base-url', `http://127.0.0.1:${port}`, '--allow-host', '127.0.0.2'],
      'is not a host that credentials may leave for',
    ],
    [
      'another port than the one named',
      (port) => ['--base-url', `http://127.0.0.1:${port}`, '--allow-host', `127.0.0.1:${port - 1}`],
      'is not a host that credentials may leave for',
    ],
    [
      'a host whose name ends like one named',
      (port) => ['--base-url', `https://evil-a.example:${port}`, '--allow-host', 'a.example'],
      'is not a host that credentials may leave for',
    ],
    [
      'plain HTTP to another machine',
      (port) => ['--base-url', `http://gateway.example:${port}`, '--allow-host', 'gateway.example'],
      'is not HTTPS',
    ],
    [
      'plain HTTP to localhost, which may be anything',
      (port) => ['--base-url', `http://localhost:${port}`, '--allow-host', 'localhost'],
      'use http://127.0.0.1:',
    ],
    [
      'plain HTTP to a name that begins like loopback',
      (port) => ['--base-url', `http://127.0.0.1.example:${port}`, '--allow-host', '127.0.0.1.example'],
      'is not HTTPS',
    ],
    [
      "production's host, as they are those of staging",
      (port) => ['--base-url', `https://in.decentro.tech:${port}`, '--allow-host', 'in.decentro.tech'],
      'belongs to the environment production',
    ],
    [
      "production's host with a dot at its end",
      (port) => ['--base-url', `https://in.decentro.tech.:${port}`, '--allow-host', 'in.decentro.tech.'],
      'belongs to the environment production',
    ],
    [
      "production's host in capitals",
      (port) => ['--base-url', `https://IN.DECENTRO.TECH:${port}`, '--allow-host', 'in.decentro.tech'],
      'belongs to the environment production',
    ],
    [
      "Decentro's own host in plain HTTP",
      (port) => ['--base-url', `http://in.staging.decentro.tech:${port}`],
      'is not HTTPS',
    ],
    [
      "another port of Decentro's own host",
      (port) => ['--base-url', `https://in.staging.decentro.tech:${port}`],
      'is not a host that credentials may leave for',
    ],
  ])('%s', async (_what, flags, message) => {
    expect(await refused(({ port }) => ({ flags: flags(port) }))).toContain(message);
  });

  test("staging's host, as they are those of production", async () => {
    const stderr = await refused(({ port }) => ({
      flags: [
        '--base-url',
        `https://in.staging.decentro.tech:${port}`,
        '--allow-host',
        'in.staging.decentro.tech',
      ],
      env: { ...PAIR, DECENTRO_ENV: 'production' },
    }));
    expect(stderr).toContain('belongs to the environment staging');
  });

  test('anybody while TLS checks nobody, but the sandbox has none to lose (rule 12)', async () => {
    const env = { ...PAIR, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const stderr = await refused(({ url }) => ({
      flags: ['--base-url', url, '--allow-host', '127.0.0.1'],
      env,
    }));
    expect(stderr).toContain('NODE_TLS_REJECT_UNAUTHORIZED=0');
    await succeeds(['init-session', '--env', 'sandbox', '--consent'], { env });
  });

  test('a host that a project file, or a file of --config, allows by itself', async () => {
    for (const role of ['project', 'named'] as const) {
      const stderr = await refused(({ url }) => {
        const content = { allowHosts: ['127.0.0.1'] };
        const flags = ['--base-url', url];
        const file = () => privateFile(temporaryDirectory(), 'named.json', content);
        return role === 'project' ? { flags, project: content } : { flags: [...flags, '--config', file()] };
      });
      expect(stderr).toContain('allowHosts may only be set in the user file');
    }
  });
});

describe('credentials leave for', () => {
  test.each<[string, (port: number) => readonly string[]]>([
    ['a host that was named', () => ['--allow-host', '127.0.0.1']],
    ['a host and port that were named', (port) => ['--allow-host', `127.0.0.1:${port}`]],
    ['one of several that were named', () => ['--allow-host', 'a.example', '--allow-host', '127.0.0.1']],
  ])('%s', async (_what, flags) => {
    const request = await taken(({ url, port }) => ({ flags: ['--base-url', url, ...flags(port)] }));
    expect(request.secret).toBe(CANARIES.clientSecret);
  });

  test('a host that the user file allows', async () => {
    const request = await taken(({ url }) => ({
      flags: ['--base-url', url],
      user: { allowHosts: ['127.0.0.1'] },
    }));
    expect(request.secret).toBe(CANARIES.clientSecret);
  });
});

describe('two sources are refused, and both are named: (rule 9)', () => {
  const staging = (config: object) => ({ environments: { staging: config } });
  const HERE = (url: string) => ['--base-url', url, '--allow-host', '127.0.0.1'];

  test.each<[string, (url: string) => Setting, readonly string[]]>([
    [
      'an ID of the variables and a secret of the project file',
      (url) => ({
        flags: HERE(url),
        env: { DECENTRO_CLIENT_ID: CANARIES.clientId },
        project: staging({ clientSecret: OWN.clientSecret }),
      }),
      ['DECENTRO_CLIENT_ID', '.decentrorc (environments.staging.clientSecret)'],
    ],
    [
      'a pair of the variables and a module secret of the user file',
      (url) => ({ flags: HERE(url), user: staging({ moduleSecret: OWN.clientSecret }) }),
      ['DECENTRO_CLIENT_SECRET', 'config.json (environments.staging.moduleSecret)'],
    ],
    [
      'an ID of the project file and a secret of the user file',
      (url) => ({
        flags: HERE(url),
        env: {},
        project: staging({ clientId: OWN.clientId }),
        user: staging({ clientSecret: OWN.clientSecret }),
      }),
      ['.decentrorc (environments.staging.clientId)', 'config.json (environments.staging.clientSecret)'],
    ],
    [
      'DECENTRO_BASE_URL and a pair of a file',
      (url) => ({
        flags: ['--allow-host', '127.0.0.1'],
        env: { DECENTRO_BASE_URL: url },
        project: staging(OWN),
      }),
      ['DECENTRO_BASE_URL', '.decentrorc (environments.staging.clientId)'],
    ],
    [
      'a base URL of the project file and a pair of the user file',
      (url) => ({
        flags: ['--allow-host', '127.0.0.1'],
        env: {},
        project: staging({ baseUrl: url }),
        user: staging(OWN),
      }),
      ['.decentrorc (environments.staging.baseUrl)', 'config.json (environments.staging.clientId)'],
    ],
    [
      'a base URL of the project file and a pair of the variables',
      (url) => ({ flags: ['--allow-host', '127.0.0.1'], project: staging({ baseUrl: url }) }),
      ['.decentrorc (environments.staging.baseUrl)', 'DECENTRO_CLIENT_ID'],
    ],
  ])('%s', async (_what, setting, names) => {
    const stderr = await refused(({ url }) => setting(url));
    for (const name of names) expect(stderr).toContain(name);
  });

  test('but --base-url goes with any, and files that speak of other environments do not count', async () => {
    const flags = ({ url }: Recorder) => HERE(url);
    const other = { environments: { production: OWN } };
    expect((await taken((recorder) => ({ flags: flags(recorder), project: other }))).id).toBe(
      CANARIES.clientId,
    );
    const file = await taken((recorder) => ({ flags: flags(recorder), env: {}, project: staging(OWN) }));
    expect(file).toEqual({ id: OWN.clientId, secret: OWN.clientSecret });
  });
});

describe('the environment', () => {
  test.each([
    ['--env alone does not turn the variables of staging to production', ['--env', 'production'], {}],
    [
      'variables of production are not used for staging',
      ['--env', 'staging'],
      { DECENTRO_ENV: 'production' },
    ],
  ])('%s', async (_what, flags, env) => {
    const stderr = await refused(() => ({ flags, env: { ...PAIR, ...env } }));
    expect(stderr).toContain(`set DECENTRO_ENV=${flags[1] ?? ''} to use them for this one`);
  });

  test.each([
    ['project', { project: { environment: 'production' } }],
    ['user', { user: { environment: 'production' } }],
    [
      'project, under another name',
      {
        env: {},
        project: {
          environment: 'shop',
          environments: { shop: { ...OWN, baseUrl: 'https://in.decentro.tech' } },
        },
        user: { allowHosts: ['in.decentro.tech'] },
      },
    ],
  ])('production is not chosen by a %s file', async (_role, setting) => {
    expect(await refused(() => setting)).toMatch(/selects production; a config file may not do that/);
  });

  test('sandbox is never shown real credentials (rule 11)', async () => {
    const request = await taken(({ url }) => ({
      flags: ['--env', 'sandbox', '--base-url', url],
      env: { ...PAIR, DECENTRO_ENV: 'sandbox', DECENTRO_MODULE_SECRET: CANARIES.moduleSecret },
      user: { environments: { staging: OWN } },
    }));
    expect(request.id).toBe('sandbox-client-id');
    for (const real of [CANARIES.clientSecret, OWN.clientSecret]) expect(request.secret).not.toBe(real);
  });

  test('sandbox cannot be redefined', async () => {
    const stderr = await refused(() => ({ project: { environments: { sandbox: OWN } } }));
    expect(stderr).toContain('"sandbox" is built in');
  });
});

test('`config show` tells the value or a mask of every setting, and where it came from (rule 27)', async () => {
  const project = { environments: { staging: OWN }, defaults: { redirectToSignup: true } };
  const { cwd, ...rest } = options({ env: {}, project });
  const { document } = await succeeds(['config', 'show', '--json'], { cwd, ...rest, stderr: [] });
  const file = path.join(cwd, '.decentrorc');
  expect(document).toMatchObject({
    schema: 'digilocker.config/1',
    files: [{ role: 'project', path: file }],
    settings: expect.arrayContaining([
      { name: 'environment', value: 'staging', source: 'built in' },
      { name: 'baseUrl', value: 'https://in.staging.decentro.tech/', source: 'built in' },
      { name: 'clientId', value: '****file', source: `${file} (environments.staging.clientId)` },
      { name: 'clientSecret', value: '********', source: `${file} (environments.staging.clientSecret)` },
      { name: 'moduleSecret', value: null, source: null },
      { name: 'redirectToSignup', value: true, source: `${file} (defaults.redirectToSignup)` },
    ]),
  });
  expect((await succeeds(['config', 'path'], { cwd, ...rest, stderr: [] })).stdout).toBe(`${file}\n`);
});
