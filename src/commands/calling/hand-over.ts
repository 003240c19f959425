// Hands over what a call brought: documents to their files, the rest to standard output. The call was billed: what cannot
// be handed over is said.
import { bugFailure } from '../../failure/bug.js';
import { Failure } from '../../failure/failure.js';
import { deliver, deliverContent } from '../../output/deliver.js';
import { renderNote } from '../../output/note.js';
import type { Report } from '../../output/report.js';
import { renderField } from '../../output/scripted.js';
import { jsonText } from '../../safety/visible.js';
import type { CallKnowledge } from './call-report.js';
import type { Caller, CallerFlags } from './caller.js';
import type { DocumentTarget } from './documents.js';
import type { SavedDocuments } from './save-documents.js';

interface Brought<Result> {
  readonly result: Result;
  readonly targets: readonly DocumentTarget[];
  /** Of a whole success, or of the result alone where the report of a failure follows. */
  readonly report: (known: CallKnowledge, result: Result, isWhole: boolean) => Report;
  /** Whether a person gets the `data` as JSON. */
  readonly prints: boolean;
  /** What to say where the result is lost. */
  readonly doubt: string;
}

/** Writes the documents of a call that succeeded to their files, and the rest to standard output. */
export async function handOver<Result>(
  { host, flags, choice }: Caller<CallerFlags & { readonly force?: boolean }>,
  { result, targets, report, prints, doubt }: Brought<Result>,
  facts: Omit<CallKnowledge, 'data' | 'files'>,
): Promise<void> {
  const save = async () => {
    const { saveDocuments } = await import('./save-documents.js');
    return saveDocuments(result, targets, flags.force === true, host);
  };
  const plain: SavedDocuments = { data: result, files: [], content: undefined, failure: undefined };
  const { data, files, content, failure } = targets.length === 0 ? plain : await save();
  const known = { ...facts, data, files };
  const isForPeople = choice.format === 'human' && choice.field === undefined;
  const printed = prints && isForPeople ? `${jsonText(data)}\n` : content;
  const isPart = failure !== undefined && isForPeople;
  const shown = report(known, result, !isPart);
  try {
    // The JSON form is one document, which tells of the failure as well.
    if (failure === undefined || choice.format !== 'json')
      await (printed === undefined
        ? deliver(host, shown, choice)
        : deliverContent(host, shown, { ...choice, isQuiet: choice.isQuiet || isPart }, printed));
  } catch (error) {
    const told = files.length > 0 ? 'The documents are in their files. The call may be billed.' : doubt;
    throw (error instanceof Failure ? error : bugFailure(error)).with(known, 'yes', told);
  }
  if (choice.field !== undefined && !choice.isQuiet && renderField(shown, choice.field) === '')
    await host.stderr.write(renderNote(`The answer has nothing at ${choice.field}.`));
  if (failure !== undefined) throw failure.with(known);
}
