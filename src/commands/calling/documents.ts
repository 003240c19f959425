// The documents of an answer: which of them become files, where, and what comes of it.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { DocumentType } from '../../api/document.js';
import { combine, Failure } from '../../failure/failure.js';
import type { SavedDocument } from '../../failure/facts.js';
import { folderFault, isFolder, placeFault, type PlaceFault } from '../../host/document-file.js';
import type { Host } from '../../host/host.js';
import type { OutputFlags } from '../../output/format.js';

/** A document that an answer may hold, and the flag that says where it goes. */
export interface DocumentFlag<Params> {
  readonly kind: SavedDocument['kind'];
  /** As messages and reports name it. */
  readonly title: string;
  readonly declaration: string;
  readonly help: string;
  /** Of the answer's `data`, in base64. */
  readonly member: string;
  /** What it has to be; absent where it may be any document. */
  readonly type?: DocumentType;
  /** The parameters of the call that bring it. */
  readonly asks?: Readonly<Record<string, true>>;
  /**
   * Its name without an ending, for a flag that is absent or names a folder; `undefined` while that is not known. Where
   * this is absent, there is a document only where the flag names its file.
   */
  readonly nameOf?: (params: Params) => string | undefined;
}

/** A document that is wanted; `place` is what the flag says, `-` standard output. */
export interface WantedDocument<Params> extends DocumentFlag<Params> {
  readonly flag: string;
  readonly place: string | undefined;
}

/** Declares the flags of documents, and `--force`. */
export function addDocumentFlags(command: Command, declared: readonly DocumentFlag<never>[]): void {
  command.optionsGroup('Documents:');
  for (const { declaration, help } of declared) command.option(declaration, help);
  command.option('--force', 'replace files that exist');
}

/** Fails with `usage` on a flag for documents of a call that brings none. */
export function checkWithoutDocuments(declared: readonly DocumentFlag<never>[], flags: object): void {
  const values = flags as Readonly<Record<string, unknown>>;
  const names = [...declared.map(flagOf), '--force'];
  const given = names.find((name) => values[name.slice(2)] !== undefined);
  if (given !== undefined) throw new Failure('usage', `--data cannot be combined with ${given}.`);
}

function flagOf({ declaration }: Pick<DocumentFlag<never>, 'declaration'>): string {
  return declaration.split(' ')[0] ?? '';
}

/** The flags of the documents that a command line asks for. Fails with `usage` where two of its flags contradict. */
export function wantedDocuments<Params>(
  declared: readonly DocumentFlag<Params>[],
  flags: OutputFlags & { readonly force?: boolean },
  { stdout, cwd, platform }: Pick<Host, 'stdout' | 'cwd' | 'platform'>,
): WantedDocument<Params>[] {
  const given = flags as Readonly<Record<string, unknown>>;
  const wanted = declared.flatMap((document) => {
    const flag = flagOf(document);
    const place = given[flag.slice(2)];
    if (place === undefined && document.nameOf === undefined) return [];
    return [{ ...document, flag, place: place as string | undefined }];
  });
  const piped = wanted.filter(({ place }) => place === '-');
  const [first, second] = piped;
  if (first !== undefined && second !== undefined)
    throw new Failure('usage', `${first.flag} - cannot be combined with ${second.flag} -.`);
  if (first !== undefined) {
    const form = (['json', 'output', 'field'] as const).find((name) => flags[name] !== undefined);
    if (form !== undefined)
      throw new Failure('usage', `${first.flag} - cannot be combined with --${form}.`, {
        hint: 'Standard output carries either the document or the result.',
      });
    if (stdout.isTerminal)
      throw new Failure('usage', `${first.flag} - would write a document to the terminal.`, {
        hint: 'Redirect standard output, or name a file.',
      });
  }
  const empty = wanted.find(({ place }) => place === '');
  const lost = wanted.find(
    ({ place = '' }) => endsInSeparator(place, platform) && !isFolder(path.resolve(cwd, place)),
  );
  if (lost !== undefined)
    throw new Failure(
      'usage',
      `${lost.flag}: the folder ${lost.place ?? ''} does not exist, or is not a folder.`,
    );
  if (empty !== undefined) throw new Failure('usage', `${empty.flag} needs the name of a file.`);
  if (flags.force === true && wanted.length === 0) {
    const names = declared.map(flagOf).join(', ');
    throw new Failure('usage', `--force requires one of ${names}.`);
  }
  return wanted;
}

function endsInSeparator(place: string, platform: NodeJS.Platform): boolean {
  return place.endsWith('/') || (platform === 'win32' && place.endsWith('\\'));
}

/** Where a document goes, as the user wrote it. */
export interface DocumentTarget {
  readonly kind: SavedDocument['kind'];
  readonly title: string;
  readonly flag: string;
  readonly member: string;
  readonly type?: DocumentType;
  /** Whether its bytes go to standard output. */
  readonly isOutput: boolean;
  readonly name: string;
  /** Whether the name is whole; else the content decides on its ending. */
  readonly isNamed: boolean;
  /** Whether the flag was given. */
  readonly isGiven: boolean;
}

export const ENDINGS: Readonly<Record<DocumentType, string>> = { pdf: '.pdf', xml: '.xml', jpeg: '.jpg' };

/** Decides where the documents of a call go, as far as their names are known. */
export function targetsOf<Params>(
  wanted: readonly WantedDocument<Params>[],
  params: Params,
  { cwd }: Pick<Host, 'cwd'>,
): DocumentTarget[] {
  return wanted.flatMap((document) => {
    const { place, nameOf, kind } = document;
    const isOutput = place === '-';
    const isBelow =
      !isOutput && place !== undefined && nameOf !== undefined && isFolder(path.resolve(cwd, place));
    const isNamed = !isOutput && place !== undefined && !isBelow;
    // The eAadhaar has no name of its own.
    const ownName = nameOf === undefined ? `eaadhaar-${kind}` : nameOf(params);
    const name = isNamed ? place : isBelow && ownName !== undefined ? path.join(place, ownName) : ownName;
    return name === undefined ? [] : [{ ...document, isOutput, name, isNamed, isGiven: place !== undefined }];
  });
}

/** Fails with `usage`, or `output` on a full disk, where a document could not be written to its place. */
export function checkTargets(
  targets: readonly DocumentTarget[],
  replaces: boolean,
  { cwd, platform }: Pick<Host, 'cwd' | 'platform'>,
): void {
  const files = targets.filter(({ isOutput }) => !isOutput);
  const resolve = (name: string) => path.resolve(cwd, name);
  checkDistinct(files, resolve, platform);
  const faults = files.flatMap((target) => faultOf(target, replaces, resolve) ?? []);
  if (faults.length > 0) throw combine(faults);
}

// Two names of one file differ in case alone on some systems, and by a link to their folder on all.
function checkDistinct(
  targets: readonly DocumentTarget[],
  resolve: (name: string) => string,
  platform: NodeJS.Platform,
): void {
  const seen = new Map<string, string>();
  for (const { flag, name } of targets) {
    const real = realPlace(resolve(name));
    const key = platform === 'win32' || platform === 'darwin' ? real.toLowerCase() : real;
    const other = seen.get(key);
    if (other !== undefined) throw new Failure('usage', `${other} and ${flag} name the same file.`);
    seen.set(key, flag);
  }
}

function realPlace(file: string): string {
  try {
    return path.join(realpathSync(path.dirname(file)), path.basename(file));
  } catch {
    return file;
  }
}

function faultOf(
  { flag, name, isNamed, isGiven }: DocumentTarget,
  replaces: boolean,
  resolve: (name: string) => string,
): Failure | undefined {
  const label = isGiven ? `${flag}: ` : '';
  const folder = path.dirname(resolve(name));
  const own = folderFault(folder);
  if (own !== undefined) return failureOf(`${label}the folder ${folder}`, own);
  const names = isNamed ? [name] : Object.values(ENDINGS).map((ending) => `${name}${ending}`);
  for (const one of names) {
    const fault = placeFault(resolve(one), replaces);
    if (fault !== undefined) return failureOf(`${label}${one}`, fault);
  }
  return undefined;
}

function failureOf(what: string, fault: PlaceFault): Failure {
  const hints = {
    exists: 'Choose another name, or replace the file with --force.',
    full: 'Make room, or choose another folder.',
    unusable: undefined,
  };
  return new Failure(fault.reason === 'full' ? 'output' : 'usage', `${what} ${fault.what}.`, {
    hint: hints[fault.reason],
  });
}
