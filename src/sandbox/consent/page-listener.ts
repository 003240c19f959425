// Every page, as one listener for Node's HTTP server.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createLinkRoutes } from './link-routes.js';
import type { RequestLog } from '../request-log.js';
import type { Sessions } from '../sessions.js';

/** Creates the listener for the pages of a sandbox. */
export function createPageListener(
  url: string,
  sessions: Sessions,
  log: RequestLog,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<unknown> {
  // A library must not replace its user's global Request and Response, as this adapter does by default.
  const answer = getRequestListener(createLinkRoutes(url, sessions, log).fetch, {
    overrideGlobalObjects: false,
  });
  return (incoming, outgoing) => Promise.resolve(answer(incoming, outgoing));
}
