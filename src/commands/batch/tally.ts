import type { EndedRow } from './errand.js';
import type { Plan } from './plan.js';
import { endOf, type RowStates } from './row-states.js';
import type { Scheduler } from './scheduler.js';
import type { RowCounts } from './summary.js';

/** Counts rows and requests as they go. */
export class Tally {
  requests = 0;
  ended = 0;
  readonly #counts: RowCounts;
  readonly #total: number;
  readonly #responseKeys = new Map<string, number>();

  constructor(
    plan: Plan,
    private readonly states: RowStates,
  ) {
    this.#counts = { ...plan.counts };
    this.#total = plan.rows;
  }

  end({ row, outcome }: EndedRow): void {
    const { end, key } = outcome;
    if (key !== null) this.#responseKeys.set(key, (this.#responseKeys.get(key) ?? 0) + 1);
    // The plan has counted them.
    if (end === 'withheld' || end === 'invalid') return;
    const state = this.states.stateOf(row);
    const before = state === 'withheld' || state === 'invalid' ? 'open' : endOf(state);
    this.#counts[before] -= 1;
    this.#counts[end === 'again' ? 'open' : end] += 1;
    this.ended += 1;
  }

  figures(scheduler: Scheduler, left: number) {
    const rows = { total: this.#total, ...this.#counts };
    return { rows, inFlight: scheduler.inFlight(), ended: this.ended, left };
  }

  sum(scheduler: Scheduler, durationMs: number) {
    const { requests } = this;
    const responseKeys = this.#responseKeys;
    return { counts: this.#counts, responseKeys, requests, pauses: scheduler.pauses(), durationMs };
  }
}
