import { generateKeyPairSync, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  /** PEM, also its own issuer: to be trusted by `NODE_EXTRA_CA_CERTS`, once in a file. */
  readonly cert: string;
}

const DAY_MS = 86_400_000;

/**
 * A self-signed certificate for `host` and, unless `isNameOnly`, 127.0.0.1, made on the spot, valid from yesterday
 * for two days or, if `expired`, until yesterday or, if `early`, from the day after tomorrow. Node has no writer of certificates: this is the DER of RFC 5280.
 */
export function createCertificate({
  expired = false,
  early = false,
  host = 'localhost',
  isNameOnly = false,
} = {}): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const end = Date.now() + (expired ? -DAY_MS : early ? 4 * DAY_MS : DAY_MS);
  const algorithm = sequence(oid('2a8648ce3d040302'));
  const name = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from(`digilocker test ${host}`)))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time(end - 2 * DAY_MS), time(end)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(isAuthority(), namedAs(host, isNameOnly ? [] : [127, 0, 0, 1]))),
  );
  const signature = bits(sign('sha256', body, privateKey));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(sequence(body, algorithm, signature)),
  };
}

function isAuthority(): Buffer {
  const value = sequence(der(0x01, Buffer.from([0xff])));
  return sequence(oid('551d13'), der(0x01, Buffer.from([0xff])), der(0x04, value));
}

function namedAs(host: string, address: number[]): Buffer {
  const addresses = address.length === 0 ? [] : [der(0x87, Buffer.from(address))];
  const value = sequence(der(0x82, Buffer.from(host)), ...addresses);
  return sequence(oid('551d11'), der(0x04, value));
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const size = value.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function set(...parts: Buffer[]): Buffer {
  return der(0x31, ...parts);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function bits(value: Buffer): Buffer {
  return der(0x03, Buffer.from([0]), value);
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function pem(body: Buffer): string {
  const lines = body.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
