import type { ClientRequest, IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { codeOf, type Cause } from './connection-failures.js';
import { ACCEPTED_ENCODINGS } from './reception.js';
import type { PhaseLimits, Send } from './send.js';

/** Sends with what Node has on board alone. */
export const sendBare: Send = async ({ url, body }, open, limits, signal) => {
  const outgoing = open({
    'accept-encoding': ACCEPTED_ENCODINGS,
    ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
  });
  let cause: Cause | undefined;
  let finish: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    finish = resolve;
    outgoing.once('close', resolve);
  });
  const fail = (found: Cause) => {
    cause ??= found;
    outgoing.destroy();
    // One that waits for a connection hears of its end only with the next that is free.
    if (outgoing.socket === null) finish();
  };
  const onError = (error: Error) => {
    fail({ code: codeOf(error) });
  };
  const onAbort = () => {
    fail({ code: 'ABORT_ERR' });
  };
  // It may fail once more after its end.
  outgoing.on('error', onError);
  outgoing.once('response', (response: IncomingMessage) => {
    response.on('error', onError).resume();
  });
  const stopTiming = limitPhases(outgoing, url, limits, (phase) => {
    fail({ overtime: phase });
  });
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  else outgoing.end(body);
  await closed;
  signal.removeEventListener('abort', onAbort);
  stopTiming();
  return cause;
};

/** Calls `onOvertime` with a phase whose time is up. Returns what ends the measuring. */
function limitPhases(
  outgoing: ClientRequest,
  { protocol, hostname }: URL,
  limits: PhaseLimits,
  onOvertime: (phase: keyof PhaseLimits) => void,
): () => void {
  let endPhase: () => void = () => undefined;
  const start = (phase: keyof PhaseLimits) => {
    let verdict: NodeJS.Immediate | undefined;
    // After a stop of the process timers come first: what arrived meanwhile is read before the verdict.
    const timer = setTimeout(() => {
      verdict = setImmediate(onOvertime, phase);
    }, limits[phase]);
    return () => {
      clearTimeout(timer);
      clearImmediate(verdict);
    };
  };
  const enter = (phase: keyof PhaseLimits) => {
    endPhase();
    endPhase = start(phase);
  };
  const endWhole = start('request');
  outgoing.once('socket', (socket: Socket) => {
    const isSecure = protocol === 'https:';
    if (!socket.connecting) {
      enter('send');
      return;
    }
    enter(isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? 'lookup' : 'connect');
    socket
      .once('lookup', () => {
        enter('connect');
      })
      .once('connect', () => {
        enter(isSecure ? 'secureConnect' : 'send');
      })
      .once('secureConnect', () => {
        enter('send');
      });
  });
  outgoing.once('finish', () => {
    endPhase();
  });
  return () => {
    endPhase();
    endWhole();
  };
}
