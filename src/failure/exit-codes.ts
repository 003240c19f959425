export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

export type FailureKind =
  | 'internal'
  | 'usage'
  | 'config'
  | 'access'
  | 'rejected'
  | 'upstream'
  | 'network'
  | 'unknown'
  | 'declined'
  | 'partial'
  | 'mismatch'
  | 'output'
  | 'timeout'
  | 'interrupted';

export interface ExitCode {
  readonly code: number;
  /** `null` for success. */
  readonly kind: FailureKind | null;
  readonly meaning: string;
  /** Whether a session exists afterwards, in words. */
  readonly session: string;
  readonly remedy: string;
}

/** The one table of exit codes: what ends the process, what `explain` prints and what README documents. */
export const EXIT_CODES: readonly ExitCode[] = [
  { code: 0, kind: null, meaning: 'Success.', session: 'yes', remedy: 'Nothing to do.' },
  {
    code: 1,
    kind: 'internal',
    meaning: 'A bug in digilocker itself.',
    session: 'unknown',
    remedy: 'Report it with the output of the same command run with --verbose.',
  },
  {
    code: 2,
    kind: 'usage',
    meaning: 'An argument or an answer is wrong or missing.',
    session: 'no',
    remedy: 'Fix what the message names; `digilocker help init-session` lists every flag.',
  },
  {
    code: 3,
    kind: 'config',
    meaning:
      'Settings or credentials are missing, wrong, unreadable, or refused by the source and host rules.',
    session: 'no',
    remedy: '`digilocker config show` tells which value comes from where.',
  },
  {
    code: 4,
    kind: 'access',
    meaning: 'Decentro refused the account: credentials, module, subscription, balance or IP address.',
    session: 'no',
    remedy: 'Check the credentials and their environment, then ask Decentro with the transaction ID.',
  },
  {
    code: 5,
    kind: 'rejected',
    meaning: 'Decentro refused the request: a parameter is wrong, or the reference ID was used before.',
    session: 'no; unknown for a duplicate reference ID',
    remedy: 'Fix the parameter that the response key names, then start again with a fresh reference ID.',
  },
  {
    code: 6,
    kind: 'upstream',
    meaning: 'Decentro or DigiLocker failed and said so, or answered something that cannot be used.',
    session: 'no after a readable refusal, else unknown',
    remedy: 'Try again later with a fresh reference ID; keep the transaction ID for support.',
  },
  {
    code: 7,
    kind: 'network',
    meaning: 'The connection failed before a byte of the request left.',
    session: 'no',
    remedy: 'Check name, network, proxy and certificates. Nothing was used up: it is safe to repeat.',
  },
  {
    code: 8,
    kind: 'unknown',
    meaning: 'The request may have arrived, and no usable answer came back.',
    session: 'unknown',
    remedy: 'Keep the reference ID for support, and start again with a fresh one; an old link is lost.',
  },
  {
    code: 9,
    kind: 'declined',
    meaning: 'The end user refused, or DigiLocker reported an error, on the redirect.',
    session: 'yes',
    remedy: 'Ask the end user, then start again; the link is used up.',
  },
  {
    code: 10,
    kind: 'partial',
    meaning: 'Some cases of smoke failed, or some rows of a batch have no link.',
    session: 'as the report says',
    remedy:
      'Of smoke, compare what was expected with what was observed; of a batch, `digilocker batch results` lists the rows.',
  },
  {
    code: 11,
    kind: 'mismatch',
    meaning: 'The redirect belongs to another session, or was forged.',
    session: 'as before',
    remedy: 'Do not use it. Give `digilocker callback --state` the ID of the session that it belongs to.',
  },
  {
    code: 74,
    kind: 'output',
    meaning: 'The result could not be written to standard output, or a report to its file.',
    session: 'as printed on standard error',
    remedy: 'Make room, or keep the reader of the pipe open. The IDs are on standard error.',
  },
  {
    code: 124,
    kind: 'timeout',
    meaning: '--wait ran out before the redirect came.',
    session: 'yes',
    remedy: 'The session lives on: give the URL that the browser ends up at to `digilocker callback`.',
  },
  {
    code: 129,
    kind: 'interrupted',
    meaning: 'Ended by SIGHUP: the terminal went away.',
    session: 'as printed on standard error',
    remedy: 'Start again with a fresh reference ID.',
  },
  {
    code: 130,
    kind: 'interrupted',
    meaning: 'Ended by Ctrl-C.',
    session: 'as printed on standard error',
    remedy: 'Start again with a fresh reference ID.',
  },
  {
    code: 143,
    kind: 'interrupted',
    meaning: 'Ended by SIGTERM.',
    session: 'as printed on standard error',
    remedy: 'Start again with a fresh reference ID.',
  },
];

const SIGNAL_CODES: Record<Signal, number> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** The code that a process ends with after a failure of this kind. */
export function exitCodeOf(kind: FailureKind, signal: Signal): number {
  if (kind === 'interrupted') return SIGNAL_CODES[signal];
  return EXIT_CODES.find((row) => row.kind === kind)?.code ?? 1;
}
