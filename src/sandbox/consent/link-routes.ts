import { Hono, type Context } from 'hono';
import { createConsentRoutes, pathOf } from './consent-routes.js';
import type { Sessions } from '../sessions.js';
import { homePage, unknownLinkPage, usedLinkPage } from './pages/notices.js';
import { returnPage } from './pages/return.js';
import { createRemembered } from './remembered.js';
import type { RequestLog } from '../request-log.js';
import { RETURN_PATH } from '../return-path.js';

/** What a browser sees of the sandbox: the pages behind the links, and one that says what this is. */
export function createLinkRoutes(url: string, sessions: Sessions, log: RequestLog): Hono {
  const routes = new Hono();
  const remembered = createRemembered();

  routes.use(async (c, next) => {
    await next();
    // A token that has not been used is worth a session, so it stays out of the log.
    const path = c.req.path.replace(/^(\/(?:digilocker|consent)\/).*/s, '$1...');
    log.write(c.req.method, path, c.res.status);
  });

  routes.get('/', (c) => c.html(homePage(url)));

  routes.get('/digilocker/:token', (c) => {
    const session = sessions.findLink(c.req.param('token'));
    if (session === undefined) return c.html(unknownLinkPage(), 404);
    if (session.stage !== 'unused') return c.html(usedLinkPage(session), 410);
    // A browser would show what it prefetched instead of asking again, so there is nothing to prefetch.
    if (isPrefetch(c)) return c.text('Nothing to prefetch.', 503);
    // Hono answers HEAD with the GET route, and looking is not clicking.
    if (c.req.method !== 'GET') return c.body(null, 200);
    session.stage = remembered.isSignedIn(c, session) ? 'consent' : 'sign-in';
    return c.redirect(pathOf(session), 303);
  });

  routes.all('/digilocker/:token', (c) => {
    c.header('Allow', 'GET, HEAD');
    return c.text('A link is opened with GET.', 405);
  });

  routes.get(RETURN_PATH, (c) => {
    if (c.req.method === 'GET') sessions.seeReturn();
    return c.html(returnPage(new URL(c.req.url)));
  });

  routes.route('/consent', createConsentRoutes(url, sessions, remembered));

  routes.all('*', (c) => c.text('Nothing here.', 404));

  return routes;
}

function isPrefetch(c: Context): boolean {
  return ['Sec-Purpose', 'Purpose', 'X-Moz'].some((name) => /^prefetch\b/i.test(c.req.header(name) ?? ''));
}
