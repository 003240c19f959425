import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyMutant, loadMutants, titlePattern } from '../rules/mutants.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MUTANTS = loadMutants(path.join(ROOT, 'tests', 'rules'));

const promised = readFileSync(path.join(ROOT, 'SECURITY.md'), 'utf8').split('## What is promised')[1] ?? '';
const RULES = [...promised.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));

const titles = ['unit', 'cli', 'process']
  .flatMap((folder) =>
    readdirSync(path.join(ROOT, 'tests', folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      path.join(ROOT, 'tests', folder, name),
    ),
  )
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

test('SECURITY.md numbers its rules without a gap', () => {
  expect(RULES).toEqual(RULES.map((_, index) => index + 1));
});

describe('rule', () => {
  test.each(RULES)('%i is named by a test, and turned off by a mutant', (rule) => {
    expect(new RegExp(titlePattern(rule)).test(titles)).toBe(true);
    expect(MUTANTS.map((mutant) => mutant.rule)).toContain(rule);
  });
});

describe('every mutant', () => {
  test('belongs to a rule', () => {
    expect(MUTANTS.filter(({ rule }) => !RULES.includes(rule))).toEqual([]);
  });

  test('changes what stands exactly once in its files', () => {
    const faults = MUTANTS.flatMap((mutant) => {
      try {
        const changed = [...applyMutant(ROOT, mutant).values()];
        return changed.every(({ original, mutated }) => original !== mutated) ? [] : [mutant.name];
      } catch (error) {
        return [String(error)];
      }
    });
    expect(faults).toEqual([]);
  });
});
