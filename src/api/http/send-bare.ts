import type { IncomingMessage } from 'node:http';
import { codeOf } from './connection-failures.js';
import { ACCEPTED_ENCODINGS } from './reception.js';
import type { Send } from './send.js';

/** Sends with what Node has on board alone. */
export const sendBare: Send = async ({ body }, open, signal) => {
  const outgoing = open({
    'accept-encoding': ACCEPTED_ENCODINGS,
    ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
  });
  let failure: string | undefined;
  let finish: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    finish = resolve;
    outgoing.once('close', resolve);
  });
  const fail = (code: string) => {
    failure ??= code;
    outgoing.destroy();
  };
  const onError = (error: Error) => {
    fail(codeOf(error));
  };
  const onAbort = () => {
    fail('ABORT_ERR');
    // One that waits for a connection hears of its end only with the next that is free.
    if (outgoing.socket === null) finish();
  };
  // It may fail once more after its end.
  outgoing.on('error', onError);
  outgoing.once('response', (response: IncomingMessage) => {
    response.on('error', onError).resume();
  });
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  else outgoing.end(body);
  await closed;
  signal.removeEventListener('abort', onAbort);
  return failure;
};
