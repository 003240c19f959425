import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  downloadFile,
  Failure,
  fetchAccessToken,
  fetchEaadhaar,
  fetchFileData,
  initiateSession,
  listIssuedFiles,
  parseCallback,
} from '../../../src/library/index.js';
import { createSandbox, SANDBOX_CREDENTIALS, type Sandbox } from '../../../src/sandbox/server.js';
import { cleanUp } from '../../support/cleanup.js';

const CONSENT = { consent: true, consentPurpose: 'KYC for opening a bank account' } as const;

describe('documents through the library', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await createSandbox();
    cleanUp(() => sandbox.close());
  });

  const options = () => ({ baseUrl: sandbox.url, credentials: SANDBOX_CREDENTIALS });

  /** A session whose end user came back. */
  async function visited(abstractAccessToken = true) {
    const redirectUrl = 'https://app.example/return';
    const session = await initiateSession({ ...CONSENT, redirectUrl, abstractAccessToken }, options());
    const redirect = sandbox.visit(session.authorizationUrl, 'allow');
    const { code } = parseCallback(redirect, { state: session.decentroTxnId });
    return { transactionId: session.decentroTxnId, code: code ?? '' };
  }

  test('a program goes from the link to the documents', async () => {
    const { transactionId } = await visited();
    const { data: files, ...facts } = await listIssuedFiles({ ...CONSENT, transactionId }, options());
    expect(facts).toMatchObject({ responseKey: 'success_issued_files', effect: 'yes', raw: null });
    const { uri: fileUrn = '' } = files.find(({ doctype }) => doctype === 'PANCR') ?? {};
    const { data: document } = await downloadFile({ ...CONSENT, transactionId, fileUrn }, options());
    expect(Buffer.from(document.file, 'base64').toString('latin1')).toMatch(/^%PDF-/);
    const { data } = await fetchFileData({ ...CONSENT, transactionId, fileUrn }, options());
    expect(data).toMatchObject({ documentType: 'PANCR', documentStatus: 'Active' });
  });

  test.each([
    [{}, ['image']],
    [{ generatePdf: true }, ['image', 'pdf']],
    [{ generateXml: true }, ['image', 'xml']],
    [{ generatePdf: true, generateXml: true }, ['image', 'pdf', 'xml']],
  ])('an eAadhaar asked for with %j brings %j', async (asked, brought) => {
    const { transactionId } = await visited();
    const { data } = await fetchEaadhaar({ ...CONSENT, ...asked, transactionId }, options());
    const { name } = data.proofOfIdentity ?? {};
    expect([name, Object.keys(data).filter((key) => ['image', 'pdf', 'xml'].includes(key))]).toEqual([
      'Asha Example',
      brought,
    ]);
  });

  test('without abstraction the code comes first', async () => {
    const { transactionId, code } = await visited(false);
    await expect(listIssuedFiles({ ...CONSENT, transactionId }, options())).rejects.toMatchObject({
      kind: 'upstream',
      details: { effect: 'no', responseKey: 'error_provider_error' },
    });
    const { data } = await fetchAccessToken({ ...CONSENT, transactionId, code }, options());
    expect(data).toMatchObject({ expiresIn: 3600, name: 'Asha Example' });
    expect((await listIssuedFiles({ ...CONSENT, transactionId }, options())).data).toHaveLength(3);
  });

  test('what Decentro would refuse is named before anything is sent', async () => {
    const params = { ...CONSENT, transactionId: '', fileUrn: '' };
    const failure = await downloadFile(params, options()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ kind: 'usage', sent: 'no' });
    expect((failure as Failure).message).toMatch(/^transactionId is empty; .*\nfileUrn is empty; /);
    expect(sandbox.requests).toEqual([]);
  });

  test('a failure of a call holds nothing of the person', async () => {
    const { transactionId } = await visited();
    const params = { ...CONSENT, transactionId, referenceId: 'sbx-cut-1' };
    const failure = await fetchEaadhaar(params, options()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'unknown', details: { effect: 'unknown' } });
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('Asha');
  });
});
