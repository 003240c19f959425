// Every page and every call, as one listener for Node's HTTP server.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { createApi } from './api/api.js';
import { createLinkRoutes } from './consent/link-routes.js';

type ApiOptions = Parameters<typeof createApi>[0];

/** Creates the listener of a sandbox. */
export function createApp(
  options: ApiOptions,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<unknown> {
  const { url, sessions, log } = options;
  const app = new Hono();
  app.route('/', createApi(options));
  app.route('/', createLinkRoutes(url, sessions, log));
  // A library must not replace its user's global Request and Response, as this adapter does by default.
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (incoming, outgoing) => Promise.resolve(answer(incoming, outgoing));
}
