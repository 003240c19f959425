import { html } from 'hono/html';
import { PERSONA, listedFiles } from '../../person.js';
import type { Session } from '../../sessions.js';
import { parseRedirectUrl } from '../decision.js';
import { page, type Page } from './page.js';

/** Where the end user decides. */
export function consentPage(session: Session, path: string): Page {
  const { purpose, redirectUrl, transactionId, documents } = session;
  return page({
    title: 'Demo App wants to see your documents',
    step: 'Step 2 of 2: Consent',
    transactionId,
    content: html`<p>
        Signed in as <strong>${PERSONA.name}</strong>, who does not exist: mobile
        <span class="number">${PERSONA.mobile}</span>, Aadhaar <span class="number">${PERSONA.aadhaar}</span>.
      </p>
      <h2>Purpose</h2>
      <blockquote class="purpose" dir="auto">${purpose || 'The app gave no purpose.'}</blockquote>
      <form method="post" action="${path}">
        <h2 id="documents">Documents</h2>
        <ul class="documents" aria-labelledby="documents">
          ${listedFiles(documents).map(
            ({ doctype, label, number }) =>
              html`<li>
                <label><input type="checkbox" name="document" value="${doctype}" checked /> ${label}</label>
                <span class="number">${number}</span>
              </li>`,
          )}
        </ul>
        <input type="hidden" name="document" value="" />
        <dl class="facts">
          <dt>Access ends</dt>
          <dd>1 hour after you allow it</dd>
          <dt>Returns to</dt>
          <dd>${parseRedirectUrl(redirectUrl)?.host ?? 'Nowhere: the app gave no address to return to'}</dd>
        </dl>
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
