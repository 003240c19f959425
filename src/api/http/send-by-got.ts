// got's errors carry the request's headers, and so the secrets: none of them leaves this file, neither as it is nor as a
// cause.
import got from 'got';
import type { OutgoingHttpHeaders } from 'node:http';
import { codeOf, NO_CODE } from './connection-failures.js';
import { ACCEPTED_ENCODINGS } from './reception.js';
import type { Send } from './send.js';

/** Sends one request: no redirect followed, no retry. */
export const sendByGot: Send = async ({ url, method, body }, open, signal) => {
  const stream = got.stream(url, {
    method,
    ...(body !== undefined && { body }),
    request: (_url, { headers }) => open(headers as OutgoingHttpHeaders),
    headers: withoutInherited({ 'user-agent': undefined, 'accept-encoding': ACCEPTED_ENCODINGS }),
    timeout: withoutInherited({}),
    followRedirect: false,
    decompress: false,
    throwHttpErrors: false,
    retry: withoutInherited({ limit: 0, methods: [], statusCodes: [], errorCodes: [] }),
    signal,
  });
  // Else a request other than GET would wait for its body.
  if (body === undefined && method !== 'GET') stream.end();
  const code = await new Promise<string | undefined>((resolve) => {
    stream.once('end', () => {
      resolve(undefined);
    });
    // It may fail once more after its end.
    stream.on('error', (error) => {
      resolve(ownCodeOf(error));
    });
    stream.once('close', () => {
      resolve(NO_CODE);
    });
    stream.resume();
  });
  // What has ended on both sides ends its connection by itself.
  if (code !== undefined || !stream.writableFinished) stream.destroy();
  return code;
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
