import { describe, expect, test } from '@jest/globals';
import { createRecorder, type Answer, type Recorder } from '../support/recorder.js';
import { fails, succeeds } from '../support/run.js';
import { preload, refusing } from '../support/preload.js';
import { documentOf, PAIR, sessionAt } from '../support/session.js';

const BUSY: Answer = { status: 429, headers: { 'Retry-After': '0' }, body: 'Too Many Requests' };
const DUPLICATE: Answer = {
  status: 400,
  body: { decentroTxnId: 'T-2', status: 'FAILURE', responseKey: 'error_duplicate_reference_id' },
};

function referenceIds({ requests }: Recorder): unknown[] {
  return requests.map((request) => (request.json() as { reference_id: string }).reference_id);
}

describe('429 with Retry-After (rule 19)', () => {
  test('is tried again with a fresh reference ID, and both are told', async () => {
    const recorder = await createRecorder([BUSY, {}]);
    const stderr = [/^Reference ID: /, /^Trying again in 0\.0 s\. /];
    const result = await succeeds(sessionAt(recorder, '--json'), { env: PAIR, stderr });
    const [first, second] = referenceIds(recorder);
    expect(first).not.toBe(second);
    expect(result.stderr.match(/^Reference ID: .*$/gm)).toEqual([
      `Reference ID: ${String(first)}`,
      `Reference ID: ${String(second)}`,
    ]);
    expect(documentOf(result)).toMatchObject({
      referenceId: second,
      attempts: [
        { referenceId: first, httpStatus: 429, sent: 'yes' },
        { referenceId: second, httpStatus: 200, sent: 'yes' },
      ],
    });
  });
});

describe('a failure before anything was sent (rule 18)', () => {
  test('is tried again with the same reference ID', async () => {
    const recorder = await createRecorder([{}]);
    const env = { ...PAIR, ...preload(...refusing(2)) };
    const stderr = [/^Reference ID: /, /^Trying again in \d\.\d s\. Nothing was sent: .*ECONNREFUSED/];
    const result = await succeeds(sessionAt(recorder, '--json'), { env, stderr });
    const [referenceId] = referenceIds(recorder);
    expect(result.stderr.match(/^Reference ID: .*$/gm)).toEqual([`Reference ID: ${String(referenceId)}`]);
    expect(documentOf(result).attempts).toEqual([
      { referenceId, httpStatus: null, sent: 'no' },
      { referenceId, httpStatus: null, sent: 'no' },
      { referenceId, httpStatus: 200, sent: 'yes' },
    ]);
  });

  test('is tried again with a reference ID that was given', async () => {
    const recorder = await createRecorder([{}]);
    const env = { ...PAIR, ...preload(...refusing(1)) };
    const result = await succeeds(sessionAt(recorder, '--reference-id', 'mine', '-q'), { env });
    expect(referenceIds(recorder)).toEqual(['mine']);
    expect(result.stderr).toBe('Reference ID: mine\n');
  });

  test('ends with 7 once the retries are used up', async () => {
    const recorder = await createRecorder([]);
    const env = { ...PAIR, ...preload(...refusing(9)) };
    const result = await fails(sessionAt(recorder, '--json', '--retries', '1'), 7, { env });
    expect(documentOf(result).attempts.map(({ sent }) => sent)).toEqual(['no', 'no']);
    expect(recorder.connections).toBe(0);
  });

  test('does not outlive --timeout', async () => {
    const env = { ...PAIR, ...preload(...refusing(99)) };
    const args = sessionAt({ url: 'http://127.0.0.1:1' }, '--json', '--retries', '20', '--timeout', '1s');
    const { attempts, ...document } = documentOf(await fails(args, 7, { env }));
    expect(attempts.length).toBeGreaterThan(1);
    expect(attempts.length).toBeLessThan(7);
    expect(document).toMatchObject({ sessionCreated: 'no', error: { sent: 'no' } });
  });

  test('that was followed by a duplicate proves that the first try arrived', async () => {
    const recorder = await createRecorder([DUPLICATE]);
    const env = { ...PAIR, ...preload(...refusing(1)) };
    const document = documentOf(await fails(sessionAt(recorder, '--json'), 8, { env }));
    expect(document).toMatchObject({
      sessionCreated: 'unknown',
      responseKey: 'error_duplicate_reference_id',
      decentroTxnId: 'T-2',
      attempts: [{ sent: 'no' }, { sent: 'yes' }],
      error: { kind: 'unknown', hint: expect.stringContaining('fresh reference ID') },
    });
  });
});
