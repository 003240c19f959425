import type { FailureKind } from '../../failure/exit-codes.js';

export type Status = 'ok' | 'warning' | 'problem' | 'skipped';

/** What a problem stands for: the exit code of a session that would meet it. */
export type ProblemKind = Extract<FailureKind, 'config' | 'access' | 'network'>;

/** What was found out about one thing. */
export interface Check {
  /** Stable: scripts go by it. */
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly detail: string;
  readonly remedy: string | null;
  /** Of a problem. */
  readonly kind?: ProblemKind;
}

export interface CheckGroup {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** The four ways in which a check can end. */
export interface Endings {
  readonly ok: (detail: string) => Check;
  readonly warning: (detail: string, remedy: string) => Check;
  readonly problem: (kind: ProblemKind, detail: string, remedy: string | null) => Check;
  readonly skipped: (detail: string) => Check;
}

/** Names a check before its end is known. */
export function nameCheck(id: string, title: string): Endings {
  const end = (status: Status, detail: string, remedy: string | null = null) => ({
    id,
    title,
    status,
    detail,
    remedy,
  });
  return {
    ok: (detail) => end('ok', detail),
    warning: (detail, remedy) => end('warning', detail, remedy),
    problem: (kind, detail, remedy) => ({ ...end('problem', detail, remedy), kind }),
    skipped: (detail) => end('skipped', detail),
  };
}
