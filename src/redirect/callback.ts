// What DigiLocker says when it sends the end user back. Pure.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Callback } from '../failure/facts.js';
import { Failure } from '../failure/failure.js';
import { parseUrl } from '../safety/url.js';
import { visible } from '../safety/visible.js';

const CODE_LIFETIME_MS = 3_600_000;

export interface CallbackRules {
  /** The transaction ID that the state has to be; absent where nobody knows it. */
  readonly state?: string | undefined;
  /** Whether a return without a code is one: Decentro may fetch the access token itself. */
  readonly acceptsNoCode: boolean;
  /** Whether a refusal needs no state. */
  readonly acceptsRefusalWithoutState: boolean;
}

/**
 * Reads the query of a redirect that arrived at `now` (milliseconds since the epoch). Returns what is wrong, in words,
 * where it is not the redirect of the session.
 */
export function parseCallback(
  query: URLSearchParams,
  rules: CallbackRules,
  now: number,
): { readonly callback: Callback } | { readonly wrong: string } {
  const names = ['code', 'state', 'error', 'error_description'] as const;
  if (names.some((name) => query.getAll(name).length > 1)) return { wrong: 'it gives a parameter twice' };
  const [code, state, error, errorDescription] = names.map((name) => nonEmpty(query.get(name)));
  if (code !== null && error !== null) return { wrong: 'it holds both a code and an error' };
  if (code === null && error === null && !(rules.acceptsNoCode && state !== null)) {
    return { wrong: 'it holds neither a code nor an error' };
  }
  const isStateless = state === null && error !== null && rules.acceptsRefusalWithoutState;
  if (rules.state !== undefined && !isStateless && !isSame(state ?? '', rules.state)) {
    return { wrong: 'its state is not the transaction ID of the session' };
  }
  const codeExpiresAt = code === null ? null : new Date(now + CODE_LIFETIME_MS).toISOString();
  return {
    callback: {
      code: code ?? null,
      codeExpiresAt,
      state: state ?? null,
      error: error ?? null,
      errorDescription: errorDescription ?? null,
    },
  };
}

function nonEmpty(value: string | null): string | null {
  return value === '' ? null : value;
}

// Of equal length whatever is compared, so that the time tells nothing.
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** Reads what somebody pasted: the address of the redirect, or its query alone. */
export function parsePastedQuery(text: string): URLSearchParams | undefined {
  const pasted = text.trim();
  const url = parseUrl(pasted);
  if (url !== undefined) return url.searchParams;
  return /(^|[?&])(code|state|error)=/.test(pasted)
    ? new URLSearchParams(pasted.replace(/^[^?]*\?/, '').replace(/#.*/, ''))
    : undefined;
}

/** Fails with `declined` where the redirect brings a refusal or an error. */
export function refuseDeclined(callback: Callback): void {
  const { error, errorDescription } = callback;
  if (error === null) return;
  const description = errorDescription === null ? '' : `: ${visible(errorDescription).replace(/\.$/, '')}`;
  throw new Failure('declined', `The redirect reports ${visible(error)}${description}.`, {
    hint:
      error === 'access_denied'
        ? 'The end user refused. A new try needs a new session.'
        : 'A new try needs a new session.',
    sent: 'yes',
    details: { callback },
  });
}
