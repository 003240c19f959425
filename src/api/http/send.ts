import type { ClientRequest, OutgoingHttpHeaders } from 'node:http';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Sends a request that `open` creates with these headers, and waits for the end of its answer, for as long as it takes.
 * Never rejects: returns the code of what it failed with, if it did.
 */
export type Send = (
  request: { readonly method: Method; readonly url: URL; readonly body?: string | undefined },
  open: (headers: OutgoingHttpHeaders) => ClientRequest,
  signal: AbortSignal,
) => Promise<string | undefined>;
