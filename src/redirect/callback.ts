// What the redirect says that brings the end user back. Pure.
import type { Callback } from '../failure/facts.js';
import { Failure } from '../failure/failure.js';
import { unquoted, withoutUnseen } from '../safety/pasted.js';
import { parseUrl } from '../safety/url.js';
import { visible } from '../safety/visible.js';
import { isSame, isSameId } from './same-id.js';

/** What is known of the session whose redirect is read. */
export interface Expectation {
  /** Its initial transaction ID; where it is absent, the redirect of any session is read. */
  readonly decentroTxnId?: string | undefined;
  /** Its redirect URL: the parameters of its own query are the app's, not Decentro's. */
  readonly redirectUrl?: URL | undefined;
  /** Whether only Decentro was told the path: a status, and an error without a state, then need no ID. */
  readonly isSecretPath?: boolean;
}

const ID_PARAMETER = 'initiation_decentro_transaction_id';

/** Why a redirect is not the one of the session: it is none at all, or another session's. */
export type RedirectFault =
  | { readonly kind: 'usage'; /** "has no code, status or error" */ readonly what: string }
  | {
      readonly kind: 'mismatch';
      readonly parameter: 'state' | typeof ID_PARAMETER;
      /** `null` where the parameter is missing. */
      readonly value: string | null;
    };

/** Why a request to the path of the redirect is not looked at: no browser follows a redirect like that. */
export interface RequestFault {
  readonly kind: 'request';
  /** "is not a GET request" */
  readonly what: string;
}

export type Reading = { readonly callback: Callback } | { readonly fault: RedirectFault };

/** Reads the query of a redirect. */
export function parseRedirect(query: URLSearchParams, expected: Expectation): Reading {
  const { decentroTxnId: sessionId, redirectUrl, isSecretPath = false } = expected;
  const parameters = withoutOwn(query, redirectUrl);
  const single = ['status', ID_PARAMETER, 'code', 'error', 'error_description'] as const;
  const repeated = single.find((name) => parameters.getAll(name).length > 1);
  if (repeated !== undefined) return noRedirect(`repeats ${repeated}`);
  const [status = null, id = null, code = null, error = null, errorDescription = null] = single.map((name) =>
    nonEmpty(parameters.get(name)),
  );
  // The app may have sent a state of its own along.
  const states = parameters.getAll('state').filter((given) => given !== '');
  const state =
    states.find((given) => sessionId !== undefined && isSame(given, sessionId)) ?? states.at(-1) ?? null;
  const callback = { status, code, codeExpiresAt: null, state, decentroTxnId: id, error, errorDescription };

  if (code === null && status === null && error === null) return noRedirect('has no code, status or error');
  if (error !== null && code !== null) return noRedirect('has both a code and an error');
  if (error !== null && status !== null && isSuccess(status))
    return noRedirect(`has both status=${visible(status)} and an error`);
  if (sessionId === undefined) return { callback };

  const hasState = isSame(state ?? '', sessionId);
  // Only a code brings something in: later calls go by the session's own ID, whatever a status says.
  if (code !== null) return hasState ? { callback } : otherSession('state', state);
  if (status !== null && (isSecretPath || isSameId(id, sessionId))) return { callback };
  if (error !== null && (hasState || (isSecretPath && state === null))) return { callback };
  return status !== null ? otherSession(ID_PARAMETER, id) : otherSession('state', state);
}

function noRedirect(what: string): Reading {
  return { fault: { kind: 'usage', what } };
}

function otherSession(parameter: 'state' | typeof ID_PARAMETER, value: string | null): Reading {
  return { fault: { kind: 'mismatch', parameter, value } };
}

/** What is left when each parameter of the redirect URL itself is taken off once. */
function withoutOwn(query: URLSearchParams, redirectUrl: URL | undefined): URLSearchParams {
  const own = [...(redirectUrl?.searchParams ?? [])];
  const pairs = [...query];
  // First as they are: a value of the app's may hold a question mark of its own, as that of an address does.
  const changed = own.filter((pair) => !takeOff(pair, pairs));
  const left = pairs.flatMap((pair) =>
    separated(
      pair,
      pairs.filter((other) => other !== pair).map(([name]) => name),
    ),
  );
  for (const pair of changed) takeOff(pair, left);
  return new URLSearchParams(left);
}

/** Takes one pair off a list, and returns whether it was there. */
function takeOff([name, value]: Pair, pairs: Pair[]): boolean {
  const index = pairs.findIndex(([other, its]) => other === name && its === value);
  if (index !== -1) pairs.splice(index, 1);
  return index !== -1;
}

type Pair = [name: string, value: string];

const OUTCOMES = ['status', 'code', 'error', 'error_description'];

// A URL that has a query already gets a second question mark where the parameters are put behind it unseen. What came
// in the ordinary way as well is not such a parameter, but part of a value.
function separated([name, value]: Pair, others: readonly string[]): Pair[] {
  const isSettled = others.some((other) => OUTCOMES.includes(other));
  const missing = [...(isSettled ? [] : OUTCOMES), 'state', ID_PARAMETER].filter(
    (wanted) => !others.includes(wanted),
  );
  if (missing.length === 0) return [[name, value]];
  const parts = `${name}=${value}`.split(new RegExp(`\\?(?=(?:${missing.join('|')})=)`));
  if (parts.length === 1) return [[name, value]];
  return parts.map((part) => {
    const [first = '', ...rest] = part.split('=');
    return [first, rest.join('=')];
  });
}

function nonEmpty(value: string | null): string | null {
  return value === '' ? null : value;
}

function isSuccess(status: string): boolean {
  return /^success$/i.test(status);
}

/** Whether the redirect says that the end user did not complete the session: a code beside a refusal opens nothing. */
export function isDeclined({ status, error }: Callback): boolean {
  return error !== null || (status !== null && !isSuccess(status));
}

/** Fails with `declined` where the redirect brings a refusal or an error. */
export function checkDeclined(callback: Callback): void {
  if (!isDeclined(callback)) return;
  const { status, error, errorDescription } = callback;
  const reported = error === null ? `status ${visible(status ?? '')}` : visible(error);
  const description = errorDescription === null ? '' : `: ${visible(errorDescription).replace(/\.$/, '')}`;
  const isRefusal = error === 'access_denied' || /^denied$/i.test(status ?? '');
  throw new Failure('declined', `The redirect reports ${reported}${description}.`, {
    hint: `${isRefusal ? 'The end user refused. ' : ''}A new try needs a new session.`,
    sent: 'yes',
    details: { callback },
  });
}

/** Tells of a redirect that counts, and names another transaction than its session does, or none beside its status. */
export function foreignNote(
  { status, code, decentroTxnId }: Callback,
  sessionId: string,
): string | undefined {
  const mayLackId = status === null || code !== null;
  if (isSameId(decentroTxnId, sessionId) || (decentroTxnId === null && mayLackId)) return undefined;
  const named = decentroTxnId === null ? 'no transaction' : `transaction ${visible(decentroTxnId)}`;
  return `The redirect names ${named}: this session is ${visible(sessionId)}. Go on with the ID of this session.`;
}

/** A fault without the values of one redirect, as the end of "redirects …": the same for each of its kind. */
export function faultKind(fault: RedirectFault | RequestFault): string {
  if (fault.kind !== 'mismatch') return `that ${fault.what}`;
  const { parameter, value } = fault;
  if (value === null) return `without ${parameter}`;
  return parameter === 'state' ? 'with another state' : 'for another transaction';
}

/** A fault as the end of "a redirect …". */
export function faultText(fault: RedirectFault | RequestFault): string {
  if (fault.kind !== 'mismatch' || fault.value === null) return faultKind(fault);
  const value = fault.value.length > MAX_SHOWN ? `${fault.value.slice(0, MAX_SHOWN)}…` : fault.value;
  return `${fault.parameter === 'state' ? 'with state' : 'for transaction'} ${visible(value)}`;
}

const MAX_SHOWN = 64;

/** The failure of a redirect that was given to be read: `usage` where it is none, `mismatch` where it is another's. */
export function faultFailure(fault: RedirectFault, sessionId: string | undefined, hint?: string): Failure {
  if (fault.kind === 'usage')
    return new Failure('usage', `Not a DigiLocker redirect: it ${fault.what}.`, { hint });
  return new Failure(
    'mismatch',
    `This is a redirect ${faultText(fault)}: the session is ${visible(sessionId ?? '')}.`,
    { hint: 'Do not go on with it: it belongs to another session, or was forged.' },
  );
}

/** Reads what the user pasted: the redirected URL, its query alone, or the line of a server's log that has it. */
export function parsePastedQuery(text: string): URLSearchParams | undefined {
  const [, requested] = /\b(?:GET|HEAD) (\S+\?\S+)(?: HTTP\/\d|\s*$)/.exec(text) ?? [];
  // A terminal breaks an address into lines.
  const pasted = withoutUnseen(unquoted(unescaped(requested ?? text)));
  if (IS_ADDRESS.test(pasted)) {
    const url = parseUrl(pasted);
    if (url !== undefined) return url.searchParams;
  }
  const words = pasted.split(BETWEEN_WORDS);
  const word = BEGINS_AS_QUERY.test(words[0] ?? '') ? words[0] : words.find((one) => HOLDS_QUERY.test(one));
  if (word === undefined) return undefined;
  return new URLSearchParams(word.replace(/^[^?]*\?/, '').replace(/#.*|[,;)\]}]+$/, ''));
}

const BETWEEN_WORDS = /["'`<>“”\s]+/;
// A description in an address may be shown with its spaces.
const IS_ADDRESS = /^(?:https?:\/\/[^"<>`]*|[^"'`<>\s]*)$/i;
const BEGINS_AS_QUERY = /^(?:code|state|error|status|initiation_decentro_transaction_id)=/;
const HOLDS_QUERY = /[?&](?:code|state|error|status|initiation_decentro_transaction_id)=/;

// An address as HTML, JSON and shells write it.
function unescaped(text: string): string {
  return text
    .replaceAll(/&(?:amp|#38|#x26);/gi, '&')
    .replaceAll(/\\u00(26|3d|3f)/gi, (_escape, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replaceAll(/\\([&=?/])/g, '$1');
}
