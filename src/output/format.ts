import { Failure } from '../failure/failure.js';

export const FORMATS = ['human', 'json', 'env', 'shell'] as const;

export type Format = (typeof FORMATS)[number];

/** The one table of output forms: what `help output` prints and what docs/output.md and the reference document. */
export const OUTPUT_FORMS: readonly (readonly [flags: readonly string[], meaning: string])[] = [
  [['--output human'], 'the default: for people'],
  [
    ['--output json', '--json'],
    'one document, on success and on every failure, with every key always present',
  ],
  [
    ['--output env'],
    'DECENTRO_TXN_ID=…, DECENTRO_REFERENCE_ID, DECENTRO_RESPONSE_KEY, DECENTRO_AUTHORIZATION_URL, DIGILOCKER_CODE',
  ],
  [['--output shell'], "the same as export NAME='…', safe to eval"],
  [
    ['--field decentroTxnId'],
    'one bare value; any path into the JSON document, such as raw.data.authorizationUrl',
  ],
];

/** How a result is written: in one of the formats, or as the bare value of one field. */
export interface OutputChoice {
  readonly format: Format;
  /** Dot path into the JSON document. */
  readonly field?: string | undefined;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
}

export interface OutputFlags {
  readonly output?: Format;
  readonly json?: boolean;
  readonly field?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Settles on one form of output. Flags that contradict each other fail with `usage`. */
export function chooseOutput({ output, json, field, quiet, verbose }: OutputFlags): OutputChoice {
  const contradict = (one: string, other: string) =>
    new Failure('usage', `${one} cannot be combined with ${other}.`);
  if (json === true && output !== undefined && output !== 'json')
    throw contradict('--json', `--output ${output}`);
  if (field !== undefined && json === true) throw contradict('--field', '--json');
  if (field !== undefined && output !== undefined) throw contradict('--field', '--output');
  if (quiet === true && verbose === true) throw contradict('--quiet', '--verbose');
  return {
    format: json === true ? 'json' : (output ?? 'human'),
    field,
    isQuiet: quiet === true,
    isVerbose: verbose === true,
  };
}
