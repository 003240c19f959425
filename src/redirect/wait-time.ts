/** How long a redirect is waited for when no duration is given. */
export const DEFAULT_WAIT_MS = 10 * 60_000;
