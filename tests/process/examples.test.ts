import { describe, expect, test } from '@jest/globals';
import { validate } from 'dockerfile-utils';
import { load } from 'js-yaml';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES } from '../../src/failure/exit-codes.js';
import { createSandbox } from '../../src/sandbox/server.js';
import { cleanUp } from '../support/cleanup.js';
import { COMMANDS } from '../support/program-outline.js';
import { dealt } from '../support/generated.js';
import { createRecorder } from '../support/recorder.js';
import { assertNoSecrets, credentials, runShell, temporaryDirectory } from '../support/run.js';
import { readWorkflow } from '../support/workflow.js';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const SCRIPT = path.join(EXAMPLES, 'start-session.sh');
const example = (name: string) => readFileSync(path.join(EXAMPLES, name), 'utf8');

/** Whether this version has the command of a line: examples may be ahead of it, but of nothing else. */
const exists = (line: string) => COMMANDS.some(([[name]]) => line.startsWith(`digilocker ${name ?? ''} `));

describe('examples/start-session.sh', () => {
  test.each(EXIT_CODES)('knows exit code $code, and hands it on', async ({ code }) => {
    const bin = temporaryDirectory();
    writeFileSync(path.join(bin, 'digilocker'), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
    const result = await runShell(`PATH=${bin}:$PATH exec ${SCRIPT}`);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(/^start-session: .+\n$/);
    expect(result.stderr).not.toContain('does not know');
  });

  const play = (scenario: string) => ['--env', 'sandbox', '--reference-id', `sbx-${scenario}-1`];

  const REAL_ENDS: readonly (readonly [code: number, flags: readonly string[]])[] = [
    [0, ['--env', 'sandbox']],
    [2, ['--env', 'sandbox', '--retries', 'many']],
    [3, ['--env', 'staging']],
    [4, play('error_unauthorized_module')],
    [5, play('error_malformed_request')],
    [6, play('error_provider_error')],
    [8, play('reset')],
    [9, ['--env', 'sandbox', '--wait', '--end-user', 'deny']],
    [124, ['--env', 'sandbox', '--wait', '500ms']],
  ];

  test.each(dealt(REAL_ENDS, 0, 2))('ends with %i where digilocker does (%j)', async (code, flags) => {
    const result = await runShell(`exec ${SCRIPT} ${flags.join(' ')}`);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(/^start-session: /m);
    expect(result.stdout).toMatch([0, 9, 124].includes(code) ? /^[0-9A-F]{32}\n$/ : /^$/);
  });

  test('ends with 7 where nothing was sent', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const result = await runShell(
      `exec ${SCRIPT} --env sandbox --base-url http://127.0.0.1:${port} --retries 0`,
    );
    expect(result.code).toBe(7);
    expect(result.stderr).toContain('start-session: nothing was sent');
  });

  test('says so where there is no digilocker', async () => {
    const result = await runShell(`PATH=/nonexistent exec /bin/sh ${SCRIPT}`);
    expect(result.code).toBe(127);
    expect(result.stderr).toContain('there is no digilocker on PATH');
  });
});

describe('examples/fetch-documents.sh', () => {
  test('goes from the link to the files, and fetches none of them twice', async () => {
    const sandbox = await createSandbox({ endUser: 'allow' });
    cleanUp(() => sandbox.close());
    const folder = temporaryDirectory();
    const fetchAll = () =>
      runShell(
        `exec ${path.join(EXAMPLES, 'fetch-documents.sh')} ${folder} --env sandbox --base-url ${sandbox.url}`,
      );
    const first = await fetchAll();
    expect(first.code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual([
      expect.stringMatching(/^ADHAR-[0-9a-f]{8}\.pdf$/),
      expect.stringMatching(/^DRVLC-[0-9a-f]{8}\.jpg$/),
      expect.stringMatching(/^PANCR-[0-9a-f]{8}\.pdf$/),
    ]);
    expect(
      first.stdout
        .trim()
        .split('\n')
        .map((name) => path.basename(name))
        .sort(),
    ).toEqual(readdirSync(folder).sort());
    const isDocument = ({ path: called }: { path: string }) => called.endsWith('/file');
    const calls = sandbox.requests.filter(isDocument).length;
    expect((await fetchAll()).code).toBe(2);
    expect(sandbox.requests.filter(isDocument)).toHaveLength(calls);
  });
});

describe('examples/github-actions.yml', () => {
  const content = example('github-actions.yml');
  const workflow = readWorkflow(content);

  test('takes its credentials from the secrets of the repository', () => {
    expect(content).toContain('${{ secrets.');
  });

  test('runs as it stands in the sandbox, step by step', async () => {
    const cwd = temporaryDirectory();
    const file = path.join(cwd, 'output');
    const outputs = () =>
      Object.fromEntries(
        readFileSync(file, 'utf8')
          .split('\n')
          .map((line) => line.split('=', 2) as [string, string]),
      );
    writeFileSync(file, '');
    const ran: string[] = [];
    for (const { run, env = {} } of workflow.jobs['sandbox']?.steps ?? []) {
      if (run === undefined || run.startsWith('npm install')) continue;
      const values = Object.entries(env).map(([name, value]) => [
        name,
        value.replace(
          /^\$\{\{ steps\.session\.outputs\.(\w+) \}\}$/,
          (_all, key: string) => outputs()[key] ?? '',
        ),
      ]);
      const result = await runShell(`set -e\n${run}`, {
        cwd,
        env: { ...(Object.fromEntries(values) as Record<string, string>), GITHUB_OUTPUT: file, CI: 'true' },
      });
      expect([run, result.code, result.stderr.includes('error:')]).toEqual([run, 0, false]);
      ran.push(run);
    }
    expect(ran).toHaveLength(2);
  });
});

interface Job {
  readonly image?: string;
  readonly extends?: string;
  readonly script?: readonly string[];
  readonly artifacts?: { readonly when?: string; readonly reports?: Readonly<Record<string, string>> };
}

describe('examples/gitlab-ci.yml', () => {
  const jobs = load(example('gitlab-ci.yml')) as Record<string, Job>;

  test('has jobs of the keys that GitLab knows, and each has an image and a script', () => {
    const known = [
      'image',
      'timeout',
      'before_script',
      'extends',
      'script',
      'artifacts',
      'rules',
      'variables',
    ];
    for (const [name, job] of Object.entries(jobs)) {
      expect(Object.keys(job).filter((key) => !known.includes(key))).toEqual([]);
      if (name.startsWith('.')) continue;
      expect(job.script).not.toHaveLength(0);
      expect(job.image ?? jobs[job.extends ?? '']?.image).toMatch(/^node:\d+-slim$/);
    }
  });

  test('keeps the JUnit report that the job writes, above all when it fails', () => {
    const { script = [], artifacts } = jobs['digilocker-staging'] ?? {};
    expect(artifacts?.when).toBe('always');
    expect(script.join('\n')).toContain(`--report junit=${artifacts?.reports?.['junit'] ?? 'nothing'}`);
  });

  test('runs as it stands in the sandbox, and leaves a dotenv file', async () => {
    const cwd = temporaryDirectory();
    const { script = [], artifacts } = jobs['digilocker-sandbox'] ?? {};
    const result = await runShell(`set -e\n${script.join('\n')}`, { cwd, env: { CI: 'true' } });
    expect(result.code).toBe(0);
    const dotenv = readFileSync(path.join(cwd, artifacts?.reports?.['dotenv'] ?? ''), 'utf8');
    expect(dotenv).toMatch(/^DECENTRO_TXN_ID=[0-9A-F]{32}\n/);
  });
});

describe('what the pipelines run on staging', () => {
  const workflow = readWorkflow(example('github-actions.yml'));
  const gitlab = load(example('gitlab-ci.yml')) as Record<string, Job>;
  const lines = [
    ...(workflow.jobs['staging']?.steps ?? []).flatMap(({ run }) => run ?? []),
    ...(gitlab['digilocker-staging']?.script ?? []),
  ].filter((line) => line.startsWith('digilocker ') && exists(line));

  test('is run as it stands, where this version has the command', async () => {
    for (const line of lines) {
      const staging = await createRecorder(() => ({}));
      const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
      const folder = path.join(home, '.config', 'decentro');
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'config.yaml'), 'allowHosts: [127.0.0.1]\n', { mode: 0o600 });
      const files = {
        GITHUB_OUTPUT: path.join(cwd, 'output'),
        GITHUB_STEP_SUMMARY: path.join(cwd, 'summary'),
      };
      const env = {
        ...credentials,
        ...files,
        DECENTRO_ENV: 'staging',
        DECENTRO_BASE_URL: staging.url,
        CI: 'true',
      };
      const result = await runShell(line, { cwd, home, env });
      // The recorder answers every case alike, so some fail; the command line itself has to be right.
      expect([line, [0, 10].includes(result.code ?? -1)]).toEqual([line, true]);
      assertNoSecrets(result);
      expect(readFileSync(path.join(cwd, 'digilocker.xml'), 'utf8')).toContain('<testsuites');
    }
    expect(lines.length).toBe(exists('digilocker smoke ') ? 2 : 0);
  });
});

describe('examples/Dockerfile', () => {
  const content = example('Dockerfile');
  const instructions = content
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line))
    .map((line) => line.split(' ', 1)[0] ?? '');

  test('is a Dockerfile without a fault', () => {
    expect(validate(content).map(({ message }) => message)).toEqual([]);
    expect(validate(content.replace('USER', 'USR'))).not.toEqual([]);
  });

  test('pins its images, and builds the package from the clone', () => {
    expect(content.match(/^FROM .*$/gm)).toEqual([
      expect.stringMatching(/^FROM node:\d+\.\d+\.\d+-slim AS package$/),
      expect.stringMatching(/^FROM node:\d+\.\d+\.\d+-slim$/),
    ]);
    expect(content).toMatch(/^RUN npm ci --ignore-scripts && npm pack$/m);
  });

  test('runs as a user without rights, and holds neither a secret nor the source in a layer', () => {
    const last = instructions.slice(instructions.lastIndexOf('FROM'));
    expect(last.indexOf('USER')).toBeGreaterThan(last.lastIndexOf('RUN'));
    expect(content).toMatch(/^USER node$/m);
    expect(instructions.filter((name) => ['ENV', 'ARG', 'ADD'].includes(name))).toEqual([]);
    expect(content.match(/^COPY .*$/gm)?.at(-1)).toBe(
      'COPY --from=package /source/digilocker-cli-*.tgz /tmp/',
    );
    expect(last.filter((name) => name === 'COPY')).toHaveLength(1);
  });

  test('leaves config files and what is built out of its context', () => {
    const ignored = readFileSync(path.join(EXAMPLES, '..', '.dockerignore'), 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.decentrorc*', '**/node_modules', 'dist']));
  });
});
