import { stripControls } from './control-sequences.js';

/** Made-up credentials. They may reach the recorder, and nothing else. */
export const CANARIES = {
  clientId: 'canary-client-id-q3vk8r1zt6yd4wm0',
  clientSecret: 'canary-xk91qvw7-zj48rtpl-05mdhy2c-nf63gubs',
  moduleSecret: 'canary-ov27ljct-we80xqna-k94zpr1y-hs56mdif',
} as const;

/** The canaries as environment variables. */
export const credentials: Readonly<Record<string, string>> = {
  DECENTRO_CLIENT_ID: CANARIES.clientId,
  DECENTRO_CLIENT_SECRET: CANARIES.clientSecret,
  DECENTRO_MODULE_SECRET: CANARIES.moduleSecret,
};

// Parsers quote some ten characters around an error: a secret leaks in pieces as well.
const PIECE = 8;
const OWN_PIECES = [CANARIES.clientId, ...[CANARIES.clientSecret, CANARIES.moduleSecret].flatMap(piecesOf)];

/**
 * What of the canaries and of `secrets` can be read in `text`, in whatever case or colour: any eight
 * characters in a row of a secret; of the client ID, whose end may be shown, only the whole.
 */
export function findLeak(text: string, secrets: readonly string[] = []): string | undefined {
  const haystacks = new Set([text.toLowerCase(), stripControls(text).toLowerCase()]);
  const pieces = [...OWN_PIECES, ...secrets.flatMap(piecesOf)];
  return pieces.find((piece) => [...haystacks].some((haystack) => haystack.includes(piece.toLowerCase())));
}

function piecesOf(secret: string): string[] {
  if (secret.length <= PIECE) return secret === '' ? [] : [secret];
  return Array.from({ length: secret.length - PIECE + 1 }, (_, start) => secret.slice(start, start + PIECE));
}
