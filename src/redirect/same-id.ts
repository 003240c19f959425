import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether two texts are one. What is compared is of equal length, so that the time tells nothing. */
export function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** Whether two transaction IDs are one: their letters are hex digits, which some spell in lower case. */
export function isSameId(one: string | null, other: string): boolean {
  return isSame((one ?? '').toLowerCase(), other.toLowerCase());
}
