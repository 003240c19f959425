import { Hono, type Context } from 'hono';
import { decide, type Choice } from './decision.js';
import { readForm, type FormRefusal } from './form.js';
import { listedFiles } from '../person.js';
import { RETURN_PATH } from '../return-path.js';
import type { Session, Sessions } from '../sessions.js';
import { consentPage } from './pages/consent.js';
import { overPage, refusedFormPage, unknownLinkPage } from './pages/notices.js';
import { signInPage } from './pages/sign-in.js';
import { contentSecurityPolicy } from './security-headers.js';
import type { Remembered } from './remembered.js';
import { signInProblems, type SignInProblems } from './sign-in.js';

/**
 * What the end user goes through behind a link. It has one path: GET shows how far they are, the form of the
 * page that is shown takes them on.
 *
 * @param url the sandbox's own address
 */
export function createConsentRoutes(url: string, sessions: Sessions, remembered: Remembered): Hono {
  const routes = new Hono();

  routes.get('/:visit', (c) => {
    const session = sessions.findVisit(c.req.param('visit'));
    return session === undefined ? c.html(unknownLinkPage(), 404) : show(c, session);
  });

  routes.post('/:visit', async (c) => {
    const form = await readForm(c, url);
    if (typeof form === 'number') return refuseForm(c, form);
    // Looked up after the form has arrived: of two at the same time, one decides.
    const session = sessions.findVisit(c.req.param('visit'));
    if (session === undefined) return c.html(unknownLinkPage(), 404);
    if (session.stage === 'sign-in') return signIn(c, remembered, session, form);
    if (session.stage !== 'consent') return show(c, session);
    return takeDecision(c, { url, sessions }, session, form);
  });

  routes.all('/:visit', (c) => {
    c.header('Allow', 'GET, HEAD, POST');
    return c.text('A page is opened with GET, its form sent with POST.', 405);
  });

  return routes;
}

type Answer = Response | Promise<Response>;

/** The path of the page that shows how far the end user of a link is. */
export function pathOf({ visitToken }: Session): string {
  return `/consent/${visitToken}`;
}

function signIn(c: Context, remembered: Remembered, session: Session, form: URLSearchParams): Answer {
  const problems = signInProblems(session, form);
  if (problems !== null) return showSignIn(c, session, problems);
  session.stage = 'consent';
  remembered.signIn(c, session);
  return c.redirect(pathOf(session), 303);
}

function takeDecision(
  c: Context,
  { url, sessions }: { readonly url: string; readonly sessions: Sessions },
  session: Session,
  form: URLSearchParams,
): Answer {
  const [decision, ...others] = form.getAll('decision');
  // The sign-in, sent twice.
  if (decision === undefined) return c.redirect(pathOf(session), 303);
  if (others.length > 0 || !isDecision(decision)) return refuseForm(c, 400);
  if (decision !== 'expire') {
    const wayBack = decide(sessions, session, decision, sharedDoctypes(session, form));
    if (wayBack === null) return show(c, session);
    if (wayBack.origin === url && wayBack.pathname === RETURN_PATH) sessions.awaitReturn();
    return c.redirect(wayBack.href, 303);
  }
  sessions.end(session, 'expired');
  return c.redirect(pathOf(session), 303);
}

/** The listed documents whose box is ticked. A script that sends the decision alone shares all of them. */
function sharedDoctypes({ documents }: Session, form: URLSearchParams): readonly string[] | undefined {
  if (!form.has('document')) return undefined;
  const ticked = form.getAll('document');
  return listedFiles(documents)
    .map(({ doctype }) => doctype)
    .filter((doctype) => ticked.includes(doctype));
}

function isDecision(value: string): value is Choice | 'expire' {
  return ['allow', 'deny', 'expire'].includes(value);
}

function show(c: Context, session: Session): Answer {
  if (session.stage === 'sign-in') return showSignIn(c, session, null);
  if (session.stage !== 'consent') return c.html(overPage(session), 410);
  c.header('Content-Security-Policy', contentSecurityPolicy('client'));
  return c.html(consentPage(session, pathOf(session)));
}

function showSignIn(c: Context, session: Session, problems: SignInProblems | null): Answer {
  c.header('Content-Security-Policy', contentSecurityPolicy('own'));
  return c.html(signInPage(session, pathOf(session), problems), problems === null ? 200 : 422);
}

function refuseForm(c: Context, status: FormRefusal): Answer {
  return c.html(refusedFormPage(), status);
}
