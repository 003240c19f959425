import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../../../src/sandbox/server.js';
import {
  CREDENTIALS,
  callFor,
  decideOn,
  envelopeOf,
  openLink,
  post,
  start,
  startSession,
  submit,
  textOf,
} from '../support.js';

const SSO = '/v2/kyc/sso/digilocker';
const PAN_PARAMETERS = { id_number: 'XXXXX0000X', full_name: 'Asha Example' };

function revoke({ url }: Sandbox, id: string, headers: Record<string, string> = CREDENTIALS) {
  return fetch(`${url}${SSO}/session/${id}`, { method: 'DELETE', headers });
}

function pull(sandbox: Sandbox, id: string, fields: object) {
  const common = { reference_id: randomUUID(), consent: true, purpose: 'p'.repeat(20) };
  return post(sandbox, { ...common, ...fields }, CREDENTIALS, `${SSO}/${id}/file/pull`);
}

const keyOf = async (response: Promise<Response>) => (await envelopeOf(await response)).responseKey;

async function doctypesOf(sandbox: Sandbox, id: string): Promise<unknown[]> {
  const { data } = await envelopeOf(await callFor(sandbox, 'sso', 'issuedFiles', id));
  return (data as unknown as { doctype: string }[]).map(({ doctype }) => doctype);
}

describe('The purpose', () => {
  test.each([
    [{ purpose: 'p'.repeat(20) }, 'success_initiate_session'],
    [{ consent_purpose: 'p'.repeat(20) }, 'success_initiate_session'],
    [{ purpose: 'p'.repeat(20), consent_purpose: 'short' }, 'success_initiate_session'],
    [{ purpose: 'short', consent_purpose: 'p'.repeat(20) }, 'error_short_purpose_length'],
    [{ purpose: '' }, 'error_empty_purpose'],
  ])('%j is answered %s', async (purposes, key) => {
    const body = { reference_id: 'a', consent: true, redirect_url: 'https://app.example', ...purposes };
    expect(await keyOf(post(await start(), body, CREDENTIALS, `${SSO}/session`))).toBe(key);
  });

  test('that is too long is refused in the words of each suite', async () => {
    const sandbox = await start();
    const long = { consent: true, consent_purpose: 'p'.repeat(51) };
    const classic = await envelopeOf(await post(sandbox, { ...long, reference_id: 'a' }));
    const sso = await envelopeOf(
      await post(sandbox, { ...long, reference_id: 'b' }, CREDENTIALS, `${SSO}/session`),
    );
    expect(classic.message).toBe('Consent purpose can be at most 50 characters in length.');
    expect(sso.message).toBe('Purpose can be at most 50 characters in length.');
  });
});

describe('Revoking', () => {
  test('ends the access, with no body and no reference ID', async () => {
    const sandbox = await start();
    const { id, link } = await startSession(sandbox, 'sso');
    sandbox.visit(link, 'allow');
    const response = await revoke(sandbox, id);
    expect(response.status).toBe(200);
    expect(await envelopeOf(response)).toMatchObject({
      responseCode: 'S00007',
      responseKey: 'success_revoke_token',
      data: { revoked: true },
    });
    for (const answer of [await revoke(sandbox, id), await callFor(sandbox, 'sso', 'issuedFiles', id)])
      expect(await envelopeOf(answer)).toMatchObject({
        responseKey: 'error_provider_error',
        message: 'The access to this session was revoked.',
      });
  });

  test('is refused without credentials, and for an unknown session', async () => {
    const sandbox = await start();
    expect(await keyOf(revoke(sandbox, 'unknown', {}))).toBe('error_unauthorized_module');
    expect(await keyOf(revoke(sandbox, 'unknown'))).toBe('error_provider_error');
  });
});

describe('Pulling a file', () => {
  test('adds it to the issued files, once', async () => {
    const sandbox = await start();
    const { id, link } = await startSession(sandbox, 'sso', { documents_for_consent: ['ADHAR'] });
    sandbox.visit(link, 'allow');
    expect(await doctypesOf(sandbox, id)).toEqual(['ADHAR']);
    const fields = { document_type: 'PAN', document_type_related_parameters: PAN_PARAMETERS };
    for (let time = 0; time < 2; time += 1) {
      const envelope = await envelopeOf(await pull(sandbox, id, fields));
      expect(envelope).toMatchObject({ status: 'SUCCESS', responseKey: 'success_file_pull' });
      expect(envelope).not.toHaveProperty('data');
    }
    expect(await doctypesOf(sandbox, id)).toEqual(['ADHAR', 'PANCR']);
  });

  test.each<[object, string]>([
    [{ document_type_related_parameters: PAN_PARAMETERS }, 'error_malformed_request'],
    [{ document_type: 'PAN' }, 'error_empty_document_type_related_parameters'],
    [
      { document_type: 'PAN', document_type_related_parameters: {} },
      'error_empty_document_type_related_parameters',
    ],
    [{ document_type: 'PANCR', document_type_related_parameters: PAN_PARAMETERS }, 'error_provider_error'],
  ])('is refused with %j: %s', async (fields, key) => {
    const sandbox = await start();
    const { id, link } = await startSession(sandbox, 'sso');
    sandbox.visit(link, 'allow');
    expect(await keyOf(pull(sandbox, id, fields))).toBe(key);
  });
});

describe('A path that no call has', () => {
  test.each([
    ['POST', '/file'],
    ['POST', '/session/'],
    ['POST', '/a/b/file'],
    ['POST', '//file'],
    ['POST', '/%2e%2e/file/x'],
    ['DELETE', '/session'],
    ['DELETE', '/session/a/b'],
    ['GET', '/a/file'],
  ])('%s %s is answered with an envelope', async (method, path) => {
    const response = await fetch((await start()).url + SSO + path, { method, headers: CREDENTIALS });
    expect([404, 405]).toContain(response.status);
    expect(await keyOf(Promise.resolve(response))).toBe('error_invalid_endpoint');
  });
});

describe('The documents for consent', () => {
  test.each<[unknown, string[]]>([
    [['ADHAR'], ['ADHAR']],
    [
      ['DRVLC', 'ADHAR', 'RVCER'],
      ['ADHAR', 'DRVLC'],
    ],
    [[], ['ADHAR', 'PANCR', 'DRVLC']],
  ])('%j lists %j on the consent page, and gives access to no others', async (documents, listed) => {
    const sandbox = await start();
    const { id, link } = await startSession(sandbox, 'sso', { documents_for_consent: documents });
    const visit = await openLink(link);
    await submit(visit, { number: '00000 00000', otp: '000000', pin: '000000' });
    const page = await (await fetch(visit)).text();
    expect([...page.matchAll(/name="document" value="(\w+)" checked/g)].map(([, name]) => name)).toEqual(
      listed,
    );
    expect(await decideOn(visit, 'allow')).toContain('code=');
    expect(await doctypesOf(sandbox, id)).toEqual(listed);
  });

  test.each(['ADHAR', [7], { a: 1 }, null])('are refused as %j', async (documents) => {
    const sandbox = await start();
    const body = {
      reference_id: 'a',
      consent: true,
      purpose: 'p'.repeat(20),
      redirect_url: 'https://a.example',
    };
    const answer = post(
      sandbox,
      { ...body, documents_for_consent: documents },
      CREDENTIALS,
      `${SSO}/session`,
    );
    expect(await keyOf(answer)).toBe('error_malformed_request');
  });

  test.each(['classic', 'sso'] as const)('can be unticked (%s)', async (suite) => {
    const sandbox = await start();
    const { id, link } = await startSession(sandbox, suite, { abstract_access_token: true });
    const visit = await openLink(link);
    await submit(visit, { number: '00000 00000', otp: '000000', pin: '000000' });
    await submit(visit, 'document=&document=PANCR&document=OTHER&decision=allow');
    const { data } = await envelopeOf(await callFor(sandbox, suite, 'issuedFiles', id));
    expect((data as unknown as { doctype: string }[]).map(({ doctype }) => doctype)).toEqual(['PANCR']);
    expect((await envelopeOf(await callFor(sandbox, suite, 'eaadhaar', id))).message).toContain(
      'aadhaar is not linked to the account',
    );
  });

  test('may all be unticked', async () => {
    const sandbox = await start();
    const { id, link } = await startSession(sandbox, 'sso');
    const visit = await openLink(link);
    await submit(visit, { number: '00000 00000', otp: '000000', pin: '000000' });
    await submit(visit, 'document=&decision=allow');
    expect(await doctypesOf(sandbox, id)).toEqual([]);
  });
});

describe('What the sign-in asks for', () => {
  test.each<[object, string[]]>([
    [{}, ['number', 'otp', 'pin']],
    [{ pinless_signin: true }, ['number', 'otp']],
    [{ pinless_signup: true }, ['number', 'otp', 'pin']],
    [{ redirect_to_signup: true }, ['number', 'otp', 'username', 'pin']],
    [{ redirect_to_signup: true, usernameless_signup: true }, ['number', 'otp', 'pin']],
    [{ redirect_to_signup: true, pinless_signup: true }, ['number', 'otp', 'username']],
    [{ redirect_to_signup: true, pinless_signin: true }, ['number', 'otp', 'username', 'pin']],
  ])('%j: %j', async (changes, names) => {
    const { link } = await startSession(await start(), 'sso', changes);
    const visit = await openLink(link);
    const page = await (await fetch(visit)).text();
    const fields = [...page.matchAll(/\sname="(\w+)"\s+value="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ]);
    expect(fields.map(([name]) => name)).toEqual(names);
    expect((await submit(visit, Object.fromEntries(fields) as Record<string, string>)).status).toBe(303);
    expect(await textOf(fetch(visit))).toContain('Step 2 of 2');
  });

  test('a PIN or a username that could be real is refused', async () => {
    const { link } = await startSession(await start(), 'sso', { redirect_to_signup: true });
    const visit = await openLink(link);
    const response = await submit(visit, {
      number: '0000 0000 0000',
      otp: '000000',
      username: 'asha',
      pin: '123456',
    });
    const text = await textOf(response);
    expect(response.status).toBe(422);
    expect(text).toContain('Your entry was not kept.');
    expect(text).toContain('Use six digits that begin with 0.');
    expect(text).toContain('Use small letters and digits that end in &quot;example&quot;.');
    expect(text).not.toContain('123456');
  });
});

describe('A browser whose end user has signed in', () => {
  const SIGN_IN = { number: '00000 00000', otp: '000000', pin: '000000' };

  async function signedIn(sandbox: Sandbox): Promise<string> {
    const { link } = await startSession(sandbox, 'sso');
    const response = await submit(await openLink(link), SIGN_IN);
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^sandbox-signed-in=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
    return cookie.split(';')[0] ?? '';
  }

  async function firstStep(
    link: string,
    cookie: string,
  ): Promise<{ text: string; setCookie: string | null }> {
    const opened = await fetch(link, { redirect: 'manual', headers: { cookie } });
    const visit = new URL(opened.headers.get('location') ?? '', link);
    return { text: await textOf(fetch(visit)), setCookie: opened.headers.get('set-cookie') };
  }

  test('goes straight to the consent of the next session', async () => {
    const sandbox = await start();
    const cookie = await signedIn(sandbox);
    const { text } = await firstStep((await startSession(sandbox, 'sso')).link, cookie);
    expect(text).toContain('Step 2 of 2');
  });

  test('signs in anew with clear_cookies, in the classic suite, and in another sandbox', async () => {
    const sandbox = await start();
    const cookie = await signedIn(sandbox);
    const cleared = await firstStep(
      (await startSession(sandbox, 'sso', { clear_cookies: true })).link,
      cookie,
    );
    expect(cleared.text).toContain('Step 1 of 2');
    expect(cleared.setCookie).toMatch(/^sandbox-signed-in=; Max-Age=0; Path=\//);
    const others = [await startSession(sandbox, 'classic'), await startSession(await start(), 'sso')];
    for (const { link } of others) expect((await firstStep(link, cookie)).text).toContain('Step 1 of 2');
  });
});
