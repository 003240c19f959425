import { describe, expect, test } from '@jest/globals';
import { SESSION_CREATED } from '../support/answer.js';
import { dealt } from '../support/generated.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, credentials, run, succeeds } from '../support/run.js';
import { API_PATH, BODY, sessionAt } from '../support/session.js';

// The bundle has less of the HTTP client than the source: that it sends the same is seen here, all else in tests/cli.
test('the request is a POST to the documented path with exactly these headers and this body', async () => {
  const recorder = await createRecorder([{}]);
  await succeeds(sessionAt(recorder, '--reference-id', 'ref-1'), { env: credentials });
  const [request] = recorder.requests;
  if (request === undefined) throw new Error('Nothing was sent.');
  expect(request.requestLine).toBe(`POST ${API_PATH} HTTP/1.1`);
  expect(request.body).toBe(`{"reference_id":"ref-1",${BODY},"abstract_access_token":true}`);
  expect(Object.fromEntries(request.headers)).toEqual({
    client_id: CANARIES.clientId,
    client_secret: CANARIES.clientSecret,
    module_secret: CANARIES.moduleSecret,
    'Content-Type': 'application/json',
    Accept: 'application/json',
    'User-Agent': expect.stringMatching(/^digilocker-cli\/\d+\.\d+\.\d+$/),
    Host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    'content-length': String(request.body.length),
    'accept-encoding': expect.stringContaining('gzip'),
    Connection: 'close',
  });
  const raw = request.raw.toString('latin1');
  for (const secret of Object.values(CANARIES)) expect(raw.split(secret)).toHaveLength(2);
});

// A search that does not end holds up the signals and the time limit as well: only a process of its own shows it.
const FILLINGS = [
  ['spaces', ' '.repeat(900_000)],
  ['backslashes', '\\'.repeat(450_000)],
] as const;
const LONG_ANSWERS = [
  ['success', ['--json'], 0, { body: SESSION_CREATED }],
  ['refusal', [], 5, { status: 400, body: { status: 'FAILURE', responseKey: 'error_made_up' } }],
] as const;

describe.each(LONG_ANSWERS.map((row, index) => [...row, dealt(FILLINGS, index, 2)] as const))(
  'in a %s (rule 14)',
  (_what, flags, code, answer, fillings) => {
    test.each(fillings)('a megabyte of %s does not hold the program up', async (_filling, filling) => {
      const message = `secret ${filling}!`;
      const recorder = await createRecorder([{ ...answer, body: { ...answer.body, message } }]);
      const env = { ...credentials, DECENTRO_CLIENT_SECRET: '/made-up"secret' };
      expect(await run(sessionAt(recorder, ...flags), { env })).toMatchObject({ code });
    });
  },
);
