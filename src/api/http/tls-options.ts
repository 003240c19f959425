import {
  checkServerIdentity,
  createSecureContext,
  type ConnectionOptions,
  type SecureContext,
} from 'node:tls';
import type { Connection } from './connection.js';

// To read the certificates that Node trusts takes some 90 ms: once for all connections of a run.
const contexts = new WeakMap<readonly string[], SecureContext>();

/** What TLS needs to trust these certificates alone. */
export function secureContextFor(certificates: readonly string[]): SecureContext {
  const context = contexts.get(certificates) ?? createSecureContext({ ca: [...certificates] });
  contexts.set(certificates, context);
  return context;
}

/**
 * Whom a server has to prove to be. The name is that of the URL, an address included: inside a tunnel Node would take
 * the proxy's for it.
 */
export function tlsOptions(
  { hostname }: URL,
  { certificates }: Connection,
): Pick<ConnectionOptions, 'secureContext' | 'checkServerIdentity' | 'rejectUnauthorized'> {
  return {
    // Else NODE_TLS_REJECT_UNAUTHORIZED=0 would decide.
    rejectUnauthorized: true,
    ...(certificates !== undefined && { secureContext: secureContextFor(certificates) }),
    checkServerIdentity: (_name, certificate) =>
      checkServerIdentity(hostname.replace(/^\[|\]$/g, ''), certificate),
  };
}
