import type { ClientRequest, OutgoingHttpHeaders } from 'node:http';
import type { Cause } from './connection-failures.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How long each phase of a request may take, in milliseconds; `request` is for all of it. */
export type PhaseLimits = Readonly<
  Record<'lookup' | 'connect' | 'secureConnect' | 'send' | 'request', number>
>;

/**
 * Sends a request that `open` creates with these headers, and waits for the end of its answer. Never rejects: returns
 * what it failed with, if it did.
 */
export type Send = (
  request: { readonly method: Method; readonly url: URL; readonly body?: string | undefined },
  open: (headers: OutgoingHttpHeaders) => ClientRequest,
  limits: PhaseLimits,
  signal: AbortSignal,
) => Promise<Cause | undefined>;
