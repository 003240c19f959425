// The flags of `batch run`: how they are written, and what they come to.
import { InvalidArgumentError, Option, type Command } from 'commander';
import { PARAMETER_NAMES, SESSION_NAMES } from '../../api/endpoints/initiate-session.js';
import type { ConnectionFlags } from '../../api/http/connection.js';
import { Failure } from '../../failure/failure.js';
import type { Profile, ProfileFlags } from '../../settings/profile.js';
import type { Caller } from '../calling/caller.js';
import { SESSION_PARAMETERS } from '../calling/inputs.js';
import { collectParam } from '../calling/param.js';
import { addSsoFlags, checkSuiteFlags } from '../calling/suite-flags.js';
import {
  addCallFlags,
  addConnectionFlags,
  addParameterFlags,
  addProfileFlags,
  addQuietFlag,
  addVerboseFlag,
  collect,
  parseCount,
  parseDuration,
  repeatable,
  type CallFlags,
} from '../flags.js';
import type { Shard } from './keys.js';
import { RETRIES, type Retry } from './row-states.js';
import type { Delimiter } from './rows.js';

export const RUN_FORMS = ['human', 'json', 'ndjson', 'csv'] as const;

export type RunForm = (typeof RUN_FORMS)[number];

export interface RunFlags extends ProfileFlags, ConnectionFlags, CallFlags {
  readonly config?: string;
  readonly consent?: boolean;
  readonly param?: Readonly<Record<string, unknown>>;
  readonly documentsForConsent?: readonly string[];
  readonly job?: string;
  readonly batch?: string;
  readonly key?: string;
  readonly column?: readonly string[];
  readonly delimiter: Delimiter;
  /** Requests a second; infinite for `none`. */
  readonly rate: number;
  readonly concurrency: number;
  readonly limit?: number;
  readonly retry?: readonly Retry[];
  readonly maxRefused: number;
  readonly patience: number;
  readonly shard: Shard;
  readonly skipInvalid?: boolean;
  readonly dryRun?: boolean;
  readonly takeOver?: boolean;
  readonly output?: RunForm;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** A run with what it was given and the settings that it found. */
export type Run = Caller<RunFlags>;

const WHOLE: Shard = { index: 1, count: 1 };
const MAX_ROWS = 999_999_999;

/** Declares them, in the groups of `--help`. */
export function addRunFlags(command: Command): Command {
  command.optionsGroup('Rows:').option('--consent', 'every end user of the rows that are sent agreed');
  addSsoFlags(addParameterFlags(command, [...SESSION_PARAMETERS, 'suite']))
    .addOption(
      repeatable('--param <key=text>', 'any other parameter, for all rows; key:=json for JSON', collectParam),
    )
    .option('--key <column>', 'column that names each row; "row" for the position (default: all cells)')
    .addOption(repeatable('--column <name=column>', 'the column of a parameter: redirect_url=link', collect))
    .option('--delimiter <character>', 'the character between cells: , ; or tab', parseDelimiter, ',')
    .option('--skip-invalid', 'leave out rows that Decentro would refuse')
    .addOption(
      repeatable('--retry <ends>', `send rows with these ends again: ${RETRIES.join(', ')}`, collectRetries),
    )
    .optionsGroup('The job:')
    .option('--job <folder>', 'where the journal is kept (default: FILE.batch)')
    .option('--batch <name>', 'what reference IDs are derived from (default: drawn once)')
    .addOption(new Option('--shard <i/n>', 'send part i of n').argParser(parseShard).default(WHOLE, '1/1'))
    .option('--limit <n>', 'send n rows, then stop', parseCount(MAX_ROWS, 1))
    .option('--dry-run', 'read and check the file, show the first request, send nothing')
    .option('--take-over', 'take the job from another process that seems to be at work')
    .optionsGroup('Pace:')
    .addOption(
      new Option('--rate <n>', 'how fast requests start: 10/s, 300/min, or none for no limit')
        .argParser(parseRate)
        .default(10, '10/s'),
    )
    .option('--concurrency <n>', 'how many requests may be in flight', parseCount(1024, 1), 64)
    .option('--max-refused <n>', 'stop after this many refusals in a row', parseCount(MAX_ROWS, 1), 20)
    .addOption(
      new Option('--patience <duration>', 'stop when nothing succeeds for this long')
        .argParser(parseDuration)
        .default(600_000, '10m'),
    );
  addCallFlags(command, {
    timeout: 'time limit for one row, including retries',
    yes: 'do not ask before requests to production',
  });
  addConnectionFlags(addProfileFlags(command))
    .optionsGroup('Output:')
    .addOption(
      new Option('-o, --output <form>', 'summary for people or as JSON, or one line per row').choices(
        RUN_FORMS,
      ),
    )
    .option('--json', 'the same as --output json');
  return addVerboseFlag(addQuietFlag(command), 'show counts of requests and pauses on stderr');
}

function parseDelimiter(text: string): Delimiter {
  if (text === ',' || text === ';') return text;
  if (text === 'tab' || text === '\t' || text === '\\t') return '\t';
  throw new InvalidArgumentError('Expected a comma, a semicolon, or tab.');
}

function parseShard(text: string): Shard {
  const [, index = '', count = ''] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index < 1 || shard.index > shard.count)
    throw new InvalidArgumentError('Expected i/n with i from 1 to n, such as 2/8.');
  return shard;
}

function parseRate(text: string): number {
  if (text === 'none') return Number.POSITIVE_INFINITY;
  const [, amount, unit] = /^(\d{1,6}(?:\.\d{1,3})?)\/(s|min)$/.exec(text) ?? [];
  const perSecond = Number(amount) / (unit === 'min' ? 60 : 1);
  if (!(perSecond > 0)) throw new InvalidArgumentError('Expected a rate such as 10/s, 300/min, or none.');
  return perSecond;
}

function collectRetries(text: string, earlier: readonly Retry[] = []): Retry[] {
  const given = text.split(',').map((name) => {
    const retry = RETRIES.find((one) => one === name.trim());
    if (retry === undefined) throw new InvalidArgumentError(`Expected ${RETRIES.join(', ')}.`);
    return retry;
  });
  return [...earlier, ...given];
}

/** Fails with `usage` on flags that do not go together. */
export function checkRunFlags(file: string, flags: RunFlags): void {
  const { output, json, quiet, verbose, shard, batch, job, dryRun } = flags;
  const contradict = (one: string, other: string) =>
    new Failure('usage', `${one} cannot be combined with ${other}.`);
  if (json === true && output !== undefined && output !== 'json')
    throw contradict('--json', `--output ${output}`);
  if (quiet === true && verbose === true) throw contradict('--quiet', '--verbose');
  // It shows a request, and has no rows.
  if (dryRun === true && (output === 'ndjson' || output === 'csv'))
    throw contradict('--dry-run', `--output ${output}`);
  if (shard.count > 1 && batch === undefined) {
    throw new Failure('usage', '--shard requires --batch.', {
      hint: 'All shards derive their reference IDs from one name, such as --batch rekyc-2026-11.',
    });
  }
  if (batch === '') throw new Failure('usage', '--batch is empty.');
  // It would be the folder that the command is run in.
  if (job === '') throw new Failure('usage', '--job is empty.');
  if (file === '-') {
    throw new Failure('usage', 'The input must be a file, not standard input.', {
      hint: 'A run has to be able to read its input again. Save it to a file first.',
    });
  }
}

/** Fails with `usage` on flags that mean nothing in the suite in use, and on a `--param` that has a column there. */
export function checkSuite(flags: RunFlags, suite: Profile['suite']): void {
  checkSuiteFlags(flags, suite);
  const named = new Set([...PARAMETER_NAMES, ...SESSION_NAMES[suite.value]]);
  const known = [...named].filter((name) => Object.hasOwn(flags.param ?? {}, name));
  if (known.length === 0) return;
  throw new Failure(
    'usage',
    `--param is for parameters without a column or flag, not for ${known.join(', ')}.`,
  );
}
