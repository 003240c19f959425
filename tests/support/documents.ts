import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every page for users and contributors, by its path in the repository. */
export const PAGES: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'tests/README.md'],
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
];

/** A fenced block of a page: "```sh clone" has the language `sh` and the mark `clone`. */
export interface Block {
  readonly page: string;
  readonly language: string;
  /** How the block is run; empty where nothing special is needed. */
  readonly mark: string;
  readonly text: string;
}

export function readPage(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8');
}

export function blocksOf(page: string): Block[] {
  return [...readPage(page).matchAll(/^```(\S*) ?(.*)\n([^]*?)^```$/gm)].map(
    ([, language = '', mark = '', text = '']) => ({ page, language, mark, text }),
  );
}

export const BLOCKS: readonly Block[] = PAGES.flatMap(blocksOf);
