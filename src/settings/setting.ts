import { Failure } from '../failure/failure.js';

export interface Origin {
  readonly kind: 'flag' | 'variable' | 'file' | 'answer' | 'built-in';
  /** The flag, the variable, or the file and its key. */
  readonly label: string;
  /** Whether the value itself is elsewhere: what comes from there is masked whole. */
  readonly isReference?: true;
}

/** A value, and where it came from. */
export interface Setting<Value> {
  readonly value: Value;
  readonly origin: Origin;
}

export const BUILT_IN: Origin = { kind: 'built-in', label: 'built in' };

/** A value with its origin, or `undefined` where there is none. */
export function given<Value>(value: Value | undefined, origin: Origin): Setting<Value> | undefined {
  return value === undefined ? undefined : { value, origin };
}

/** A wrong value is wrong usage when it was typed, and wrong configuration when it was stored. */
export function wrongValue({ kind, label }: Origin, what: string, hint?: string): Failure {
  const isTyped = kind === 'flag' || kind === 'answer';
  return new Failure(isTyped ? 'usage' : 'config', `${label} ${what}.`, { hint });
}
