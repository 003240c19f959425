import { faultFailure, parsePastedQuery, parseRedirect, checkDeclined } from '../redirect/callback.js';
import type { Callback } from '../failure/facts.js';
import { Failure } from '../failure/failure.js';
import { checkKeys } from './check-keys.js';
import { parseHttpUrl } from '../safety/url.js';

/** The parameters of a query, as `req.query` of a web framework has them. */
export type ParsedQuery = Readonly<Record<string, unknown>>;

export interface CallbackOptions {
  /** The initial transaction ID of the session that this end user was sent away with, from where your app keeps it. */
  readonly state: string;
  /** The redirect URL of that session, where it has a query of its own. */
  readonly redirectUrl?: string | URL | undefined;
}

/**
 * Reads the redirect that brought the end user back: its URL, its path with the query as `req.url` has it, or its
 * parameters. Take `state` from where your app keeps it, never from the redirect itself. The redirect has a `status`
 * where Decentro fetches the access token itself, and a `code` where the call for it is yours. Where it has both, its
 * `decentroTxnId` may be another: go on with `state`.
 *
 * Throws a {@link Failure}: `declined` where the end user refused or DigiLocker reports an error (its details hold the
 * callback), `mismatch` where the redirect belongs to another session or was forged, `usage` where it is none.
 */
export function parseCallback(
  redirect: string | URL | URLSearchParams | ParsedQuery,
  options: CallbackOptions,
): Callback {
  // Without a state any redirect would do, and a program without types may have lost it.
  const given = (options as Partial<CallbackOptions> | undefined) ?? {};
  checkKeys('options', given, ['state', 'redirectUrl']);
  const { state, redirectUrl } = given;
  if (typeof state !== 'string' || state === '')
    throw new Failure('usage', 'parseCallback needs the state: the transaction ID of the session.');
  const own = redirectUrl === undefined ? undefined : parseHttpUrl(String(redirectUrl));
  if (redirectUrl !== undefined && own === undefined)
    throw new Failure('usage', 'redirectUrl is not an absolute http(s) URL.');
  const query = readQuery(redirect);
  if (query === undefined)
    throw new Failure('usage', 'Not a DigiLocker redirect: neither a URL nor a query.');
  const reading = parseRedirect(query, { decentroTxnId: state, redirectUrl: own });
  if ('fault' in reading) throw faultFailure(reading.fault, state);
  checkDeclined(reading.callback);
  return reading.callback;
}

function readQuery(redirect: unknown): URLSearchParams | undefined {
  if (typeof redirect === 'string') return parsePastedQuery(redirect);
  if (typeof redirect !== 'object' || redirect === null) return undefined;
  // By what they have: a test runner's URL may be of another realm than this one.
  if (isIterable(redirect)) return parsePairs(redirect);
  if ('searchParams' in redirect && isIterable(redirect.searchParams))
    return readQuery(redirect.searchParams);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(redirect)) {
    // A parameter that came twice is a list.
    for (const one of [value].flat()) if (typeof one === 'string') query.append(name, one);
  }
  return query;
}

function parsePairs(pairs: Iterable<[string, string]>): URLSearchParams | undefined {
  try {
    return new URLSearchParams([...pairs]);
  } catch {
    return undefined;
  }
}

function isIterable(value: unknown): value is Iterable<[string, string]> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && !Array.isArray(value);
}
