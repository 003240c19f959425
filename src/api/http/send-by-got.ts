// got's errors carry the request's headers, and so the secrets: none of them leaves this file, neither as it is nor as a
// cause.
import got from 'got';
import type { OutgoingHttpHeaders } from 'node:http';
import { finished } from 'node:stream/promises';
import { codeOf, NO_CODE } from './connection-failures.js';
import { ACCEPTED_ENCODINGS } from './reception.js';
import type { Send } from './send.js';

const client = got.extend({
  headers: { 'user-agent': undefined, 'accept-encoding': ACCEPTED_ENCODINGS },
  followRedirect: false,
  decompress: false,
  throwHttpErrors: false,
  retry: { limit: 0 },
});

/** Sends one request: no redirect followed, no retry. */
export const sendByGot: Send = async ({ url, method, body }, open, signal) => {
  const stream = client.stream(url, {
    method,
    ...(body !== undefined && { body }),
    request: (_url, { headers }) => open(headers as OutgoingHttpHeaders),
    headers: withoutInherited({}),
    timeout: withoutInherited({}),
    signal,
  });
  // Else a request other than GET would wait for its body.
  if (body === undefined && method !== 'GET') stream.end();
  try {
    await finished(stream.resume());
    return undefined;
  } catch (error) {
    return ownCodeOf(error);
  } finally {
    // Until it is destroyed, a later abort would give an error that nothing catches.
    stream.destroy();
  }
};

// got looks at inherited members as well, and would refuse what a program has added to Object.prototype.
function withoutInherited<Members extends object>(members: Members): Members {
  const inherited: string[] = [];
  for (const name in members) if (!Object.hasOwn(members, name)) inherited.push(name);
  return { ...members, ...Object.fromEntries(inherited.map((name) => [name, undefined])) };
}

// got names what has no code of its own.
function ownCodeOf(error: unknown): string {
  const code = codeOf(error);
  return code === 'ERR_GOT_REQUEST_ERROR' ? NO_CODE : code;
}
