// What a job is about, written once: a later run has to be about the same.
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import { createFile } from '../../host/create-file.js';
import { jsonText, visible } from '../../safety/visible.js';
import { parseStrictJson } from '../../safety/strict-json.js';
import type { ColumnMapping } from './columns.js';
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

/** What a run is told of its job; what is undefined is as the job has it. */
export interface JobRequest extends JobTarget {
  readonly batch: string | undefined;
  readonly clientId: string;
  readonly file: string;
  readonly format: RowFormat;
  readonly keyRule: KeyRule | undefined;
  readonly mapping: ColumnMapping | undefined;
  readonly shard: Shard;
  readonly now: number;
}

const FILE = 'job.json';

/** Reads the job of a folder; `undefined` where there is none yet. Fails with `usage` on one that cannot be read. */
export function loadJob(folder: string): Job | undefined {
  const file = path.join(folder, FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Failure('usage', `${visible(file)} cannot be read (${code ?? 'no error code'}).`);
  }
  const job = parseStrictJson(text)?.value as Partial<Job> | null | undefined;
  if (job?.schema !== 'digilocker.batch-job/1') {
    throw new Failure('usage', `${visible(file)} is not the job file of this version of digilocker.`);
  }
  return job as Job;
}

/** Describes a new job. */
export function newJob(request: JobRequest, defaultMapping: ColumnMapping): Job {
  const salt = randomBytes(8).toString('hex');
  return {
    schema: 'digilocker.batch-job/1',
    batch: request.batch ?? randomBytes(16).toString('hex'),
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
export function saveJob(folder: string, job: Job): Job {
  const descriptor = createFile(path.join(folder, FILE), `${jsonText(job)}\n`);
  if (descriptor === undefined) return loadJob(folder) ?? job;
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
