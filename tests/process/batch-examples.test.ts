import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { createClient, deriveReferenceId, Failure } from '../../src/library/index.js';
import { startDecentroServer, type DecentroServer } from '../support/decentro-server.js';
import { runShell, temporaryDirectory } from '../support/run.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const content = (name: string) => readFileSync(path.join(ROOT, name), 'utf8');
const ROWS = Array.from({ length: 24 }, (_, index) => `C${index},https://app.test/?${index}`);

/** A folder with customers.csv, whose settings lead to a server, and what came of a script in it. */
async function surroundings() {
  const cwd = temporaryDirectory();
  writeFileSync(path.join(cwd, 'customers.csv'), `customer_no,redirect_url\n${ROWS.join('\n')}\n`);
  const server = await startDecentroServer();
  const env = { DECENTRO_ENV: 'sandbox', CUSTOMERS: 'customers.csv', CI: 'true' };
  const run = (script: string, more: Record<string, string>) =>
    runShell(`set -e\n${script} --rate none --base-url ${server.url}`, { cwd, env: { ...env, ...more } });
  const results = () => runShell('digilocker batch results rekyc-2026-11 -o csv', { cwd });
  return { server, run, results };
}

function rowsOf({ sessions }: DecentroServer): string[] {
  return sessions.map(({ row }) => row).sort();
}

const EVERY_ROW = ROWS.map((_, index) => `?${index}`).sort();

interface KubernetesJob {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: {
    readonly completions: number;
    readonly parallelism: number;
    readonly podFailurePolicy: { readonly rules: readonly { readonly onExitCodes?: ExitCodes }[] };
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly name: string; readonly command: string[] }[];
      };
    };
  };
}

interface ExitCodes {
  readonly containerName: string;
  readonly operator: string;
  readonly values: readonly number[];
}

describe('examples/batch/kubernetes.yaml', () => {
  const job = load(content('examples/batch/kubernetes.yaml')) as KubernetesJob;
  const { completions, podFailurePolicy, template } = job.spec;
  const [container] = template.spec.containers;

  test('has the members of an Indexed Job, and no other', () => {
    expect(job).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job' });
    expect(Object.keys(job.spec).sort()).toEqual([
      'backoffLimitPerIndex',
      'completionMode',
      'completions',
      'parallelism',
      'podFailurePolicy',
      'podReplacementPolicy',
      'template',
    ]);
    for (const { onExitCodes } of podFailurePolicy.rules)
      if (onExitCodes !== undefined) expect(onExitCodes.containerName).toBe(container?.name);
  });

  test('sends every row once, by as many parts as it has pods', async () => {
    const { server, run, results } = await surroundings();
    const [shell, flag, script = ''] = container?.command ?? [];
    expect([shell, flag]).toEqual(['sh', '-c']);
    for (let index = 0; index < completions; index += 1) {
      const here = script.replaceAll('/data/', './');
      expect(await run(here, { JOB_COMPLETION_INDEX: String(index) })).toMatchObject({ code: 0 });
    }
    expect(rowsOf(server)).toEqual(EVERY_ROW);
    expect((await results()).stdout.split('\n')).toHaveLength(ROWS.length + 2);
  });
});

interface Workflow {
  readonly jobs: {
    readonly batch: {
      readonly strategy: { readonly matrix: { readonly shard: readonly number[] } };
      readonly steps: readonly { readonly run?: string; readonly if?: string; readonly uses?: string }[];
    };
  };
}

describe('examples/batch/github-actions.yml', () => {
  const text = content('examples/batch/github-actions.yml');
  const { strategy, steps } = (load(text) as Workflow).jobs.batch;

  test('is a workflow by the schema of GitHub', () => {
    const parsed = parseWorkflow({ name: 'batch.yml', content: text }, new NoOperationTraceWriter());
    expect(parsed.context.errors.getErrors()).toEqual([]);
  });

  test('keeps the journal whatever became of the run', () => {
    const save = steps.find(({ uses }) => uses?.startsWith('actions/cache/save@') === true);
    expect(save?.if).toBe('always()');
  });

  test('sends every row once, by as many parts as the matrix has', async () => {
    const { server, run } = await surroundings();
    const script = steps.flatMap((step) => step.run ?? []).join('\n');
    expect(script).not.toContain('${{');
    for (const shard of strategy.matrix.shard)
      expect(await run(script, { SHARD: String(shard) })).toMatchObject({ code: 0 });
    expect(rowsOf(server)).toEqual(EVERY_ROW);
  });
});

describe('examples/batch/gitlab-ci.yml', () => {
  const jobs = load(content('examples/batch/gitlab-ci.yml')) as Record<
    string,
    {
      readonly parallel: number;
      readonly script: readonly string[];
      readonly cache: { readonly when: string };
    }
  >;
  const { batch } = jobs;

  test('has the keys that GitLab knows, and keeps the journal whatever became of the run', () => {
    const known = ['tags', 'timeout', 'rules', 'parallel', 'resource_group', 'script', 'cache'];
    expect(Object.keys(batch ?? {})).toEqual(known);
    expect(batch?.cache.when).toBe('always');
  });

  test('sends every row once, by as many jobs as it starts', async () => {
    const { server, run } = await surroundings();
    const { parallel = 0, script = [] } = batch ?? {};
    for (let index = 1; index <= parallel; index += 1) {
      const node = { CI_NODE_INDEX: String(index), CI_NODE_TOTAL: String(parallel) };
      expect(await run(script.join('\n'), node)).toMatchObject({ code: 0 });
    }
    expect(rowsOf(server)).toEqual(EVERY_ROW);
  });
});

const CREDENTIALS = { clientId: 'made-up-id', clientSecret: 'made-up-secret' };

interface Work {
  readonly customer: string;
  readonly consentPurpose: string;
  readonly redirectUrl: string;
}

type StartOnce = (parts: Record<string, unknown>, work: Work) => Promise<Record<string, unknown>>;

describe('examples/batch/start-once.js', () => {
  const module: { exports: { startOnce?: StartOnce } } = { exports: {} };
  const evaluate = compileFunction(content('examples/batch/start-once.js'), ['require', 'module']) as (
    ...parts: unknown[]
  ) => void;
  evaluate(() => ({ deriveReferenceId, Failure }), module);
  const startOnce = module.exports.startOnce ?? (() => Promise.reject(new Error('not there')));
  const work = {
    customer: 'C1',
    consentPurpose: 'KYC for a new account',
    redirectUrl: 'https://app.test/?1',
  };

  const createTable = () => {
    const rows = new Map<string, Record<string, string>>();
    return {
      rows,
      find: (id: string) => Promise.resolve(rows.get(id)),
      remove: (id: string) => Promise.resolve(rows.delete(id)),
      insert: (row: Record<string, string>) => {
        const { referenceId = '' } = row;
        if (rows.has(referenceId)) return Promise.resolve(false);
        rows.set(referenceId, row);
        return Promise.resolve(true);
      },
      update: (row: Record<string, string>) => {
        const { referenceId = '' } = row;
        rows.set(referenceId, { ...rows.get(referenceId), ...row });
        return Promise.resolve();
      },
    };
  };
  const partsFor = (baseUrl: string) => {
    const client = createClient({ baseUrl, credentials: CREDENTIALS, retries: 0 });
    return { client, table: createTable(), environment: 'sandbox', batch: 'rekyc' };
  };

  test('starts one session, however often the job is handed out', async () => {
    const server = await startDecentroServer();
    const parts = partsFor(server.url);
    const found = await Promise.all([startOnce(parts, work), startOnce(parts, work), startOnce(parts, work)]);
    expect(server.sessions).toHaveLength(1);
    expect(found[0]).toMatchObject({ end: 'created', authorizationUrl: server.sessions[0]?.link });
  });

  test('keeps what may have arrived as unknown, and forgets what never left', async () => {
    const server = await startDecentroServer({ dropped: 1 });
    const lost = partsFor(server.url);
    await expect(startOnce(lost, work)).rejects.toMatchObject({ kind: 'unknown' });
    expect([...lost.table.rows.values()]).toMatchObject([{ end: 'unknown' }]);
    await startOnce(lost, work);
    expect(server.sessions).toHaveLength(1);
    const away = partsFor('http://127.0.0.1:1');
    await expect(startOnce(away, work)).rejects.toMatchObject({ kind: 'network' });
    expect(away.table.rows.size).toBe(0);
  });
});
