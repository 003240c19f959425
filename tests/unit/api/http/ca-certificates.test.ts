import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { readCertificates, trustedBeside, trustedWith } from '../../../../src/api/http/ca-certificates.js';
import { createCertificate } from '../../../support/certificate.js';
import { temporaryDirectory } from '../../../support/cleanup.js';

const [first, second] = [createCertificate(), createCertificate()];

function file(content: string | Buffer): string {
  const name = path.join(temporaryDirectory(), 'ca.pem');
  writeFileSync(name, content);
  return name;
}

test('every certificate of a file is read, whatever stands around them', () => {
  const windows = second.cert.replaceAll('\n', '\r\n');
  const read = readCertificates(file(`# Ours\n${first.key}${first.cert}between\r\n${windows}`));
  expect(read).toEqual({ certificates: [first.cert.trim(), second.cert.trim()] });
});

test.each<[what: string, content: string | Buffer]>([
  ['of Windows lines', first.cert.replaceAll('\n', '\r\n')],
  ['behind a byte order mark', `\uFEFF${first.cert}`],
  ['in UTF-16', Buffer.from(`\uFEFF${first.cert}`, 'utf16le')],
  ['with comments around it', `# CN=Ours\n; serial 1\n${first.cert}# end - of - file\n`],
  ['indented', first.cert.replace(/^/gm, '    ')],
  ['of one line', first.cert.replaceAll('\n', ' ')],
])('a certificate %s is read', (_what, content) => {
  expect(readCertificates(file(content))).toEqual({ certificates: [first.cert.trim()] });
});

describe('each label that OpenSSL writes is read:', () => {
  test.each(['X509 CERTIFICATE', 'TRUSTED CERTIFICATE'])('%s', (label) => {
    const labelled = first.cert.replaceAll(' CERTIFICATE', ` ${label}`);
    const read = readCertificates(file(labelled));
    expect(read).toEqual({ certificates: [labelled.trim()] });
    const [certificate = ''] = 'certificates' in read ? read.certificates : [];
    expect(() => tls.createSecureContext({ ca: certificate })).not.toThrow();
  });

  test('one that ends with another is none', () => {
    const mixed = first.cert.replace('END CERTIFICATE', 'END X509 CERTIFICATE');
    expect(readCertificates(file(mixed))).toEqual({ wrong: 'holds no certificate in PEM form' });
  });
});

describe('a file that is of no use says why:', () => {
  test.each<[what: string, make: () => string, wrong: string]>([
    ['missing', () => path.join(temporaryDirectory(), 'none.pem'), 'cannot be read (ENOENT)'],
    ['a folder', () => temporaryDirectory(), 'is not a regular file'],
    ['empty', () => file(''), 'holds no certificate in PEM form'],
    ['a key alone', () => file(first.key), 'holds no certificate in PEM form'],
    ['DER', () => file('0\x82\x01\x02'), 'holds no certificate in PEM form'],
    ['cut', () => file(first.cert.slice(0, -40)), 'holds no certificate in PEM form'],
    [
      'damaged',
      () => file(first.cert.replace(/\n.{20}/, '\nAAAA')),
      'holds a certificate that cannot be read',
    ],
    ['damaged in part', () => file(`${second.cert}${first.cert.replace(/\n.{20}/, '\n')}`), 'cannot be read'],
    ['too large', () => file(first.cert.repeat(4000)), 'is larger than 1 MiB'],
  ])('%s', (_what, make, wrong) => {
    const read = readCertificates(make());
    expect(read).toEqual({ wrong: expect.stringContaining(wrong) });
  });

  (process.platform === 'win32' ? test.skip : test)('a FIFO, which nobody writes to (rule 2)', () => {
    const name = path.join(temporaryDirectory(), 'fifo');
    execFileSync('mkfifo', [name]);
    expect(readCertificates(name)).toEqual({ wrong: 'is not a regular file' });
  });
});

describe('with --ca-file', () => {
  test('what Node trusts by itself stays trusted', () => {
    const trusted = trustedWith(file(first.cert), undefined);
    expect(trusted).toContain(first.cert.trim());
    expect(trusted.length).toBeGreaterThan(100);
    expect(trusted).toEqual(expect.arrayContaining([tls.rootCertificates[0]]));
  });

  test('a file that cannot be used is wrong usage that names it', () => {
    const folder = path.join(temporaryDirectory(), 'certificates');
    mkdirSync(folder);
    expect(() => trustedWith(folder, undefined)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: `--ca-file ${folder} is not a regular file.`,
        hint: expect.stringContaining('PEM'),
      }),
    );
  });
});

describe('beside the certificates of Node', () => {
  test.each<[what: string, extra: () => string | undefined]>([
    ['no other file', () => undefined],
    ['an empty name', () => ''],
    ['a file that is not there', () => path.join(temporaryDirectory(), 'none.pem')],
    ['a file with another certificate', () => file(second.cert)],
  ])('those of --ca-file are trusted, with %s in NODE_EXTRA_CA_CERTS', (_what, extra) => {
    const trusted = trustedWith(file(first.cert), extra());
    expect(trusted.at(-1)).toBe(first.cert.trim());
    expect(trusted.length).toBeGreaterThan(1);
  });

  test('those of a program are trusted, and refused where there are none', () => {
    expect(trustedBeside(first.cert).at(-1)).toBe(first.cert.trim());
    expect(() => trustedBeside('none')).toThrow('ca holds no certificate in PEM form.');
  });
});
