import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../../src/failure/failure.js';
import { createSandbox } from '../../../src/sandbox/server.js';
import { cleanUp } from '../../support/cleanup.js';
import { createFakeHost, type FakeHost } from '../../support/fake-host.js';
import { createRecorder, type Answer, type Recorder } from '../../support/recorder.js';
import { start, type Options } from './call.js';

const TOO_MANY: Answer = { status: 429, headers: { 'Retry-After': '2' }, body: 'Too Many Requests' };

const idsOf = ({ requests }: Recorder) =>
  requests.map((request) => (request.json() as { reference_id: string }).reference_id);

describe('429 (rule 19)', () => {
  test('that says when is repeated, with a fresh reference ID', async () => {
    const recorder = await createRecorder([TOO_MANY, {}]);
    const { facts, host, events } = await start(recorder.url);
    expect(host.sleeps).toEqual([2000]);
    expect(idsOf(recorder)).toEqual(['ref-1', 'ref-2']);
    expect(facts).toMatchObject({
      referenceId: 'ref-2',
      durationMs: 2000,
      attempts: [
        { referenceId: 'ref-1', httpStatus: 429, sent: 'yes' },
        { referenceId: 'ref-2', httpStatus: 200, sent: 'yes' },
      ],
    });
    expect(events.filter(({ type }) => type !== 'request' && type !== 'response')).toMatchObject([
      { type: 'attempt', referenceId: 'ref-1' },
      { type: 'retry', delayMs: 2000 },
      { type: 'attempt', referenceId: 'ref-2' },
    ]);
  });

  test('of a call that has no reference ID is repeated without one', async () => {
    const { facts } = await start((await createRecorder([TOO_MANY, {}])).url, { referenceId: null });
    expect(facts).toMatchObject({
      referenceId: null,
      attempts: [
        { referenceId: null, httpStatus: 429 },
        { referenceId: null, httpStatus: 200 },
      ],
    });
  });

  test('is repeated as often as is allowed', async () => {
    const recorder = await createRecorder([TOO_MANY, TOO_MANY, TOO_MANY]);
    const { error, host } = await start(recorder.url);
    expect(host.sleeps).toEqual([2000, 2000]);
    expect(error).toMatchObject({ kind: 'upstream', retryable: true, sent: 'yes' });
    expect(error).toMatchObject({
      details: { referenceId: 'ref-3', effect: 'unknown', attempts: [{}, {}, {}] },
    });
  });

  test.each<[name: string, answer: Answer, options: Options]>([
    ['when no retry is allowed', TOO_MANY, { retries: 0 }],
    ['when it does not say when', { status: 429, body: 'x' }, {}],
    ['when the wait does not fit', { ...TOO_MANY, headers: { 'Retry-After': '3600' } }, {}],
    ['when the wait fills all that is left', TOO_MANY, { timeoutMs: 2000 }],
    [
      'when it means credits that are gone',
      { ...TOO_MANY, body: { responseKey: 'error_module_credits_exhausted' } },
      {},
    ],
  ])('is not repeated %s', async (_name, answer, options) => {
    const recorder = await createRecorder([answer]);
    const { error, host } = await start(recorder.url, options);
    expect(error).toBeInstanceOf(Failure);
    expect(host.sleeps).toEqual([]);
  });

  test.each(['network', 'SIGINT'] as const)(
    'stands where its repetition never leaves (%s)',
    async (obstacle) => {
      const recorder = await createRecorder([TOO_MANY]);
      const host: FakeHost = createFakeHost([], {
        onSleep: async () => {
          await recorder.close();
          if (host.sleeps.length > 1 && obstacle === 'SIGINT') host.interrupt('SIGINT');
        },
      });
      const { error } = await start(recorder.url, { host });
      expect(error).toMatchObject({
        kind: obstacle === 'network' ? 'upstream' : 'interrupted',
        sent: 'yes',
        details: {
          referenceId: 'ref-1',
          httpStatus: 429,
          effect: 'unknown',
          attempts: [
            { referenceId: 'ref-1', httpStatus: 429, sent: 'yes' },
            { referenceId: 'ref-2', httpStatus: null, sent: 'no' },
            ...(obstacle === 'network' ? [{ referenceId: 'ref-2', httpStatus: null, sent: 'no' }] : []),
          ],
        },
      });
      if (obstacle === 'network')
        expect((error as Failure).message).toMatch(/429.*It could not be repeated: Nothing was sent/);
    },
  );

  test('is not repeated with a reference ID that was given, and says so', async () => {
    const recorder = await createRecorder([TOO_MANY]);
    const { error, host } = await start(recorder.url, { createReferenceId: undefined });
    expect(host.sleeps).toEqual([]);
    expect(error).toMatchObject({
      kind: 'upstream',
      retryable: true,
      hint: expect.stringContaining('The given reference ID is now used up'),
    });
  });

  test('may be waited for in vain, when somebody interrupts', async () => {
    const recorder = await createRecorder([TOO_MANY]);
    const host: FakeHost = createFakeHost([], {
      onSleep: () => {
        host.interrupt('SIGTERM');
      },
    });
    const { error } = await start(recorder.url, { host });
    expect(error).toMatchObject({
      kind: 'interrupted',
      exitCode: 143,
      sent: 'yes',
      details: { referenceId: 'ref-1', effect: 'unknown', attempts: [{ httpStatus: 429 }] },
    });
  });
});

describe('a failure before anything left (rule 18)', () => {
  async function freePort(): Promise<number> {
    const recorder = await createRecorder();
    await recorder.close();
    return recorder.port;
  }

  test('is repeated with the same reference ID', async () => {
    const { error, host, events } = await start(`http://127.0.0.1:${await freePort()}`);
    expect(host.sleeps).toEqual([187.5, 375]);
    expect(error).toMatchObject({
      kind: 'network',
      message: 'Nothing was sent: the connection to 127.0.0.1 was refused (ECONNREFUSED).',
      sent: 'no',
      retryable: true,
      details: {
        effect: 'no',
        attempts: Array.from({ length: 3 }, () => ({ referenceId: 'ref-1', httpStatus: null, sent: 'no' })),
      },
    });
    expect(events.filter(({ type }) => type === 'retry')).toHaveLength(2);
  });

  test('is forgotten when the next try works', async () => {
    const port = await freePort();
    const onSleep = async () => {
      const sandbox = await createSandbox({ port });
      cleanUp(() => sandbox.close());
    };
    const { facts } = await start(`http://127.0.0.1:${port}`, { world: { onSleep } });
    expect(facts).toMatchObject({
      effect: 'yes',
      attempts: [
        { referenceId: 'ref-1', sent: 'no' },
        { referenceId: 'ref-1', sent: 'yes' },
      ],
    });
  });

  test('was none when the second try is refused as a duplicate (rule 20)', async () => {
    const port = await freePort();
    const onSleep = async () => {
      const sandbox = await createSandbox({ port, scenario: 'error_duplicate_reference_id' });
      cleanUp(() => sandbox.close());
    };
    const { error } = await start(`http://127.0.0.1:${port}`, { world: { onSleep } });
    expect(error).toMatchObject({
      kind: 'unknown',
      sent: 'yes',
      details: { effect: 'unknown', responseKey: 'error_duplicate_reference_id' },
    });
  });

  test('leaves the next try what is left of the time (rule 14)', async () => {
    const recorder = await createRecorder([
      { ...TOO_MANY, headers: { 'Retry-After': '3000' } },
      { then: 'hang' },
    ]);
    const { error } = await start(recorder.url, { timeoutMs: 3_000_200 });
    expect(error).toMatchObject({ kind: 'unknown', message: expect.stringContaining('in time') });
  });

  test('is not repeated when the time is up', async () => {
    const { error, host } = await start(`http://127.0.0.1:${await freePort()}`, { timeoutMs: 187 });
    expect(host.sleeps).toEqual([]);
    expect(error).toMatchObject({ kind: 'network' });
  });
});
