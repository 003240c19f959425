// What a job is about, written once: a later run has to be about the same.
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Suite } from '../../api/suite.js';
import { Failure } from '../../failure/failure.js';
import { jsonText, visible } from '../../safety/visible.js';
import { parseStrictJson } from '../../safety/strict-json.js';
import { COLUMN_NAMES, type ColumnMapping } from './columns.js';
import { checkJobFile, createJobFile } from './job-folder.js';
import type { KeyRule, Shard } from './keys.js';
import type { RowFormat } from './rows.js';

/** Where requests of a job go, and for whom. */
export interface JobTarget {
  readonly environment: string;
  /** The origin, with the path of the base URL; `sandbox` for the one inside the command. */
  readonly origin: string;
}

export interface Job extends JobTarget {
  readonly schema: 'digilocker.batch-job/1';
  readonly batch: string;
  readonly suite: Suite;
  /** 8 bytes in hex. */
  readonly salt: string;
  /** SHA-256 of salt and client ID: the ID itself is in no file of a job. */
  readonly account: string;
  /** Absolute path of the input when the job was created. */
  readonly file: string;
  readonly format: RowFormat;
  readonly keyRule: KeyRule;
  readonly mapping: ColumnMapping;
  readonly shard: Shard;
  readonly createdAt: number;
}

/** What a run is given about its job; what is undefined is as the job has it. */
export interface JobRequest extends JobTarget {
  readonly batch: string | undefined;
  readonly suite: Suite;
  readonly clientId: string;
  readonly file: string;
  readonly format: RowFormat;
  readonly keyRule: KeyRule | undefined;
  readonly mapping: ColumnMapping | undefined;
  readonly shard: Shard;
  readonly now: number;
}

const FILE = 'job.json';

/**
 * Reads the job of a folder; `undefined` where there is none yet. Fails with `usage` on one that is damaged, of another
 * version, or no private file of the running user.
 */
export function loadJob(host: Parameters<typeof checkJobFile>[0], folder: string): Job | undefined {
  const file = path.join(folder, FILE);
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  checkJobFile(host, file);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure('usage', `${visible(file)} cannot be read (${code ?? 'no error code'}).`);
  }
  const value = parseStrictJson(text)?.value;
  const schema = isObject(value) ? value['schema'] : undefined;
  if (typeof schema === 'string' && schema !== SCHEMA) {
    throw new Failure('usage', `${visible(file)} was written by another version of digilocker.`, {
      hint: `It has the schema ${visible(schema)}, and this version reads ${SCHEMA}.`,
    });
  }
  if (isObject(value) && isJob(value)) return { ...value, suite: value.suite ?? 'classic' };
  throw new Failure('usage', `${visible(file)} is damaged: it does not describe a job.`, {
    hint: 'Restore it from a backup: a new job would send rows again that have a session.',
  });
}

const SCHEMA = 'digilocker.batch-job/1';

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isJob(
  value: Readonly<Record<string, unknown>>,
): value is typeof value & Omit<Job, 'suite'> & Partial<Pick<Job, 'suite'>> {
  const { format, keyRule, mapping, shard, suite = 'classic' } = value;
  const texts = ['environment', 'origin', 'batch', 'salt', 'account', 'file'];
  if (texts.some((name) => typeof value[name] !== 'string')) return false;
  if (typeof value['createdAt'] !== 'number' || !isOneOf(suite, ['classic', 'sso'])) return false;
  if (!isObject(format) || !isObject(keyRule) || !isObject(mapping) || !isObject(shard)) return false;
  const { index, count } = shard;
  return (
    isOneOf(format['type'], ['csv', 'ndjson']) &&
    isOneOf(format['delimiter'], [',', ';', '\t']) &&
    isOneOf(keyRule['type'], ['column', 'row', 'cells']) &&
    (keyRule['type'] !== 'column' || typeof keyRule['column'] === 'string') &&
    COLUMN_NAMES[suite as Suite].every((name) => typeof mapping[name] === 'string') &&
    Number.isSafeInteger(index) &&
    Number.isSafeInteger(count) &&
    (index as number) >= 1 &&
    (index as number) <= (count as number)
  );
}

function isOneOf(value: unknown, values: readonly string[]): boolean {
  return values.some((one) => one === value);
}

/** Describes a new job. */
export function newJob(request: JobRequest, defaultMapping: ColumnMapping): Job {
  const salt = randomBytes(8).toString('hex');
  return {
    schema: SCHEMA,
    batch: request.batch ?? randomBytes(16).toString('hex'),
    suite: request.suite,
    environment: request.environment,
    origin: request.origin,
    salt,
    account: accountOf(salt, request.clientId),
    file: request.file,
    format: request.format,
    keyRule: request.keyRule ?? { type: 'cells' },
    mapping: request.mapping ?? defaultMapping,
    shard: request.shard,
    createdAt: request.now,
  };
}

/** Writes a new job. Returns the one that another process wrote at the same moment, if one did. */
export function saveJob(host: Parameters<typeof loadJob>[0], folder: string, job: Job): Job {
  const descriptor = createJobFile(path.join(folder, FILE), `${jsonText(job)}\n`);
  if (descriptor === undefined) return loadJob(host, folder) ?? job;
  closeSync(descriptor);
  return job;
}

/**
 * What keeps a run from being one of this job: `config` for another environment, host or account, `usage` for the rest.
 */
export function jobFault(job: Job, request: JobRequest): Failure | undefined {
  const differing = (what: string, kind: 'config' | 'usage', hint: string) =>
    new Failure(kind, `This job began with another ${what}.`, { hint });
  const target = `It is for ${job.environment} at ${job.origin}. Start a new job with --job.`;
  if (job.environment !== request.environment || job.origin !== request.origin)
    return differing('environment', 'config', target);
  if (job.account !== accountOf(job.salt, request.clientId))
    return differing(
      'client ID',
      'config',
      'Use the credentials that it began with, or a new job with --job.',
    );
  const flags: readonly (readonly [flag: string, mine: unknown, its: unknown])[] = [
    ['--batch', request.batch, job.batch],
    ['--suite', request.suite, job.suite],
    ['--key', request.keyRule, job.keyRule],
    ['--column', request.mapping, job.mapping],
    ['--shard', request.shard, job.shard],
    ['--delimiter or format', request.format, job.format],
  ];
  const other = flags.find(
    ([, mine, its]) => mine !== undefined && JSON.stringify(mine) !== JSON.stringify(its),
  );
  return other && differing(other[0], 'usage', `Leave it as it was, or start a new job with --job.`);
}

function accountOf(salt: string, clientId: string): string {
  return createHash('sha256').update(salt).update(clientId).digest('hex');
}
