// Puts into words why TLS did not trust the other side, by the error codes of Node and OpenSSL, and whose fault it is.

export const CA_REMEDY =
  'Where a proxy inspects TLS, --ca-file (or NODE_EXTRA_CA_CERTS) names the file with its CA certificate.';

const CLOCK_OR_NEW = 'Check the clock of this machine. If it is right, the server needs a new certificate.';

const EXPIRED = {
  what: 'the certificate of {host} has expired',
  hint: CLOCK_OR_NEW,
};

const NOT_YET_VALID = {
  what: 'the certificate of {host} is not valid yet',
  hint: CLOCK_OR_NEW,
};

const WRONG_NAME = {
  what: 'the certificate of {host} was issued for another name',
  hint: 'Check the host name and what it leads to: another server answers there.',
};

const UNKNOWN_ISSUER = {
  what: 'the certificate of {host} comes from an authority that this machine does not trust',
  hint: CA_REMEDY,
};

const REVOKED = {
  what: 'the certificate of {host} has been revoked',
  hint: 'The server needs a new certificate.',
};

const UNACCEPTED = {
  what: 'the certificate of {host} was not accepted',
  hint: 'The server needs another certificate: give the code to those who run it.',
};

const CLIENT_CERTIFICATE = {
  what: '{host} asks for a client certificate',
  hint: 'digilocker has no client certificate to show. Ask those who run the server how to connect without one.',
};

const HANDSHAKE_REFUSED = {
  what: '{host} refused the TLS handshake',
  hint: 'It may ask for a client certificate, which digilocker does not have, or for another version of TLS.',
};

// Names of the X509_V_ERR_ codes as Node shortens them, and Node's own for the host name.
const BY_CODE: Readonly<Record<string, typeof EXPIRED>> = {
  CERT_HAS_EXPIRED: EXPIRED,
  CERT_NOT_YET_VALID: NOT_YET_VALID,
  ERR_TLS_CERT_ALTNAME_INVALID: WRONG_NAME,
  ERR_TLS_CERT_ALTNAME_FORMAT: WRONG_NAME,
  HOSTNAME_MISMATCH: WRONG_NAME,
  CERT_REVOKED: REVOKED,
  CERT_UNTRUSTED: UNKNOWN_ISSUER,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_ISSUER,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ISSUER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_ISSUER,
};

const FAULTS: readonly (readonly [codes: RegExp, fault: typeof EXPIRED])[] = [
  // The server's alerts about our certificate (RFC 8446, section 6.2): we sent none.
  [/^ERR_SSL_\w*ALERT_\w*(CERTIFICATE|UNKNOWN_CA)/, CLIENT_CERTIFICATE],
  [
    /^ERR_SSL_\w*ALERT_(HANDSHAKE_FAILURE|ACCESS_DENIED|PROTOCOL_VERSION|INSUFFICIENT_SECURITY)/,
    HANDSHAKE_REFUSED,
  ],
  [/CERT|VERIFY|ISSUER|SIGNATURE|INVALID_(CA|PURPOSE)|^(CA|EE)_|PATH_LENGTH|CRL_/, UNACCEPTED],
];

/** What the code of an error says of a certificate, with its remedy; `undefined` where it says nothing of one. */
export function certificateFault(
  code: string,
  hostname: string,
): { readonly reason: string; readonly hint: string } | undefined {
  const fault = Object.hasOwn(BY_CODE, code)
    ? BY_CODE[code]
    : FAULTS.find(([codes]) => codes.test(code))?.[1];
  return fault && { reason: `${fault.what.replace('{host}', () => hostname)} (${code})`, hint: fault.hint };
}
