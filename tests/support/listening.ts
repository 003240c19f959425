import { once } from 'node:events';
import net from 'node:net';
import { createListener, type Listener } from '../../src/redirect/listener.js';
import { cleanUp } from './cleanup.js';

export const STATE = '59F864A69B6E4DE0BCD4DD927A5D6160';
export const SECRET_PATH = '/callback/k3TZl6q1R8mB0s_x-VfYpA';
export const QUERY = `code=4f1c&state=${STATE}`;
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const EXPECTED = { decentroTxnId: STATE, isSecretPath: true };

export async function listen(
  options: { path?: string; hosts?: string[] } = { path: SECRET_PATH },
): Promise<Listener> {
  const listener = await createListener({ port: 0, now: () => NOW, ...options });
  cleanUp(() => listener.close());
  return listener;
}

export const portOf = ({ origin }: Listener) => Number(new URL(origin).port);

export async function connect(listener: Listener): Promise<net.Socket> {
  const socket = net.connect(portOf(listener), '127.0.0.1');
  cleanUp(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Sends raw bytes and returns all that is answered until the connection ends. */
export async function exchange(listener: Listener, bytes: string): Promise<string> {
  const socket = await connect(listener);
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

export function request(listener: Listener, target: string, ...headers: string[]): string {
  const hasHost = headers.some((header) => /^host:/i.test(header));
  const lines = hasHost ? headers : [`Host: 127.0.0.1:${portOf(listener)}`, ...headers];
  return [`GET ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

export const genuine = (listener: Listener) =>
  exchange(listener, request(listener, `${SECRET_PATH}?${QUERY}`));
