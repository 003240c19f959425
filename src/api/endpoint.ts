import { maskId, MASKED_SECRET, type Credentials } from '../safety/redact.js';
import { version } from '../version.js';
import type { Envelope } from './envelope.js';
import type { HttpRequest } from './http/exchange.js';

/** One call of Decentro's API: how its parameters become a body, and its answer a result. */
export interface Endpoint<Params, Result> {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly build: (params: Params, referenceId: string) => Readonly<Record<string, unknown>>;
  /** Returns what the answer lacks, in words, where a success does not hold what was promised. */
  readonly parse: (
    envelope: Envelope,
    baseUrl: URL,
  ) => { readonly result: Result } | { readonly lack: string };
}

/** Builds the HTTP request of a call. A credential that is absent sends no header. */
export function buildRequest<Params>(
  { method, path, build }: Endpoint<Params, unknown>,
  params: Params,
  referenceId: string,
  baseUrl: URL,
  { clientId, clientSecret, moduleSecret }: Credentials,
): HttpRequest {
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
  return {
    method,
    url,
    headers: {
      ...(clientId !== undefined && { client_id: clientId }),
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
      ...(moduleSecret !== undefined && { module_secret: moduleSecret }),
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'User-Agent': `digilocker-cli/${version}`,
    },
    body: JSON.stringify(build(params, referenceId)),
  };
}

/** The request as it may be shown. */
export function maskedRequest(request: HttpRequest, redact: (text: string) => string): HttpRequest {
  const { client_id: clientId, client_secret: secret, module_secret: moduleSecret } = request.headers;
  return {
    ...request,
    headers: {
      ...request.headers,
      ...(clientId !== undefined && { client_id: maskId(clientId) }),
      ...(secret !== undefined && { client_secret: MASKED_SECRET }),
      ...(moduleSecret !== undefined && { module_secret: MASKED_SECRET }),
    },
    body: redact(request.body),
  };
}
