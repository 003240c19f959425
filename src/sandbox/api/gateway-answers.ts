interface GatewayAnswer {
  readonly httpStatus: 401 | 403 | 429 | 500 | 502 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** A firewall or gateway in front answered: the API gave the request no transaction ID. */
  readonly isFromFront: boolean;
}

const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };
const HTML = { 'Content-Type': 'text/html; charset=utf-8' };

/**
 * Answers without a response key, as they come from what stands in front of an API: a firewall, a
 * gateway, a rate limiter. Their form is assumed; integrators report the 403 in HTML for a blocked IP.
 */
export const GATEWAY_ANSWERS = {
  'http-401': { httpStatus: 401, headers: TEXT, body: 'Unauthorized', isFromFront: false },
  'http-403-html': { httpStatus: 403, headers: HTML, body: htmlBody('403 Forbidden'), isFromFront: true },
  'http-429': {
    httpStatus: 429,
    headers: { ...TEXT, 'Retry-After': '1' },
    body: 'Too Many Requests',
    isFromFront: false,
  },
  'http-500': { httpStatus: 500, headers: TEXT, body: 'Internal Server Error', isFromFront: false },
  'http-502-html': { httpStatus: 502, headers: HTML, body: htmlBody('502 Bad Gateway'), isFromFront: true },
  'http-503': { httpStatus: 503, headers: TEXT, body: 'Service Unavailable', isFromFront: false },
} as const satisfies Record<string, GatewayAnswer>;

export type GatewayScenario = keyof typeof GATEWAY_ANSWERS;

export function isGatewayScenario(name: string): name is GatewayScenario {
  return Object.hasOwn(GATEWAY_ANSWERS, name);
}

function htmlBody(title: string): string {
  return `<html>\n<head><title>${title}</title></head>\n<body><center><h1>${title}</h1></center></body>\n</html>\n`;
}
