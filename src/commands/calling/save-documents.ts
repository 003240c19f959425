// Writes the documents of an answer to their places. The call was billed: whatever goes wrong, nothing is lost unsaid.
import path from 'node:path';
import { parseDocument } from '../../api/document.js';
import type { SavedDocument } from '../../failure/facts.js';
import { Failure } from '../../failure/failure.js';
import { writeDocuments, type NewDocument, type Written } from '../../host/document-file.js';
import type { Host } from '../../host/host.js';
import { ENDINGS, type DocumentTarget } from './documents.js';

export interface SavedDocuments {
  /** The `data` of the answer, with null where a document was written to a file. */
  readonly data: unknown;
  readonly files: readonly SavedDocument[];
  /** The document that goes to standard output. */
  readonly content: Uint8Array | undefined;
  /** Every document that is not at its place. */
  readonly failure: Failure | undefined;
}

/** A document on its way to a file; `path` is where it should go. */
interface Begun extends SavedDocument {
  readonly target: DocumentTarget;
}

/** Writes the documents that an answer holds; `replaces` lets them take the place of other files. */
export function saveDocuments(
  result: unknown,
  targets: readonly DocumentTarget[],
  replaces: boolean,
  { cwd }: Pick<Host, 'cwd'>,
): SavedDocuments {
  const data = result as Readonly<Record<string, unknown>>;
  const problems: Failure[] = [];
  let content: Uint8Array | undefined;

  // One after another, so that memory holds the bytes of one at a time.
  function* decode(): Generator<NewDocument<Begun>> {
    for (const target of targets) {
      const { kind, title, member, name, isNamed } = target;
      const text = data[member];
      const { type, bytes } = parseDocument(typeof text === 'string' ? text : '');
      if (bytes.length === 0) {
        problems.push(lacking(title, member));
        continue;
      }
      const isRight = type !== undefined && (target.type ?? type) === type;
      if (isRight && target.isOutput) {
        content = bytes;
        continue;
      }
      const ending = isRight && !isNamed ? ENDINGS[type] : '';
      const file = `${name}${ending}${isRight ? '' : '.unreadable'}`;
      const about = { target, kind, path: file, bytes: bytes.length, type: isRight ? type : null };
      yield { about, file: path.resolve(cwd, file), bytes, replaces: replaces && isRight };
    }
  }

  const files: SavedDocument[] = [];
  const rest: Record<string, unknown> = { ...data };
  for (const { about, written } of writeDocuments(decode())) {
    const { target, ...document } = about;
    const saved = savedAt(document, written, cwd);
    if (saved !== undefined) {
      files.push(saved);
      rest[target.member] = null;
    }
    const problem = problemOf(target.title, document, written, saved, replaces);
    if (problem !== undefined) problems.push(problem);
  }
  return { data: rest, files, content, failure: joined(problems) };
}

/** What is known of a document that was written, under the name that it got. */
function savedAt(document: SavedDocument, written: Written, cwd: string): SavedDocument | undefined {
  if ('code' in written) return undefined;
  const number = written.file.slice(path.resolve(cwd, document.path).length);
  return { ...document, path: `${document.path}${number}` };
}

function problemOf(
  title: string,
  { path: place, type }: SavedDocument,
  written: Written,
  saved: SavedDocument | undefined,
  replaces: boolean,
): Failure | undefined {
  if (saved === undefined) {
    const code = 'code' in written ? written.code : '';
    return new Failure('output', `The ${title} could not be written to ${place} (${code}).`, {
      hint: 'It was fetched, and may be billed. Only the JSON form (--json) holds what could not be written.',
    });
  }
  if (type === null)
    return new Failure(
      'upstream',
      `The ${title} in the response cannot be read: it is kept as ${saved.path}.`,
      {
        hint: 'It was fetched, and may be billed. Send Decentro the transaction ID.',
      },
    );
  if (saved.path === place) return undefined;
  const what = replaces ? 'could not be replaced' : 'appeared during the call and was kept';
  return new Failure('output', `${place} ${what}: the ${title} is ${saved.path}.`);
}

function lacking(title: string, member: string): Failure {
  return new Failure('upstream', `The response has no ${title} (data.${member}).`, {
    hint: 'Keep the transaction ID for support.',
  });
}

/** One failure that names all of them: `output` where one is, else `upstream`. */
function joined(problems: readonly Failure[]): Failure | undefined {
  if (problems.length === 0) return undefined;
  const kind = problems.some((problem) => problem.kind === 'output') ? 'output' : 'upstream';
  const hints = [...new Set(problems.flatMap(({ hint }) => hint ?? []))];
  const messages = problems.map(({ message }) => message);
  return new Failure(kind, messages, { hint: hints.length === 0 ? undefined : hints, sent: 'yes' });
}
