/** A request as it came over the wire. */
export interface RecordedRequest {
  /** The exact bytes, head and body. */
  readonly raw: Buffer;
  readonly requestLine: string;
  readonly method: string;
  readonly path: string;
  /** In the order and the case in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** The only header of this name, in whatever case; throws when there are several. */
  header(name: string): string | undefined;
  json(): unknown;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** The first request of the bytes, or `undefined` as long as it is not complete. Throws when its body is chunked. */
export function readRequest(bytes: Buffer): RecordedRequest | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const [requestLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  const header = (name: string): string | undefined => {
    const values = headers.filter(([other]) => other.toLowerCase() === name.toLowerCase());
    if (values.length > 1) throw new Error(`${values.length} headers ${name}`);
    return values[0]?.[1];
  };
  const length = Number(header('content-length') ?? 0);
  if (!Number.isSafeInteger(length) || header('transfer-encoding') !== undefined) {
    throw new Error(`Only bodies of a stated length are recorded: ${requestLine}`);
  }
  const bodyStart = headEnd + HEAD_END.length;
  const bodyEnd = bodyStart + length;
  if (bytes.length < bodyEnd) return undefined;
  const [method = '', path = ''] = requestLine.split(' ');
  const body = bytes.toString('utf8', bodyStart, bodyEnd);
  const raw = Buffer.from(bytes.subarray(0, bodyEnd));
  return { raw, requestLine, method, path, headers, body, header, json: () => JSON.parse(body) as unknown };
}
