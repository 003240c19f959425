import { distance } from 'fastest-levenshtein';

/** The candidate that a mistyped word most likely meant, or `undefined` where none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  return nearMisses(word, candidates)[0];
}

/**
 * The candidates within a third of the word's length in edits, of the same letters, that contain it, or that it begins with;
 * those that contain it first, then the nearest, three at most.
 */
export function nearMisses(word: string, candidates: readonly string[]): string[] {
  const asked = word.toLowerCase();
  const isPart = (lower: string): boolean =>
    (asked.length > 1 && lower.startsWith(asked)) || (asked.length > 3 && lower.includes(asked));
  return candidates
    .map((candidate) => {
      const lower = candidate.toLowerCase();
      return { candidate, lower, edits: distance(asked, lower) };
    })
    .filter(
      ({ candidate, lower, edits }) =>
        edits <= Math.max(1, candidate.length / 3) ||
        lettersOf(asked) === lettersOf(lower) ||
        isPart(lower) ||
        (lower.length > 3 && asked.startsWith(lower)),
    )
    .sort((a, b) => Number(isPart(b.lower)) - Number(isPart(a.lower)) || a.edits - b.edits)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function lettersOf(word: string): string {
  return word.split('').sort().join('');
}
