import { parseCallback as parseQuery, parsePastedQuery, refuseDeclined } from '../redirect/callback.js';
import type { Callback } from '../failure/facts.js';
import { Failure } from '../failure/failure.js';

/**
 * Reads the redirect that brought the end user back: its URL, its path with the query as `req.url` has it, or its
 * parameters. `state` is the transaction ID of the session that this end user was sent away with, from where your
 * program keeps it and never from the redirect itself. The code is null where Decentro fetches the access token itself.
 *
 * Throws a {@link Failure}: `declined` where the end user refused or DigiLocker reports an error (its details hold the
 * callback), `usage` where this is not the redirect of that session.
 */
export function parseCallback(
  redirect: string | URL | URLSearchParams,
  { state }: { readonly state: string },
): Callback {
  // Without a state anybody's redirect would do, and a program without types may have lost it.
  if (typeof (state as unknown) !== 'string' || state === '')
    throw new Failure('usage', 'There is no state to compare the redirect with.');
  const query = readQuery(redirect);
  if (query === undefined) throw new Failure('usage', 'That is no address of a redirect.');
  const rules = { state, acceptsNoCode: true, acceptsRefusalWithoutState: false };
  const parsed = parseQuery(query, rules, Date.now());
  if ('wrong' in parsed) throw new Failure('usage', `That is not the redirect, because ${parsed.wrong}.`);
  refuseDeclined(parsed.callback);
  return parsed.callback;
}

function readQuery(redirect: string | URL | URLSearchParams): URLSearchParams | undefined {
  if (typeof redirect === 'string') return parsePastedQuery(redirect);
  return 'searchParams' in redirect ? redirect.searchParams : redirect;
}
