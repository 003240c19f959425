import type { ClientRequest } from 'node:http';
import { isIP, type Socket } from 'node:net';

/** How long each phase of a request may take, in milliseconds; `request` is for all of it. */
export type PhaseLimits = Readonly<
  Record<'lookup' | 'connect' | 'secureConnect' | 'send' | 'request', number>
>;

export type Phase = keyof PhaseLimits;

/** Calls `onOvertime` with a phase whose time is up. Returns what ends the measuring. */
export function limitPhases(
  outgoing: ClientRequest,
  { protocol, hostname }: URL,
  limits: PhaseLimits,
  onOvertime: (phase: Phase) => void,
): () => void {
  let endPhase: () => void = () => undefined;
  const start = (phase: Phase) => {
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
  const enter = (phase: Phase) => {
    endPhase();
    endPhase = start(phase);
  };
  const endWhole = start('request');
  outgoing.once('socket', (socket: Socket) => {
    const isSecure = protocol === 'https:';
    if (!isUnderWay(socket)) {
      enter('send');
      return;
    }
    if (!socket.connecting) enter('secureConnect');
    else enter(isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? 'lookup' : 'connect');
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

// Inside a tunnel, the connection stands before the handshake begins.
function isUnderWay(socket: Socket): boolean {
  return socket.connecting || ('secureConnecting' in socket && socket.secureConnecting === true);
}
