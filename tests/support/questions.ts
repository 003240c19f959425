import { CANARIES } from './canaries.js';

/** The questions for the credentials of staging, by their beginnings, and what is typed. */
export const CREDENTIAL_ANSWERS = [
  ['Client ID (staging)', CANARIES.clientId],
  ['Client secret', CANARIES.clientSecret],
  ['Module secret', CANARIES.moduleSecret],
] as const;

/** Starts a session at a server on this machine, with whatever else is asked for. */
export function sessionAskedFor(url: string): string[] {
  return ['init-session', '--base-url', url, '--allow-host', '127.0.0.1'];
}
