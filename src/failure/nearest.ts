import { distance } from 'fastest-levenshtein';

/** The candidate that a mistyped word most likely meant, or `undefined` where none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  return nearMisses(word, candidates)[0];
}

/**
 * The candidates within a third of the word's length in edits, of the same letters, or that contain it; the nearest
 * first, three at most.
 */
export function nearMisses(word: string, candidates: readonly string[]): string[] {
  const asked = word.toLowerCase();
  return candidates
    .map((candidate) => ({ candidate, edits: distance(asked, candidate.toLowerCase()) }))
    .filter(
      ({ candidate, edits }) =>
        edits <= Math.max(1, candidate.length / 3) ||
        lettersOf(asked) === lettersOf(candidate.toLowerCase()) ||
        (asked.length > 3 && candidate.toLowerCase().includes(asked)),
    )
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function lettersOf(word: string): string {
  return word.split('').sort().join('');
}
