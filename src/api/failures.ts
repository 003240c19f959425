// Puts into words what an answer, or the lack of one, means for the caller.
import { Failure } from '../failure/failure.js';
import { parseUrl } from '../safety/url.js';
import { visible } from '../safety/visible.js';
import { findResponseKey } from './response-keys.js';
import { findUrn, type Envelope } from './envelope.js';
import type { Endpoint } from './endpoint.js';
import type { Exchange, HttpAnswer, HttpRequest } from './http/exchange.js';
import type { Refusal } from './verdict.js';

const MAX_EXCERPT_LENGTH = 200;

const MAX_SHOWN_IDS = 5;

const GIVEN_ID_IS_KEPT = 'The given reference ID is now used up. Wait, then retry with a new one.';

// What happened, where the status says it; a gateway in front of the API answers with the others.
const LEADS: Readonly<Record<number, string>> = { 500: 'Decentro failed', 503: 'Decentro is unavailable' };

const UNDERSCORES =
  'If the credentials are right: a proxy such as nginx drops headers with an underscore unless underscores_in_headers is on.';

/** The failure of an exchange that brought no whole answer; `doubt` is the endpoint's own. */
export function failedExchange(
  outcome: Extract<Exchange, { type: 'failed' }>,
  doubt: string,
  hasReferenceId = true,
): Failure {
  const { reason, hint, sent, isTransient, isUnreadable, answer } = outcome;
  if (!sent) {
    return new Failure('network', `Nothing was sent: ${reason}.`, {
      hint: hint ?? `${hasReferenceId ? 'The reference ID is not used up: it' : 'It'} is safe to repeat.`,
      retryable: isTransient,
    });
  }
  const isPromised = answer !== undefined && answer.status < 400;
  const kind = isUnreadable === true && isPromised ? 'upstream' : 'unknown';
  return new Failure(kind, `The request was sent, but ${reason}.`, {
    hint: joined(hint, urnOf(answer), doubt),
    sent: answer === undefined ? 'unknown' : 'yes',
  });
}

/** The failure of a complete answer that reports no success. */
export function refusedAnswer(
  { kind, effect, isRetryable }: Refusal,
  answer: HttpAnswer,
  envelope: Envelope | undefined,
  request: HttpRequest,
  endpoint: Pick<Endpoint<never, unknown>, 'doubt' | 'personal' | 'remedies' | 'providerRemedy'>,
  isIdGiven: boolean,
): Failure {
  const { doubt, personal } = endpoint;
  const known = findResponseKey(envelope?.responseKey ?? null);
  const ownRemedy = findOwnRemedy(envelope, endpoint);
  const message =
    envelope === undefined
      ? unreadable(answer, request, personal === undefined)
      : refusal(kind, answer, envelope);
  return new Failure(kind, message, {
    hint: joined(
      ownRemedy ?? known?.remedy,
      answer.status === 401 ? UNDERSCORES : undefined,
      envelope === undefined ? likelyCause(answer) : undefined,
      envelope === undefined ? urnOf(answer) : undefined,
      answer.status === 429 && kind === 'upstream' && isIdGiven ? GIVEN_ID_IS_KEPT : undefined,
      // A duplicate has its own remedy; what came too often, or to a server that is away, was not looked at.
      effect === 'unknown' && known === undefined && ![429, 503].includes(answer.status) ? doubt : undefined,
    ),
    sent: 'yes',
    // What needs a person first does not succeed by itself, and a given reference ID is not replaced.
    retryable:
      isRetryable &&
      ownRemedy === undefined &&
      !(isIdGiven && envelope?.responseKey === 'error_duplicate_reference_id'),
  });
}

function findOwnRemedy(
  envelope: Envelope | undefined,
  { remedies = [], providerRemedy }: Pick<Endpoint<never, unknown>, 'remedies' | 'providerRemedy'>,
): string | undefined {
  const [, remedy] = remedies.find(([pattern]) => pattern.test(envelope?.message ?? '')) ?? [];
  return remedy ?? (envelope?.responseKey === 'error_provider_error' ? providerRemedy : undefined);
}

/** The failure of a success that lacks what makes it one. */
export function unpromisedAnswer(lack: string, doubt: string): Failure {
  return new Failure('upstream', `Decentro reported success, but the response has no ${lack}.`, {
    hint: `Keep the transaction ID for support. ${doubt}`,
    sent: 'yes',
  });
}

/** The failure of a success whose ID or link holds a secret: masked it would be of no use, and shown it would be known. */
export function exposedSecret(): Failure {
  return new Failure(
    'upstream',
    'The response holds one of your secrets in its transaction ID or link, so they are not shown.',
    {
      hint: 'Tell Decentro, replace that secret, and start again.',
      sent: 'yes',
    },
  );
}

/** The failure of an answer whose repetition never left. */
export function notRepeated({ kind, message, hint, sent, retryable }: Failure, obstacle: Failure): Failure {
  return new Failure(kind, `${message} It could not be repeated: ${obstacle.message}`, {
    hint: hint ?? undefined,
    sent,
    retryable,
  });
}

/** The same failure, where an answer names more transaction IDs than one: which of them is right cannot be said. */
export function naming(failure: Failure, transactionIds: readonly string[]): Failure {
  if (transactionIds.length < 2) return failure;
  const shown = transactionIds.slice(0, MAX_SHOWN_IDS).map(visible).join(', ');
  const { kind, message, sent, retryable, hint } = failure;
  return new Failure(kind, message, {
    hint: joined(
      `The answer names several transaction IDs: ${shown}. Keep them for support.`,
      hint ?? undefined,
    ),
    sent,
    retryable,
  });
}

/** The failure of a repetition whose predecessor, thought never to have left, used the reference ID up. */
export function firstTryArrived(doubt: string): Failure {
  return new Failure(
    'unknown',
    'The second try was refused as a duplicate: the first one arrived after all.',
    {
      hint: doubt,
      sent: 'yes',
    },
  );
}

function refusal(kind: Refusal['kind'], { status }: HttpAnswer, { responseKey, message }: Envelope): string {
  const who = {
    access: 'refused the account',
    rejected: 'refused the request',
    upstream: 'failed',
    unknown: 'gave no usable answer',
  };
  return `Decentro ${who[kind]}: ${visible(responseKey ?? message ?? 'no reason given')} (HTTP ${status}).`;
}

/** What is not Decentro's envelope: status, content type, beginning and, for a redirect, the host it leads to. */
function unreadable(
  { status, headers, body }: HttpAnswer,
  { url }: HttpRequest,
  mayBeQuoted: boolean,
): string {
  // 304 leads nowhere: it stands for a copy that nobody has.
  if (status >= 300 && status < 400 && status !== 304) {
    return `The answer is a redirect (HTTP ${status}) to ${targetHost(headers.location, url)}, which was not followed.`;
  }
  const lead = LEADS[status] ?? 'Unexpected response';
  if (body.length === 0)
    return LEADS[status] === undefined
      ? `The answer is empty (HTTP ${status}).`
      : `${lead} (HTTP ${status}, empty response).`;
  const type = visible(headers['content-type'] ?? 'no content type');
  if (!mayBeQuoted) return `${lead} (HTTP ${status}, ${type}).`;
  const title = type.includes('html') ? titleOf(body) : undefined;
  if (title !== undefined) return `${lead} (HTTP ${status}, ${type}), a page titled "${title}".`;
  const excerpt = visible(body.subarray(0, 4 * MAX_EXCERPT_LENGTH).toString('utf8')).slice(
    0,
    MAX_EXCERPT_LENGTH,
  );
  return `${lead} (HTTP ${status}, ${type}). It starts with: ${excerpt}`;
}

/** What a page is called, on one line. */
function titleOf(body: Buffer): string | undefined {
  const [, text = ''] = /<title>([^<]{1,400})<\/title>/i.exec(body.subarray(0, 4096).toString('utf8')) ?? [];
  const title = visible(text.replaceAll(/\s+/g, ' ').trim()).slice(0, MAX_EXCERPT_LENGTH);
  return title === '' ? undefined : title;
}

function targetHost(location: string | undefined, base: URL): string {
  const target = location === undefined ? undefined : parseUrl(location, base);
  if (target === undefined) return 'an unreadable address';
  // What a URL calls its host is printable ASCII, whatever the header held.
  return target.host === '' ? `a ${target.protocol} address` : target.host;
}

function likelyCause({ status, headers }: HttpAnswer): string | undefined {
  const isHtml = headers['content-type']?.includes('html') === true;
  if (status === 403) {
    return isHtml
      ? 'A firewall in front of the API answered, most likely because the IP address of this machine is not on the allow list.'
      : 'Check that the credentials belong to this environment.';
  }
  if (status === 401) return 'Check that the credentials belong to this environment.';
  if (status === 404) return 'Check the base URL.';
  // What may have happened in spite of a 500, the endpoint says, and with which ID to go on.
  if (!isHtml && status === 500) return 'Try again later.';
  if (!isHtml && status === 503) return 'Try again later with a fresh reference ID.';
  if (!isHtml && status < 300)
    return 'Check the base URL: an API of Decentro answers in JSON of its own form.';
  return isHtml ? 'A gateway in front of the API answered, not the API.' : undefined;
}

function urnOf(answer: HttpAnswer | undefined): string | undefined {
  const urn = answer && findUrn(answer);
  return urn ? `Quote X-DECENTRO-URN ${visible(urn)} to support.` : undefined;
}

function joined(...sentences: readonly (string | undefined)[]): string | undefined {
  const said = sentences.filter((sentence) => sentence !== undefined);
  return said.length === 0 ? undefined : said.join(' ');
}
