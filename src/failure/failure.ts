import { exitCodeOf, type FailureKind, type Signal } from './exit-codes.js';
import type { Callback, CallFacts, SavedDocument, Sent } from './facts.js';

/** What is known in spite of a failure. Of a call it is the facts. */
export interface FailureDetails extends Partial<CallFacts> {
  readonly environment?: string | null;
  /** The session that a later call was made for. */
  readonly sessionTxnId?: string | null;
  /** What a call brought that could not be handed over. */
  readonly data?: unknown;
  /** Documents that were written to files. */
  readonly files?: readonly SavedDocument[];
  /** The link of a session whose result could not be handed over. */
  readonly authorizationUrl?: string | null;
  /** What the redirect brought. */
  readonly callback?: Callback | null;
  /** The JSON document of a command that reports more than one call, without its `ok` and `error`. */
  readonly document?: Readonly<Record<string, unknown>>;
}

export interface FailureOptions {
  /** What to do about it, one or more sentences. */
  readonly hint?: string | readonly string[] | undefined;
  readonly sent?: Sent;
  /** Whether the same intent can succeed without anybody changing anything. */
  readonly retryable?: boolean;
  readonly details?: FailureDetails;
  /** The signal behind `interrupted`. */
  readonly signal?: Signal;
}

const BRAND = Symbol.for('digilocker.Failure');

/** Every expected failure: it knows its exit code and its remedy. Anything else that is thrown is a bug. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly hint: string | null;
  readonly sent: Sent;
  readonly retryable: boolean;
  readonly details: FailureDetails;
  /** What the command line tool exits with. */
  readonly exitCode: number;

  /** A text is one line: a line break in it came from a path or a setting, and is shown as text. A list has several. */
  constructor(kind: FailureKind, message: string | readonly string[], options: FailureOptions = {}) {
    super(inLines(message));
    this.kind = kind;
    this.hint = options.hint === undefined ? null : inLines(options.hint);
    this.sent = options.sent ?? 'no';
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
    this.exitCode = exitCodeOf(kind, options.signal ?? 'SIGINT');
  }

  /** A program may hold the library twice, as CommonJS and as an ES module: a failure of either is one. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** What `JSON.stringify` writes: an error's own message would not be among it. */
  toJSON(): Record<string, unknown> {
    const { name, kind, message, hint, sent, retryable, exitCode, details } = this;
    return { name, kind, message, hint, sent, retryable, exitCode, details };
  }

  /** The same failure with more of the document known, and more to say about it. */
  with(details: FailureDetails, sent: Sent = this.sent, moreHint?: string): Failure {
    const { kind, message, hint, retryable, exitCode, stack } = this;
    const hints = [...(hint?.split('\n') ?? []), ...(moreHint === undefined ? [] : [moreHint])];
    const failure = new Failure(kind, message.split('\n'), {
      hint: hints.length === 0 ? undefined : hints,
      sent,
      retryable,
      details: { ...this.details, ...details },
    });
    return Object.assign(failure, { exitCode, stack });
  }
}

/** One failure that names all of them: of their kind where they have one, else the gravest, `config` before `usage`. */
export function combine(problems: readonly Failure[]): Failure {
  const [first, ...others] = problems;
  if (first !== undefined && others.length === 0) return first;
  const kinds = new Set(problems.map((problem) => problem.kind));
  const kind =
    kinds.size === 1 && first !== undefined ? first.kind : kinds.has('config') ? 'config' : 'usage';
  const hints = [...new Set(problems.flatMap(({ hint }) => hint?.split('\n') ?? []))];
  return new Failure(
    kind,
    problems.flatMap(({ message }) => message.split('\n')),
    { hint: hints.length === 0 ? undefined : hints },
  );
}

function inLines(text: string | readonly string[]): string {
  const lines = typeof text === 'string' ? [text] : text;
  return lines.map((line) => line.replaceAll('\n', '\\u000a').replaceAll('\r', '\\u000d')).join('\n');
}

Object.defineProperty(Failure.prototype, BRAND, { value: true });
