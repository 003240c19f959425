import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import process from 'node:process';

/** What fast-check's `assert` takes as its parameters. */
export interface GeneratedRuns {
  readonly numRuns: number;
  readonly seed: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

// What everybody can wait for; the gate runs all of them.
const DEFAULT_SCALE = 0.02;

/**
 * The parameters of a generated test: `runs` times the factor in DIGILOCKER_TEST_SCALE (a fiftieth by default), with a seed
 * that is printed beside the test's name. DIGILOCKER_TEST_SEED replays a run.
 */
export function generated(
  name: string,
  runs: number,
  env: Environment = process.env,
  print: (line: string) => void = (line) => void process.stderr.write(line),
): GeneratedRuns {
  const numRuns = Math.max(1, Math.round(runs * scaleOf(env)));
  const seed = numberIn(env, 'DIGILOCKER_TEST_SEED', Number.isSafeInteger) ?? randomInt(2 ** 31);
  print(`${name}: ${numRuns} runs, DIGILOCKER_TEST_SEED=${seed}\n`);
  return { numRuns, seed };
}

/**
 * Any character, ASCII half of the time. It stands for fast-check's own unit `binary`, which first lists all of its
 * 1.1 million characters, in every test file anew.
 */
export const anyCharacter = fc
  .oneof(fc.nat(0x7f), fc.integer({ min: 0x80, max: 0x10ffff }))
  .filter((point) => point < 0xd800 || point > 0xdfff)
  .map((point) => String.fromCodePoint(point));

/**
 * The items that fall to one of `hands` when they are dealt out in turn, so that all hands together hold every item
 * once; all of them for each hand when DIGILOCKER_TEST_SCALE is 1, as by night. For tests that would cross long
 * lists.
 */
export function dealt<T>(
  items: readonly T[],
  hand: number,
  hands: number,
  env: Environment = process.env,
): readonly T[] {
  if (scaleOf(env) >= 1) return items;
  return items.filter((_item, index) => index % hands === hand % hands);
}

/** The time limit of a generated test that takes `ms` at most with all of its runs. */
export function generatedTimeoutMs(ms = 20_000, env: Environment = process.env): number {
  return ms * Math.max(1, scaleOf(env));
}

function scaleOf(env: Environment): number {
  return (
    numberIn(env, 'DIGILOCKER_TEST_SCALE', (scale) => scale > 0 && Number.isFinite(scale)) ?? DEFAULT_SCALE
  );
}

function numberIn(env: Environment, name: string, isValid: (value: number) => boolean): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!isValid(value)) throw new Error(`${name} is no number that can be used: ${text}`);
  return value;
}
