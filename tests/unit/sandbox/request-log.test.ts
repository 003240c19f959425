import { expect, test } from '@jest/globals';
import type { SandboxOptions } from '../../../src/sandbox/server.js';
import { ENDPOINT, GOOD_BODY, decideOn, exchange, linkOf, post, signIn, start } from './support.js';

async function startLogging(options: SandboxOptions = {}) {
  const lines: string[] = [];
  const sandbox = await start({ ...options, log: (line) => lines.push(line) });
  return { sandbox, lines };
}

test('Every request is one line: method, path, status, outcome, reference ID', async () => {
  const { sandbox, lines } = await startLogging();
  await post(sandbox, GOOD_BODY);
  await post(sandbox, { ...GOOD_BODY, reference_id: 'ref-2', consent: false });
  await post(sandbox, { ...GOOD_BODY, reference_id: 'sbx-http-503-1' });
  await post(sandbox, { ...GOOD_BODY, reference_id: 'sbx-reset-1' }).catch(() => undefined);
  await post(sandbox, 'not JSON');
  await post(sandbox, 'x'.repeat(65 * 1024));
  await fetch(`${sandbox.url}/v2/elsewhere?client_secret=hidden`);
  await fetch(`${sandbox.url}/?client_secret=hidden`);
  expect(lines).toEqual([
    `POST ${ENDPOINT} 200 success_initiate_session ref=ref-1`,
    `POST ${ENDPOINT} 400 error_consent_false ref=ref-2`,
    `POST ${ENDPOINT} 503 http-503 ref=sbx-http-503-1`,
    `POST ${ENDPOINT} - reset ref=sbx-reset-1`,
    `POST ${ENDPOINT} 400 error_malformed_request`,
    `POST ${ENDPOINT} 413 too-large`,
    'GET /v2/elsewhere 404 error_invalid_endpoint',
    'GET / 200',
  ]);
});

test('No credential reaches the log or the recorded requests (rule 27)', async () => {
  const { sandbox, lines } = await startLogging();
  const headers = { client_id: 'the-id', client_secret: 'hush-1', module_secret: 'hush-2', cookie: 'hush-3' };
  await post(sandbox, GOOD_BODY, headers);
  await post(sandbox, 'not JSON', headers);
  expect(lines).toHaveLength(2);
  expect(lines.join('\n') + JSON.stringify(sandbox.requests)).not.toMatch(/hush|the-id/);
});

test('A link that has not been used stays out of the log', async () => {
  const { sandbox, lines } = await startLogging();
  const link = await linkOf(sandbox);
  await fetch(link, { method: 'HEAD' });
  await fetch(`${link}/more`);
  expect(lines.slice(1)).toEqual(['HEAD /digilocker/... 200', 'GET /digilocker/... 404']);
});

test('The pages behind a link stay out of the log, and so does what they lead to (rule 32)', async () => {
  const { sandbox, lines } = await startLogging();
  const page = await signIn(sandbox);
  await decideOn(page, 'allow');
  await fetch(page);
  expect(lines.slice(1)).toEqual([
    'GET /digilocker/... 303',
    'POST /consent/... 303',
    'POST /consent/... 303',
    'GET /consent/... 410',
  ]);
});

test('No control character reaches the log', async () => {
  const { sandbox, lines } = await startLogging();
  await post(sandbox, { ...GOOD_BODY, reference_id: 'a\x1b[2Jb\r\nc\x9bd\u202ee f' });
  await fetch(`${sandbox.url}/%1b%5b2J%0a`);
  await exchange(
    sandbox,
    `GET /\x9bx HTTP/1.1\r\nHost: ${new URL(sandbox.url).host}\r\nConnection: close\r\n\r\n`,
  );
  expect(lines.slice(0, 2)).toEqual([
    `POST ${ENDPOINT} 400 error_invalid_reference_id ref=a?[2Jb??c?d?e?f`,
    'GET /?[2J? 404',
  ]);
  for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]+$/);
});

test('Long paths and reference IDs are cut', async () => {
  const { sandbox, lines } = await startLogging();
  await post(sandbox, { ...GOOD_BODY, reference_id: 'r'.repeat(65) });
  await fetch(`${sandbox.url}/${'p'.repeat(100)}`);
  expect(lines).toEqual([
    `POST ${ENDPOINT} 200 success_initiate_session ref=${'r'.repeat(64)}...`,
    `GET /${'p'.repeat(99)}... 404`,
  ]);
});

test('The requests to the API are kept, oldest first, with their parsed bodies', async () => {
  const { sandbox } = await startLogging();
  expect(sandbox.requests).toEqual([]);
  await post(sandbox, GOOD_BODY);
  await post(sandbox, [1]);
  await post(sandbox, 'not JSON', {});
  await fetch(sandbox.url);
  await fetch(`${sandbox.url}/v2/elsewhere?a=1`, { method: 'DELETE' });
  expect(sandbox.requests).toEqual([
    {
      method: 'POST',
      path: ENDPOINT,
      body: GOOD_BODY,
      referenceId: 'ref-1',
      status: 200,
      outcome: 'success_initiate_session',
    },
    {
      method: 'POST',
      path: ENDPOINT,
      body: [1],
      referenceId: null,
      status: 400,
      outcome: 'error_malformed_request',
    },
    {
      method: 'POST',
      path: ENDPOINT,
      body: null,
      referenceId: null,
      status: 401,
      outcome: 'error_unauthorized_module',
    },
    {
      method: 'DELETE',
      path: '/v2/elsewhere',
      body: null,
      referenceId: null,
      status: 404,
      outcome: 'error_invalid_endpoint',
    },
  ]);
});
