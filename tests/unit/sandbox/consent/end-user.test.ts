import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createCertificate } from '../../../support/certificate.js';
import { cleanUp } from '../../../support/cleanup.js';
import { createRecorder } from '../../../support/recorder.js';
import type { SandboxOptions } from '../../../../src/sandbox/server.js';
import { GOOD_BODY, envelopeOf, linkOf, post, signIn, start, textOf, waitFor } from '../support.js';

const DONE = { status: 200, body: 'Back to the terminal' };

async function startLogging(options: SandboxOptions) {
  const lines: string[] = [];
  const sandbox = await start({ ...options, log: (line) => lines.push(line) });
  const heard = () => lines.filter((line) => line.startsWith('END-USER'));
  return { sandbox, heard };
}

/** A client that does what a recorder cannot; returns its host. */
async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  address = '127.0.0.1',
  server: Server = createServer(answer),
): Promise<string> {
  server.listen(0, address);
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `${address === '::1' ? '[::1]' : address}:${port}`;
}

describe('An end user that the sandbox plays', () => {
  test('who allows calls the redirect URL once, as the consent page would (rule 32)', async () => {
    const client = await createRecorder([DONE]);
    const { sandbox, heard } = await startLogging({ endUser: 'allow' });
    const redirectUrl = `${client.url}/return?tab=1#end`;
    const { decentroTxnId, data } = await envelopeOf(
      await post(sandbox, { ...GOOD_BODY, redirect_url: redirectUrl }),
    );
    await waitFor(() => heard().length > 0);
    const [request] = client.requests;
    expect(request?.method).toBe('GET');
    expect(request?.path).toMatch(new RegExp(`^/return\\?tab=1&code=[0-9a-f]{40}&state=${decentroTxnId}$`));
    expect(request?.headers.map(([name]) => name.toLowerCase()).sort()).toEqual(['connection', 'host']);
    expect(heard()).toEqual([`END-USER 127.0.0.1:${client.port} allow 200`]);
    expect((await fetch(data?.authorizationUrl ?? '')).status).toBe(410);
  });

  test('who denies calls it with the refusal', async () => {
    const client = await createRecorder([DONE]);
    const { sandbox, heard } = await startLogging({ endUser: 'deny' });
    await linkOf(sandbox, { redirect_url: client.url });
    await waitFor(() => heard().length > 0);
    const query = new URL(client.url + (client.requests[0]?.path ?? '')).searchParams;
    expect([...query.keys()]).toEqual(['error', 'error_description', 'state']);
    expect(heard()).toEqual([`END-USER 127.0.0.1:${client.port} deny 200`]);
  });

  test('does so for every session, and for no refused request', async () => {
    const client = await createRecorder([DONE, DONE]);
    const { sandbox, heard } = await startLogging({ endUser: 'allow' });
    const body = { ...GOOD_BODY, redirect_url: client.url };
    await post(sandbox, { ...body, reference_id: 'a' });
    await post(sandbox, { ...body, reference_id: 'a' });
    await post(sandbox, { ...body, reference_id: 'sbx-http-503-1' });
    await post(sandbox, { ...body, reference_id: 'sbx-malformed-1' });
    await post(sandbox, { ...body, reference_id: 'sbx-success_initiate_session-1' });
    await waitFor(() => heard().length === 2);
    await delay(300);
    expect(client.requests).toHaveLength(2);
  });

  test('comes after the answer', async () => {
    const client = await createRecorder([DONE]);
    const { sandbox, heard } = await startLogging({ endUser: 'allow' });
    await linkOf(sandbox, { redirect_url: client.url });
    expect(client.connections).toBe(0);
    await waitFor(() => heard().length > 0);
  });

  test('follows no redirect', async () => {
    const elsewhere = await createRecorder([]);
    const client = await createRecorder([{ status: 302, headers: { Location: elsewhere.url }, body: '' }]);
    const { sandbox, heard } = await startLogging({ endUser: 'allow' });
    await linkOf(sandbox, { redirect_url: client.url });
    await waitFor(() => heard().length > 0);
    expect(heard()).toEqual([`END-USER 127.0.0.1:${client.port} allow 302`]);
    expect(elsewhere.connections).toBe(0);
  });

  test.each([
    ['127.0.0.2', '127.0.0.2', ''],
    ['::1', '[::1]', ''],
    ['127.0.0.1', 'localhost', ''],
    ['127.0.0.1', '127.1', '127.0.0.1'],
    ['127.0.0.1', '0x7f000001', '127.0.0.1'],
  ])('finds a client on %s by the name %s', async (address, name, shown) => {
    const host = await serve((_, response) => response.end(), address);
    const port = host.split(':').at(-1) ?? '';
    const { sandbox, heard } = await startLogging({ endUser: 'allow' });
    await linkOf(sandbox, { redirect_url: `http://${name}:${port}/cb` });
    await waitFor(() => heard().length > 0);
    expect(heard()).toEqual([`END-USER ${shown || name}:${port} allow 200`]);
  });

  test.each([
    ['https://app.example/cb?secret=1', 'app.example'],
    ['http://127.0.0.1.evil.example/', '127.0.0.1.evil.example'],
    ['http://127.evil.example/', '127.evil.example'],
    ['http://localhost.evil.example/', 'localhost.evil.example'],
    ['http://127.0.0.1@evil.example/', 'evil.example'],
    ['http://0.0.0.0:9/', '0.0.0.0:9'],
    ['http://192.0.2.1/', '192.0.2.1'],
    ['http://[::ffff:192.0.2.1]/', '[::ffff:c000:201]'],
    [`http://${'a'.repeat(120)}.example/`, `${'a'.repeat(100)}...`],
  ])('leaves %s alone, and its link to a browser', async (redirectUrl, shown) => {
    const { sandbox, heard } = await startLogging({ endUser: 'allow' });
    const visit = await signIn(sandbox, { redirect_url: redirectUrl });
    expect(heard()).toEqual([`END-USER ${shown} not called: it is not on this machine`]);
    expect(await textOf(fetch(visit))).toContain('Step 2 of 2');
  });

  test('has nowhere to go when a scenario let a redirect URL pass that is none', async () => {
    const { sandbox, heard } = await startLogging({
      endUser: 'allow',
      scenario: 'success_initiate_session',
    });
    await post(sandbox, 'not JSON');
    await waitFor(() => heard().length > 0);
    expect(heard()).toEqual(['END-USER (nowhere) not called: it is not on this machine']);
  });

  test('does nothing about a link that somebody else was quicker to open', async () => {
    const client = await createRecorder([]);
    const { sandbox, heard } = await startLogging({ endUser: 'allow' });
    const visit = await signIn(sandbox, { redirect_url: client.url });
    await delay(300);
    expect(heard()).toEqual([]);
    expect(await textOf(fetch(visit))).toContain('Step 2 of 2');
  });

  test('who finds nobody is a line in the log', async () => {
    const { sandbox, heard } = await startLogging({ endUser: 'allow' });
    // Last, so that the sandbox does not get its port.
    const client = await createRecorder([]);
    await client.close();
    await linkOf(sandbox, { redirect_url: client.url });
    await waitFor(() => heard().length > 0);
    expect(heard()).toEqual([`END-USER 127.0.0.1:${client.port} allow failed: ECONNREFUSED`]);
  });

  test('trusts no certificate that Node does not trust', async () => {
    const { key, cert } = createCertificate();
    const server = createTlsServer({ key, cert });
    const host = await serve(() => undefined, '127.0.0.1', server);
    const { sandbox, heard } = await startLogging({ endUser: 'allow' });
    await linkOf(sandbox, { redirect_url: `https://${host}/cb` });
    await waitFor(() => heard().length > 0);
    expect(heard()).toEqual([`END-USER ${host} allow failed: DEPTH_ZERO_SELF_SIGNED_CERT`]);
  });

  test('does not wait long for a client that never comes to an end', async () => {
    const host = await serve((_, response) => response.write('half'));
    const { sandbox, heard } = await startLogging({ endUser: 'allow' });
    await linkOf(sandbox, { redirect_url: `http://${host}/cb` });
    await delay(2_500);
    expect(heard()).toEqual([]);
    await waitFor(() => heard().length > 0);
    expect(heard()).toEqual([`END-USER ${host} allow failed: timeout`]);
  });

  test.each([
    ['before the call', 0],
    ['during the call', 300],
  ])('ends with the sandbox, %s', async (_, waitMs) => {
    let calls = 0;
    let isGone = false;
    const host = await serve((request) => {
      calls += 1;
      request.socket.on('close', () => (isGone = true));
    });
    const { sandbox, heard } = await startLogging({ endUser: 'allow' });
    await linkOf(sandbox, { redirect_url: `http://${host}/cb` });
    await delay(waitMs);
    await sandbox.close();
    await delay(300);
    expect([calls, isGone]).toEqual(waitMs === 0 ? [0, false] : [1, true]);
    expect(heard()).toEqual([]);
  });
});

describe('A visit from code', () => {
  test.each([
    ['allow', /^https:\/\/app\.example\/cb\?a=1&code=[0-9a-f]{40}&state=[0-9A-F]{32}$/],
    [
      'deny',
      /^https:\/\/app\.example\/cb\?a=1&error=access_denied&error_description=[\w+.]+&state=[0-9A-F]{32}$/,
    ],
  ] as const)('that answers %s gives the redirect URL, and calls nobody', async (choice, wayBack) => {
    const { sandbox, heard } = await startLogging({});
    const link = await linkOf(sandbox, { redirect_url: 'https://app.example/cb?a=1' });
    expect(sandbox.visit(link, choice)).toMatch(wayBack);
    expect(heard()).toEqual([]);
    expect((await fetch(link)).status).toBe(410);
  });

  test('works once', async () => {
    const sandbox = await start();
    const link = await linkOf(sandbox);
    sandbox.visit(link, 'allow');
    expect(() => sandbox.visit(link, 'allow')).toThrow('This link was used before.');
    const opened = await linkOf(sandbox, { reference_id: 'opened' });
    await fetch(opened);
    expect(() => sandbox.visit(opened, 'allow')).toThrow('This link was used before.');
  });

  test('needs a link of this sandbox', async () => {
    const sandbox = await start();
    const link = await linkOf(sandbox);
    const foreign = await linkOf(await start());
    for (const url of [foreign, `${link}x`, link.replace('127.0.0.1', 'localhost'), sandbox.url, '']) {
      expect(() => sandbox.visit(url, 'allow')).toThrow('No session of this sandbox has this link.');
    }
  });

  test('needs a redirect URL', async () => {
    const sandbox = await start({ scenario: 'success_initiate_session' });
    const link = await linkOf(sandbox, { redirect_url: 'nowhere' });
    expect(() => sandbox.visit(link, 'allow')).toThrow('The session has no redirect URL.');
  });
});
