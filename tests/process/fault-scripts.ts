// The words that the cells are made of: what a server does with a connection, and how a run then ends.
import { SESSION_CREATED } from '../support/answer.js';
import type { FaultConnection } from '../support/fault-server.js';
import type { End } from './fault-cells.js';

/** What the server does with a connection. `target` is where its redirects lead. */
export type Script = (connection: FaultConnection, target: string) => Promise<void> | void;

const { decentroTxnId } = SESSION_CREATED;
export const BODY = JSON.stringify(SESSION_CREATED);
export const BODY_START = BODY.slice(0, BODY.indexOf('"status"'));
export const START = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
export const HEAD = `${START}Content-Length: ${BODY.length}\r\n\r\n`;
export const CHUNKED = `${START}Transfer-Encoding: chunked\r\n\r\n${chunk(BODY_START)}`;
export const SSH = 'SSH-2.0-OpenSSH_9.6\r\n';
export const LONG = 'x'.repeat(10_000);
export const DRIP_MS = 25;

export function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

export function answer(status: string, header: string, body = ''): string {
  return `HTTP/1.1 ${status}\r\n${header}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

export const redirect = (target: string) => answer('307 Temporary Redirect', `Location: ${target}`);
export const refusal = answer(
  '400 Bad Request',
  'Content-Type: application/json',
  JSON.stringify({ decentroTxnId, status: 'FAILURE', responseKey: 'error_consent_false' }),
);

export const UNSENT: End = { code: 7, sent: 'no' };
export const LOST: End = { code: 8, sent: 'unknown' };
export const BROKEN: End = { code: 8, sent: 'yes', hasTxnId: true };
export const CREATED: End = { code: 0, sent: 'yes', hasTxnId: true };
export const REDIRECTED: End = { code: 6, sent: 'yes', says: /a redirect \(HTTP 307\) to 127\.0\.0\.1:\d+,/ };
export const LATE: Pick<End, 'says' | 'isLate'> = { says: /in time|too long/, isLate: true };
export const GONE = /reset|closed/;

/** One after the other. */
export function sequence(...scripts: readonly Script[]): Script {
  return async (connection, target) => {
    for (const script of scripts) await script(connection, target);
  };
}

export const hang: Script = () => undefined;
export const reset: Script = (connection) => {
  connection.reset();
};
export const close: Script = (connection) => {
  connection.close();
};
export const cut: Script = (connection) => {
  connection.cut();
};
export const write =
  (bytes: string): Script =>
  (connection) =>
    connection.write(bytes);
export const drip =
  (bytes: string, everyMs = DRIP_MS): Script =>
  (connection) =>
    connection.drip(bytes, everyMs);
