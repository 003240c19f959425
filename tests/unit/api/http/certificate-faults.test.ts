import { describe, expect, test } from '@jest/globals';
import { certificateFault } from '../../../../src/api/http/certificate-faults.js';
import { exchange, type ExchangeOptions } from '../../../../src/api/http/exchange.js';
import { createCertificate, type Certificate } from '../../../support/certificate.js';
import { createFaultServer, type FaultTls } from '../../../support/fault-server.js';
import { WAYS_TO_SEND } from '../../../support/ways-to-send.js';

async function connectWith(sending: ExchangeOptions, own: Certificate, options: Partial<FaultTls> = {}) {
  const server = await createFaultServer(
    ({ close }) => {
      close();
    },
    { ...own, ...options },
  );
  const request = { method: 'POST', url: new URL(server.url), headers: {}, body: '{}' } as const;
  return exchange(request, 5_000, new AbortController().signal, { certificates: [own.cert] }, sending);
}

describe.each(WAYS_TO_SEND)(
  'what TLS failed at, of a request %s, is told with the remedy that helps:',
  (_way, optionsOf) => {
    const connect = (own: Certificate, options?: Partial<FaultTls>) => connectWith(optionsOf(), own, options);

    test('a certificate that has expired', async () => {
      expect(await connect(createCertificate({ expired: true }))).toMatchObject({
        reason: 'the certificate of 127.0.0.1 has expired (CERT_HAS_EXPIRED)',
        hint: expect.stringMatching(/^Check the clock/),
        sent: false,
      });
    });

    test('a certificate that is not valid yet', async () => {
      expect(await connect(createCertificate({ early: true }))).toMatchObject({
        reason: 'the certificate of 127.0.0.1 is not valid yet (CERT_NOT_YET_VALID)',
        hint: expect.stringMatching(/^Check the clock/),
        sent: false,
      });
    });

    test('a certificate for another name', async () => {
      expect(await connect(createCertificate({ isNameOnly: true }))).toMatchObject({
        reason: 'the certificate of 127.0.0.1 was issued for another name (ERR_TLS_CERT_ALTNAME_INVALID)',
        hint: expect.stringContaining('host name'),
        sent: false,
      });
    });

    test.each(['TLSv1.2', 'TLSv1.3'] as const)(
      'a client certificate that the server wants over %s',
      async (version) => {
        const exchanged = await connect(createCertificate(), { requestCert: true, maxVersion: version });
        expect(exchanged).toMatchObject({
          reason: expect.not.stringContaining('the certificate of'),
          hint: expect.stringContaining('client certificate'),
          isTransient: false,
        });
      },
    );
  },
);

describe('only a certificate of an authority that is not trusted has --ca-file for a remedy:', () => {
  test.each([
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_UNTRUSTED',
  ])('%s', (code) => {
    expect(certificateFault(code, 'api.example')).toEqual({
      reason: `the certificate of api.example comes from an authority that this machine does not trust (${code})`,
      hint: expect.stringContaining('--ca-file'),
    });
  });

  test.each([
    ['CERT_REVOKED', 'the certificate of api.example has been revoked'],
    ['HOSTNAME_MISMATCH', 'the certificate of api.example was issued for another name'],
    ['INVALID_PURPOSE', 'the certificate of api.example was not accepted'],
    ['INVALID_CA', 'the certificate of api.example was not accepted'],
    ['CERT_SIGNATURE_FAILURE', 'the certificate of api.example was not accepted'],
    ['EE_KEY_TOO_SMALL', 'the certificate of api.example was not accepted'],
    ['CA_MD_TOO_WEAK', 'the certificate of api.example was not accepted'],
    ['CRL_HAS_EXPIRED', 'the certificate of api.example was not accepted'],
    ['PATH_LENGTH_EXCEEDED', 'the certificate of api.example was not accepted'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'api.example asks for a client certificate'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'api.example asks for a client certificate'],
    ['ERR_SSL_SSLV3_ALERT_NO_CERTIFICATE', 'api.example asks for a client certificate'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'api.example asks for a client certificate'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'api.example refused the TLS handshake'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'api.example refused the TLS handshake'],
  ])('not %s', (code, reason) => {
    const fault = certificateFault(code, 'api.example');
    expect(fault?.reason).toBe(`${reason} (${code})`);
    expect(fault?.hint).not.toContain('--ca-file');
  });

  test.each(['ECONNRESET', 'ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO', 'constructor'])(
    'nor %s, which is of no certificate',
    (code) => {
      expect(certificateFault(code, 'api.example')).toBeUndefined();
    },
  );
});
