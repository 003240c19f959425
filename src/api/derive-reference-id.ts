import { hash } from 'node:crypto';

/** What a derived reference ID stands for: one attempt at one row of one batch. */
export interface ReferenceIdSource {
  /** The name of the environment, such as `staging`: its reference IDs are another's own. */
  readonly environment: string;
  /** The name of the batch, unique among those of the account. */
  readonly batch: string;
  /** What names the row in the batch, such as a customer number. */
  readonly key: string;
  /** 1 for the first attempt. Another number is another reference ID, and so may be another session. */
  readonly attempt: number;
}

/**
 * Derives a reference ID: a UUID version 8 (RFC 9562, section 5.8) of SHA-256. The same source gives the same ID on
 * every machine, so that Decentro itself refuses a second session for the same attempt.
 */
export function deriveReferenceId({ environment, batch, key, attempt }: ReferenceIdSource): string {
  const source = JSON.stringify(['digilocker-batch/1', environment, batch, key, attempt]);
  const digest = hash('sha256', source, 'buffer');
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const part = (start: number, end: number) => digest.toString('hex', start, end);
  return [part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 16)].join('-');
}
