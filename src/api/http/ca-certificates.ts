import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { Failure } from '../../failure/failure.js';
import { readFileOnce } from '../../host/read-file.js';

// Several times the size of a bundle of all public roots.
const MAX_BYTES = 1024 * 1024;

// OpenSSL writes three labels. What it says of the purposes of a TRUSTED CERTIFICATE, it also reads.
const PEM_CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----([^-]*)-----END \1-----/g;

/** Reads the certificates of a PEM file, one or more. Returns what is wrong with it, in words, where there are none. */
export function readCertificates(
  file: string,
): { readonly certificates: readonly string[] } | { readonly wrong: string } {
  const read = readFileOnce(file, MAX_BYTES, true);
  if ('wrong' in read) {
    if (read.wrong === 'is empty') return { wrong: 'holds no certificate in PEM form' };
    return { wrong: read.isMissing ? 'cannot be read (ENOENT)' : read.wrong };
  }
  return parseCertificates(read.bytes.toString('latin1'));
}

function parseCertificates(text: string): ReturnType<typeof readCertificates> {
  // Text in UTF-16, as PowerShell writes it, has a zero beside every letter.
  const certificates = Array.from(
    text.replaceAll('\0', '').matchAll(PEM_CERTIFICATE),
    ([, label = '', body = '']) =>
      [
        `-----BEGIN ${label}-----`,
        ...(body.replace(/\s/g, '').match(/.{1,64}/g) ?? []),
        `-----END ${label}-----`,
      ].join('\n'),
  );
  if (certificates.length === 0) return { wrong: 'holds no certificate in PEM form' };
  const isDamaged = certificates.some((certificate) => !isCertificate(certificate));
  return isDamaged ? { wrong: 'holds a certificate that cannot be read' } : { certificates };
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

/**
 * What is trusted with `--ca-file`: the certificates of the file beside those that Node trusts by itself. Given alone
 * they would replace them. Fails with `usage`.
 *
 * @param extraFile what NODE_EXTRA_CA_CERTS names
 */
export function trustedWith(file: string, extraFile: string | undefined): string[] {
  const read = readCertificates(file);
  if ('wrong' in read) {
    const hint = 'Give a file with CA certificates in PEM form, each between its BEGIN and END line.';
    throw new Failure('usage', `--ca-file ${file} ${read.wrong}.`, { hint });
  }
  return [...defaultCertificates(extraFile), ...read.certificates];
}

/** What is trusted with the certificates that a program gives, beside those of Node. Fails with `config`. */
export function trustedBeside(text: string): string[] {
  const parsed = parseCertificates(text);
  if ('wrong' in parsed) throw new Failure('config', `ca ${parsed.wrong}.`);
  return [...defaultCertificates(undefined), ...parsed.certificates];
}

/** Since Node.js 22.15. */
interface CertificateStore {
  readonly getCACertificates?: (type: 'default') => string[];
}

function defaultCertificates(extraFile: string | undefined): readonly string[] {
  const { getCACertificates } = tls as CertificateStore;
  if (getCACertificates !== undefined) return getCACertificates('default');
  const extra = extraFile === undefined || extraFile === '' ? undefined : readCertificates(extraFile);
  return [
    ...tls.rootCertificates,
    ...(extra !== undefined && 'certificates' in extra ? extra.certificates : []),
  ];
}
