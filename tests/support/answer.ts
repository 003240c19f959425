import { STATUS_CODES } from 'node:http';

/** What the recorder answers. Of `then` alone: nothing. Empty: the session is created. */
export interface Answer {
  readonly status?: number;
  /** Sent as they are; `Content-Type` and `Content-Length` are added unless they are here. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An object is sent as JSON. */
  readonly body?: string | Buffer | object;
  /** The exact bytes of the whole answer, in place of the above. */
  readonly raw?: string | Buffer;
  /** What follows the answer; when absent, the connection waits for the next request. */
  readonly then?: 'close' | 'reset' | 'hang';
}

/** The answer of a session that was created, as the API gives it. */
export const SESSION_CREATED = {
  decentroTxnId: '59F864A69B6E4DE0BCD4DD927A5D6160',
  status: 'SUCCESS',
  responseCode: 'S00000',
  message: 'Session created successfully.',
  data: { authorizationUrl: 'https://digilocker.example/consent/59F864A69B6E4DE0' },
  responseKey: 'success_initiate_session',
} as const;

/** The bytes of an answer. */
export function encodeAnswer(answer: Answer): Buffer {
  const { status, headers = {}, raw, then } = answer;
  if (raw !== undefined) return Buffer.from(raw);
  const isSilent = then !== undefined && !['status', 'headers', 'body'].some((key) => key in answer);
  if (isSilent) return Buffer.alloc(0);
  const isPlain = status === undefined && answer.body === undefined;
  const body = answer.body ?? (isPlain ? SESSION_CREATED : '');
  const isText = typeof body === 'string' || Buffer.isBuffer(body);
  const content = isText ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  const defaults: [string, string][] = [['Content-Length', String(content.length)]];
  if (!isText) defaults.unshift(['Content-Type', 'application/json']);
  const given = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value] as const),
  );
  const isGiven = (name: string): boolean =>
    given.some(([other]) => other.toLowerCase() === name.toLowerCase());
  const lines = [...given, ...defaults.filter(([name]) => !isGiven(name))].map((pair) => pair.join(': '));
  const code = status ?? 200;
  const head = [`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`, ...lines, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), content]);
}
