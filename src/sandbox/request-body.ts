/** What became of a request body. */
export type Arrival = { readonly bytes: Uint8Array } | 'too-large' | 'cut-short';

/** Reads a request body of at most `maxBytes`. Never rejects. */
export async function readBody(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Arrival> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) return 'too-large';
      chunks.push(chunk);
    }
  } catch {
    return 'cut-short';
  }
  return { bytes: Buffer.concat(chunks) };
}

/** The value of a body, `undefined` when it is not JSON in UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
