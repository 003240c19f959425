import { maskId, MASKED_SECRET, type Credentials } from '../safety/redact.js';
import { version } from '../version.js';
import type { ParameterFault } from './checks.js';
import { isObject, type Envelope } from './envelope.js';
import type { HttpRequest } from './http/exchange.js';

export type Personal = readonly string[] | 'all';

/** One call of Decentro's API: how its parameters become a request, and its answer a result. */
export interface Endpoint<Params, Result> {
  readonly method: HttpRequest['method'];
  /** Below the base URL. */
  readonly path: string | ((params: Params) => string);
  /** The JSON body, as a value or as its text; absent for a call that has none. */
  readonly build?: (params: Params, referenceId: string) => Readonly<Record<string, unknown>> | string;
  /** Reads an answer that need not be Decentro's envelope; `undefined` is none that can be read. */
  readonly readAnswer?: (body: Buffer) => Envelope | undefined;
  /** What a success says of itself: `SUCCESS` when absent. */
  readonly isSuccess?: (answer: Envelope) => boolean;
  /** What Decentro would refuse. A parameter that is absent has no fault. */
  readonly faultsOf: (params: Params, referenceId: string) => readonly ParameterFault[];
  /** Returns what the answer lacks, in words, where a success does not hold what was promised. */
  readonly parse: (
    envelope: Envelope,
    baseUrl: URL,
  ) => { readonly result: Result } | { readonly lack: string };
  /** What to say, and to do, where the call may have taken effect and brought nothing. */
  readonly doubt: string;
  /** What to do about refusals that only their message tells apart; the first that matches counts. */
  readonly remedies?: readonly (readonly [message: RegExp, remedy: string])[];
  /**
   * What to do about `error_provider_error`, where it may be a refusal: an unknown session, a missing consent or a used
   * code has no documented key of its own.
   */
  readonly providerRemedy?: string;
  /**
   * The members of request and answer, as dot paths, that hold personal data. They are shown in the result alone: not
   * by `--verbose`, in no error and in no journal. `all` is whatever a body holds.
   */
  readonly personal?: Personal | undefined;
  /** How large an answer may be: 1 MiB when absent. */
  readonly maxAnswerBytes?: number;
}

/** Builds the HTTP request of a call. A credential that is absent sends no header. */
export function buildRequest<Params>(
  { method, path, build }: Pick<Endpoint<Params, unknown>, 'method' | 'path' | 'build'>,
  params: Params,
  referenceId: string,
  baseUrl: URL,
  { clientId, clientSecret, moduleSecret }: Credentials,
): HttpRequest {
  const below = typeof path === 'string' ? path : path(params);
  const url = new URL(`${baseUrl.origin}${baseUrl.pathname.replace(/\/$/, '')}${below}`);
  const built = build?.(params, referenceId);
  const body = built === undefined || typeof built === 'string' ? built : JSON.stringify(built);
  return {
    method,
    url,
    headers: {
      ...(clientId !== undefined && { client_id: clientId }),
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
      ...(moduleSecret !== undefined && { module_secret: moduleSecret }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      Accept: 'application/json',
      'User-Agent': `digilocker-cli/${version}`,
    },
    body,
  };
}

/** The request as it may be shown. */
export function maskedRequest(
  request: HttpRequest,
  redact: (text: string) => string,
  personal: Personal = [],
): HttpRequest {
  const { client_id: clientId, client_secret: secret, module_secret: moduleSecret } = request.headers;
  return {
    ...request,
    headers: {
      ...request.headers,
      ...(clientId !== undefined && { client_id: maskId(clientId) }),
      ...(secret !== undefined && { client_secret: MASKED_SECRET }),
      ...(moduleSecret !== undefined && { module_secret: MASKED_SECRET }),
    },
    body: request.body && redact(maskedJson(request.body, personal)),
  };
}

// They say nothing of a person, and messages speak of them.
const COMMON_MEMBERS = ['reference_id', 'consent_purpose', 'purpose', 'initial_decentro_transaction_id'];

/** The texts and numbers that a request sends at the dot paths of personal data: an answer may echo them. */
export function personalValues({ body }: Pick<HttpRequest, 'body'>, personal: Personal = []): string[] {
  if (body === undefined || personal.length === 0) return [];
  const value: unknown = JSON.parse(body);
  if (personal !== 'all')
    return personal.flatMap((path) => leavesOf(valueAt(value, path.split('.'))).flatMap(withParts));
  if (!isObject(value)) return leavesOf(value);
  return Object.entries(value).flatMap(([name, inner]) =>
    COMMON_MEMBERS.includes(name) ? [] : leavesOf(inner),
  );
}

/** A name is repeated by one of its words too, and a URN by the number at its end. */
function withParts(text: string): string[] {
  const words = text.split(/\s+/).filter(({ length }) => length > 2);
  const numbers = text.split(/[\s-]+/).filter((part) => part.length > 3 && /\d/.test(part));
  return [text, ...words, ...numbers];
}

function valueAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  return isObject(value) && Object.hasOwn(value, key) ? valueAt(value[key], rest) : undefined;
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}

/** A JSON text without what stands at some dot paths; where those could not be found, without all of it. */
export function maskedJson(text: string, personal: Personal): string {
  if (personal === 'all') return `(${text.length} characters)`;
  if (personal.length === 0) return text;
  try {
    return maskedValue(JSON.parse(text), personal);
  } catch {
    return `(${text.length} characters that may hold personal data)`;
  }
}

/** A value as JSON, without what stands at some dot paths. */
export function maskedValue(value: unknown, personal: readonly string[]): string {
  return JSON.stringify(personal.reduce((rest, path) => masked(rest, path.split('.')), value));
}

function masked(value: unknown, [key = '', ...rest]: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  const inner = (value as Readonly<Record<string, unknown>>)[key];
  const shown = rest.length > 0 ? masked(inner, rest) : inner == null ? inner : MASKED_SECRET;
  return { ...value, [key]: shown };
}
