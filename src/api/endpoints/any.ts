import { MAX_DOCUMENT_ANSWER_BYTES } from '../document.js';
import type { Endpoint } from '../endpoint.js';
import { isObject, parseAnyAnswer } from '../envelope.js';
import { providerRemedy } from '../suite.js';
import { parseUrl } from '../../safety/url.js';
import type { HttpRequest } from '../http/exchange.js';

export const METHODS = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
] as const satisfies readonly HttpRequest['method'][];

/** A call that has no endpoint of its own here. */
export interface AnyCall {
  readonly method: HttpRequest['method'];
  /** With its query; one that {@link apiPathFault} finds nothing wrong with. */
  readonly path: string;
  /** JSON. */
  readonly body: string | undefined;
}

/** Says what keeps a path from being one below a base URL, as the end of a sentence, or `undefined`. */
export function apiPathFault(path: string, baseUrl: URL): string | undefined {
  if (!path.startsWith('/')) return 'does not begin with /';
  if (!/^[\x21-\x7e]+$/.test(path)) return 'holds a blank, or a character that is not ASCII';
  if (/[\\#]/.test(path)) return 'holds \\ or #';
  const [below = ''] = path.split('?');
  const segments = below.slice(1).split('/');
  if (segments.includes('')) return 'has an empty segment';
  if (segments.some((one) => /^\.{1,2}$/.test(one.replaceAll(/%2e/gi, '.')))) return 'has a . or .. segment';
  // What the URL standard makes of it must be what was written.
  const text = `${baseUrl.origin}${baseUrl.pathname.replace(/\/$/, '')}${path}`;
  const url = parseUrl(text);
  return url?.origin === baseUrl.origin && url.pathname.endsWith(below) ? undefined : 'leads elsewhere';
}

/** The endpoint of a call that is not known here: nothing of its bodies is shown but the result. */
export function anyEndpoint({ method, path, body }: AnyCall): Endpoint<object, unknown> {
  return {
    method,
    path,
    ...(body !== undefined && { build: () => body }),
    faultsOf: () => [],
    readAnswer: parseAnyAnswer,
    isSuccess: ({ raw }) => !isObject(raw) || !Object.hasOwn(raw, 'status') || raw['status'] === 'SUCCESS',
    parse: ({ raw, data }) => ({ result: isObject(raw) && Object.hasOwn(raw, 'data') ? data : raw }),
    doubt: 'The call may have taken effect: look before you repeat it.',
    providerRemedy: providerRemedy('and what else the request names'),
    personal: 'all',
    maxAnswerBytes: MAX_DOCUMENT_ANSWER_BYTES,
  };
}
