import { html } from 'hono/html';
import { parseRedirectUrl } from '../decision.js';
import type { Session } from '../../sessions.js';
import { PERSONA } from '../../person.js';
import { page, type Page } from './page.js';

const HOUR_MS = 3_600_000;

/** Where the end user decides. */
export function consentPage(session: Session, path: string): Page {
  const { purpose, redirectUrl, transactionId } = session;
  // Decentro's reference page: "Once the DigiLocker code is generated …, it is valid for 1 hour."
  const end = new Date(Date.now() + HOUR_MS);
  const endTime = end.toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  return page({
    title: 'May this client see your documents?',
    step: 'Step 2 of 2: Consent',
    transactionId,
    content: html`<p>
        Signed in as <strong>${PERSONA.name}</strong>, who does not exist: mobile
        <span class="number">${PERSONA.mobile}</span>, Aadhaar <span class="number">${PERSONA.aadhaar}</span>.
      </p>
      <h2>What the client wants them for</h2>
      <blockquote class="purpose" dir="auto">${purpose || 'The client gave no purpose.'}</blockquote>
      <h2>What it will be able to see</h2>
      <ul class="documents">
        ${PERSONA.documents.map(
          ({ name, number }) => html`<li>${name} <span class="number">${number}</span></li>`,
        )}
      </ul>
      <dl class="facts">
        <dt>Until when</dt>
        <dd>One hour after you allow it (about <time datetime="${end.toISOString()}">${endTime}</time>)</dd>
        <dt>Where you go next</dt>
        <dd>${parseRedirectUrl(redirectUrl)?.host ?? 'Nowhere: the client gave no address to return to'}</dd>
      </dl>
      <form method="post" action="${path}">
        <p class="actions">
          <button class="main" name="decision" value="allow">Allow</button>
          <button name="decision" value="deny">Deny</button>
        </p>
      </form>
      <section class="testing" aria-labelledby="testing">
        <h2 id="testing">For testing</h2>
        <p class="quiet">End the session without an answer, as if the end user had walked away.</p>
        <form method="post" action="${path}">
          <button name="decision" value="expire">Expire this link</button>
        </form>
      </section>`,
  });
}
