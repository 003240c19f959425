import { html } from 'hono/html';
import type { Session } from '../../sessions.js';
import { SAMPLE_OTP, wayIn, type SignInProblems } from '../sign-in.js';
import { page, type Page } from './page.js';

/** Where the end user says who they are. What they typed is not shown again: it may have been real. */
export function signInPage(session: Session, path: string, problems: SignInProblems | null): Page {
  const { name, sample } = wayIn(session);
  const isAadhaar = session.startsWithSignUp;
  return page({
    title: isAadhaar ? 'Sign up or sign in with Aadhaar' : 'Sign in with your mobile number',
    step: 'Step 1 of 2: Sign in',
    transactionId: session.transactionId,
    content: html`<p>
        The real DigiLocker would ask for your own ${name} and send a one-time code to your phone. The sandbox
        asks for nothing of yours: the form is filled in, so just go on.
      </p>
      <form method="post" action="${path}" novalidate>
        ${field({
          id: 'number',
          label: isAadhaar ? 'Aadhaar number' : 'Mobile number',
          hint: 'Made up. A number that could be real is refused.',
          value: sample,
          problem: problems?.number ?? null,
        })}
        ${field({
          id: 'otp',
          label: 'One-time code (OTP)',
          hint: 'Made up too. No message was sent.',
          value: SAMPLE_OTP,
          problem: problems?.otp ?? null,
        })}
        <p class="actions"><button class="main">Sign in</button></p>
      </form>`,
  });
}

interface Field {
  readonly id: 'number' | 'otp';
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly problem: string | null;
}

function field({ id, label, hint, value, problem }: Field): Page {
  const problemId = `${id}-problem`;
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <p class="hint" id="${id}-hint">${hint}</p>
    ${problem === null ? '' : html`<p class="problem" id="${problemId}">${problem}</p>`}
    <input
      id="${id}"
      name="${id}"
      value="${value}"
      inputmode="numeric"
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
