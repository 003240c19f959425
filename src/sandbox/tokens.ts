import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Names for the numbers from 0, none of which can be guessed from another. */
export interface Tokens {
  readonly tokenOf: (number: number) => string;
  /** The number of a token that was made here, `undefined` for anything else. */
  readonly numberOf: (token: string) => number | undefined;
}

const BLOCK_BYTES = 16;
const NUMBER_AT = 12;

/**
 * Makes tokens of 16 bytes by encrypting their numbers, so that a million of them need no table: 32 upper-case hex
 * digits, or 22 characters that a URL may hold.
 */
export function createTokens(form: 'hex' | 'base64url'): Tokens {
  const key = randomBytes(16);
  // One block at a time, each for itself: every number is another block, so ECB gives nothing away.
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  const decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  const encode = (bytes: Buffer): string =>
    form === 'hex' ? bytes.toString('hex').toUpperCase() : bytes.toString('base64url');
  return {
    tokenOf(number) {
      const block = Buffer.alloc(BLOCK_BYTES);
      block.writeUInt32BE(number, NUMBER_AT);
      return encode(cipher.update(block));
    },
    numberOf(token) {
      const bytes = Buffer.from(token, form);
      // Other spellings of the same bytes are not accepted.
      if (bytes.length !== BLOCK_BYTES || encode(bytes) !== token) return undefined;
      const block = decipher.update(bytes);
      return block.subarray(0, NUMBER_AT).every((byte) => byte === 0)
        ? block.readUInt32BE(NUMBER_AT)
        : undefined;
    },
  };
}
