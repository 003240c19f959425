// Which process writes a job, and whether it still does.
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import type { Host } from '../../host/host.js';
import type { RunRecord } from './journal.js';

/** What tells a process from every other one, on this machine and elsewhere. */
export type Owner = Pick<RunRecord, 'host' | 'boot' | 'namespace' | 'pid' | 'start'>;

/** This process. */
export function thisOwner({ processId }: Pick<Host, 'processId'>): Owner {
  return {
    host: os.hostname(),
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
    pid: processId,
    start: startOf(processId),
  };
}

/**
 * Whether the owner of a segment still runs: `unknown` where it ran on another machine, or in another container, of
 * whose processes nothing is known here.
 */
export function isAlive(
  owner: Owner,
  here: Owner,
  { isRunning }: Pick<Host, 'isRunning'>,
): boolean | 'unknown' {
  if (owner.host !== here.host || owner.namespace !== here.namespace) return 'unknown';
  // Another boot ended every process of the one before.
  if (owner.boot !== here.boot) return false;
  if (!isRunning(owner.pid)) return false;
  // A process that started at another time has inherited no more than the number.
  return owner.start === null || startOf(owner.pid) === owner.start;
}

/** When a process started, in ticks since the boot (proc(5), field 22); null where the system does not tell. */
function startOf(processId: number): string | null {
  const stat = attempt(() => readFileSync(`/proc/${processId}/stat`, 'utf8'));
  // The name, in brackets, may contain blanks and brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[19] ?? null;
}

function attempt(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
