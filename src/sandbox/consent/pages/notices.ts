import { html } from 'hono/html';
import { parseRedirectUrl } from '../decision.js';
import type { Session } from '../../sessions.js';
import { page, type Page } from './page.js';

/** For a link that was opened before. */
export function usedLinkPage(session: Session): Page {
  if (session.stage === 'expired') return overPage(session);
  return page({
    title: 'This link was used before',
    content: html`<p>A link works once. Start a new session to get another one.</p>`,
  });
}

/** For a link, or a page behind one, that this sandbox did not make. */
export function unknownLinkPage(): Page {
  return page({
    title: 'This link is unknown',
    content: html`<p>
      No session of this sandbox has this link. Links end with the sandbox that made them.
    </p>`,
  });
}

/** For a session that the end user has ended. */
export function overPage({ stage, redirectUrl, transactionId }: Session): Page {
  const answer = ANSWERS[stage] ?? '';
  const way =
    parseRedirectUrl(redirectUrl) === null
      ? 'It gave no address to return to, so it does not know.'
      : 'It was told so.';
  return stage === 'expired'
    ? page({
        title: 'This link has expired',
        transactionId,
        content: html`<p>
          It was ended on its consent page, and the app was not told. Start a new session to get another link.
        </p>`,
      })
    : page({
        title: 'This session is over',
        transactionId,
        content: html`<p>${answer} ${way}</p>
          <p>A decision is final. Start a new session to decide again.</p>`,
      });
}

const ANSWERS: Partial<Record<Session['stage'], string>> = {
  allowed: 'You let the app see the documents.',
  denied: 'You did not let the app see the documents.',
  failed: 'You allowed it, and the sandbox played a failure of DigiLocker.',
};

/** For a form that was refused. It says nothing of the session, since a stranger's page may have sent it. */
export function refusedFormPage(): Page {
  return page({
    title: 'This form was not accepted',
    content: html`<p>
      The sandbox accepts forms from its own pages only. Nothing was changed: go back and try again there.
    </p>`,
  });
}

/** What a browser sees at the sandbox's own address. */
export function homePage(origin: string): Page {
  return page({
    title: "An imitation of Decentro's DigiLocker API",
    content: html`<p>
        It runs on this machine only, talks to nobody outside it, and forgets everything when it ends.
      </p>
      <h2>Start a session</h2>
      <pre
        class="command"
      ><code>digilocker init-session --env sandbox --base-url ${origin} --consent</code></pre>
      <p class="quiet">Your app sends <code>POST /v2/kyc/digilocker/initiate_session</code>.</p>`,
  });
}
