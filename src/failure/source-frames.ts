import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapping } from 'node:module';
import path from 'node:path';

const FRAME = /^\s+at (?:.* \()?(.+):(\d+):(\d+)\)?$/;

/** Frames of a stack, one a line. Those in a file that has a source map beside it tell the place in the source instead. */
export function sourceFrames(frames: readonly string[]): string {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (file: string) => {
    if (!maps.has(file)) maps.set(file, readMap(file));
    return maps.get(file);
  };
  return frames.map((frame) => `${inSource(frame, mapOf)}\n`).join('');
}

function inSource(frame: string, mapOf: (file: string) => SourceMap | undefined): string {
  const [, file = '', line, column] = FRAME.exec(frame) ?? [];
  // A place in another package leads nowhere, in spite of its type.
  const entry: Partial<SourceMapping> = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1) ?? {};
  const { originalSource, originalLine = 0, originalColumn = 0 } = entry;
  if (originalSource === undefined) return frame;
  // The names of functions in the bundle say nothing.
  const source = path.join(path.dirname(file), originalSource);
  return `    at ${source}:${originalLine + 1}:${originalColumn + 1}`;
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMap['payload']);
  } catch {
    return undefined;
  }
}
