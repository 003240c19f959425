// The package is not published: whatever fetches one of its names from a registry runs somebody else's code.
import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LEFT_OUT = /^(?:\.git|node_modules|dist|coverage|artifacts|package-lock\.json)$/;
const SELF = 'tests/unit/unpublished.test.ts';

const NAME = String.raw`['"\`]?digilocker(?:-cli)?(?:@[^\s'"\`]*)?(?=$|[\s'"\`;,)])`;
const FETCHES = [
  // A path, such as ./digilocker-cli-0.2.0.tgz, is no name of a package.
  String.raw`\b(?:npm|pnpm|yarn|bun)\s+(?:install|i|add|exec|x|dlx|view|info|pack)\b[^\n|;&#\`]*?\s${NAME}`,
  String.raw`\b(?:npx|bunx|pnpx)\b[^\n|;&#\`]*?(?:-p|--package)[\s=]+${NAME}`,
  String.raw`\b(?:npx|bunx|pnpx)\s+(?:-\S+\s+)*['"]?digilocker-cli\b`,
  String.raw`\b(?:npx|bunx|pnpx)\s+(?:-\S+\s+)*['"]?digilocker@`,
  String.raw`\b(?:npx|bunx|pnpx)\s+(?:-y|--yes)\s+['"]?digilocker\b`,
  String.raw`"digilocker(?:-cli)?":\s*"(?:[\^~<>=*\d]|latest|npm:)`,
].map((source) => new RegExp(source, 'm'));

const isFetch = (line: string) => FETCHES.some((pattern) => pattern.test(line));

function filesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (LEFT_OUT.test(entry.name)) return [];
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(name);
    return entry.isFile() && !/\.(?:png|tgz)$/.test(name) ? [name] : [];
  });
}

test.each([
  'npm install --global --ignore-scripts digilocker-cli',
  'RUN npm i digilocker-cli@0.2.0 && npm cache clean --force',
  'never run `npm install digilocker`',
  'npx -p digilocker-cli digilocker --version',
  'npm exec --package=digilocker-cli -- digilocker',
  'npm exec digilocker-cli',
  'npx digilocker-cli',
  'npx --yes digilocker init-session',
  '"digilocker-cli": "^0.2.0"',
])('this is found: %s', (line) => {
  expect(isFetch(line)).toBe(true);
});

test.each([
  'npx digilocker init-session --env sandbox',
  'npm install --global ./digilocker-cli-0.2.0.tgz',
  'npm install --global --ignore-scripts /tmp/digilocker-cli-*.tgz && digilocker --version',
  'npm install --global . # then: digilocker --version',
  '"digilocker-cli": "file:../.."',
])('this is not: %s', (line) => {
  expect(isFetch(line)).toBe(false);
});

test('nothing in the repository fetches the package by its name, or spells that as a command', () => {
  const files = filesIn('.').filter((name) => name !== SELF);
  expect(files).toEqual(expect.arrayContaining(['README.md', '.ci/run', 'examples/Dockerfile']));
  const found = files.flatMap((name) =>
    readFileSync(path.join(ROOT, name), 'utf8')
      .split('\n')
      .filter(isFetch)
      .map((line) => `${name}: ${line}`),
  );
  expect(found).toEqual([]);
});
