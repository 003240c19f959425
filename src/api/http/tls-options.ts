import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { Connection } from './connection.js';

/**
 * Whom a server has to prove to be. The name is that of the URL, an address included: inside a tunnel Node would take
 * the proxy's for it.
 */
export function tlsOptions(
  { hostname }: URL,
  { certificates }: Connection,
): Pick<ConnectionOptions, 'ca' | 'checkServerIdentity' | 'rejectUnauthorized'> {
  return {
    // Else NODE_TLS_REJECT_UNAUTHORIZED=0 would decide.
    rejectUnauthorized: true,
    ...(certificates !== undefined && { ca: [...certificates] }),
    checkServerIdentity: (_name, certificate) =>
      checkServerIdentity(hostname.replace(/^\[|\]$/g, ''), certificate),
  };
}
