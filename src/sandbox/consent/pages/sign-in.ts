import { html } from 'hono/html';
import type { Session } from '../../sessions.js';
import { signInFields, type SignInField, type SignInProblems } from '../sign-in.js';
import { page, type Page } from './page.js';

/** Where the end user says who they are. What they typed is not shown again: it may have been real. */
export function signInPage(session: Session, path: string, problems: SignInProblems | null): Page {
  const isAadhaar = session.startsWithSignUp;
  return page({
    title: isAadhaar ? 'Sign up or sign in with Aadhaar' : 'Sign in with your mobile number',
    step: 'Step 1 of 2: Sign in',
    transactionId: session.transactionId,
    content: html`<p>
        The real DigiLocker would ask for your own ${isAadhaar ? 'Aadhaar number' : 'mobile number'} and send
        a one-time code to your phone. The sandbox asks for nothing of yours: the form is filled in, so just
        go on.
      </p>
      ${problems === null ? '' : html`<p class="notice" role="alert">Your entry was not kept. The form is filled in again.</p>`}
      <form method="post" action="${path}" novalidate>
        ${signInFields(session).map((field) => fieldset(field, problems?.[field.id] ?? null))}
        <p class="actions"><button class="main">Sign in</button></p>
      </form>`,
  });
}

function fieldset({ id, label, hint, sample, isNumeric }: SignInField, problem: string | null): Page {
  const problemId = `${id}-problem`;
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <p class="hint" id="${id}-hint">${hint}</p>
    ${problem === null ? '' : html`<p class="problem" id="${problemId}">${problem}</p>`}
    <input
      id="${id}"
      name="${id}"
      value="${sample}"
      inputmode="${isNumeric ? 'numeric' : 'text'}"
      autocomplete="off"
      maxlength="20"
      ${
        problem === null
          ? html`aria-describedby="${id}-hint"`
          : html`aria-invalid="true" aria-describedby="${id}-hint ${problemId}" autofocus`
      }
    />
  </div>`;
}
