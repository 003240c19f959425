import { html } from 'hono/html';
import { page, type Page } from './page.js';

/** The parameters of the redirect that say something, in both of its forms. */
const MEANINGS: Readonly<Record<string, string>> = {
  status: 'SUCCESS when the end user allowed',
  initiation_decentro_transaction_id: 'the session',
  code: 'the DigiLocker code, valid for 1 hour',
  state: 'the session',
  error: 'why there is no code',
  error_description: 'the same, in words',
};

// Between double quotes, these mean the same to every shell; anything else is not offered for copying.
const PLAIN_URL = /^[\w.:/?&=+-]+$/;

/** Where an app would be: what the redirect brought, and the command that reads it. */
export function returnPage(url: URL): Page {
  const query = [...url.searchParams];
  const isSuccess = query.some(
    ([name, value]) => name === 'code' || (name === 'status' && value === 'SUCCESS'),
  );
  if (query.length === 0) {
    return page({
      title: 'Nothing came back',
      content: html`<p>
        This page stands in for your app. A redirect brings it parameters; there are none.
      </p>`,
    });
  }
  return page({
    title: isSuccess ? 'The end user is back, and allowed' : 'The end user is back, without a consent',
    tone: isSuccess ? 'good' : 'bad',
    step: 'This page stands in for your app',
    content: html`<h2>What your app would receive</h2>
      <dl class="parameters">
        ${query.map(
          ([name, value]) =>
            html`<div>
              <dt>
                <code>${name}</code>
                ${Object.hasOwn(MEANINGS, name) ? html`<span class="quiet">${MEANINGS[name]}</span>` : ''}
              </dt>
              <dd><code>${value}</code></dd>
            </div>`,
        )}
      </dl>
      ${
        PLAIN_URL.test(url.href)
          ? html`<h2>Read it in a terminal</h2>
              <pre class="command"><code>digilocker callback "${url.href}"</code></pre>`
          : ''
      }
      <p class="quiet">Set a redirect URL of your own to be sent to your app instead.</p>`,
  });
}
