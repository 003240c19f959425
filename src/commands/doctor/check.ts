import type { FailureKind } from '../../failure/exit-codes.js';
import { visible } from '../../safety/visible.js';

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

/** A text is one line, whatever a path or a setting in it holds; a list has several. */
type Lines = string | readonly string[];

/** The four ways in which a check can end. */
export interface Endings {
  readonly ok: (detail: Lines) => Check;
  readonly warning: (detail: Lines, remedy: Lines) => Check;
  readonly problem: (kind: ProblemKind, detail: Lines, remedy: Lines | null) => Check;
  readonly skipped: (detail: Lines) => Check;
}

/** Names a check before its end is known. */
export function nameCheck(id: string, title: string): Endings {
  const end = (status: Status, detail: Lines, remedy: Lines | null = null) => ({
    id,
    title,
    status,
    detail: shown(detail),
    remedy: remedy === null ? null : shown(remedy),
  });
  return {
    ok: (detail) => end('ok', detail),
    warning: (detail, remedy) => end('warning', detail, remedy),
    problem: (kind, detail, remedy) => ({ ...end('problem', detail, remedy), kind }),
    skipped: (detail) => end('skipped', detail),
  };
}

function shown(text: Lines): string {
  const lines = typeof text === 'string' ? [text] : text;
  return lines.map(visible).join('\n');
}
