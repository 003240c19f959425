// The rows on standard output, in the order of their ends. It is a view: what cannot be written is in the journal.
import { Failure } from '../../failure/failure.js';
import type { Output } from '../../host/output.js';
import { renderHeader, renderRow, type BatchRow, type RowForm, type RowLayout } from './batch-row.js';

export interface RowOutput {
  /** Told how to describe a row: where nothing is written, it is not called. */
  readonly write: (describe: () => BatchRow) => void;
  /** Whether the reader is so far behind that no more rows should be made. */
  readonly isCongested: () => boolean;
  /** What standard output failed with, once all has been written that could be. */
  readonly end: () => Promise<Failure | undefined>;
}

const MAX_WAITING_LENGTH = 4 * 1024 * 1024;

/** Creates the output of a run's rows; without a form it writes nothing. */
export function createRowOutput(stdout: Output, form: RowForm | undefined): RowOutput {
  if (form === undefined) {
    return { write: () => undefined, isCongested: () => false, end: () => Promise.resolve(undefined) };
  }
  const layout: RowLayout = { form, isForSpreadsheet: false, inputColumns: [] };
  let waiting = renderHeader(layout);
  let writing: Promise<void> | undefined;
  let failure: Failure | undefined;
  const flush = async (): Promise<void> => {
    while (waiting !== '' && failure === undefined) {
      const text = waiting;
      waiting = '';
      try {
        await stdout.write(text);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failure = new Failure('output', error.message, {
          hint: 'All rows are in the job: digilocker batch results.',
        });
      }
    }
    writing = undefined;
  };
  return {
    write: (describe) => {
      if (failure !== undefined) return;
      waiting += renderRow(describe(), layout);
      writing ??= flush();
    },
    isCongested: () => waiting.length > MAX_WAITING_LENGTH,
    end: async () => {
      await (writing ??= flush());
      return failure;
    },
  };
}
