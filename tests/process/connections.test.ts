import { describe, expect, test } from '@jest/globals';
import { createRecorder } from '../support/recorder.js';
import { fails } from '../support/run.js';
import { preload } from '../support/preload.js';
import { documentOf, GIVEN, PAIR, sessionAt } from '../support/session.js';

describe('the name that is looked up is that of the environment', () => {
  test.each([
    [undefined, 'in.staging.decentro.tech'],
    ['production', 'in.decentro.tech'],
  ])('%s: %s', async (environment, host) => {
    const notFound = preload(
      "import dns from 'node:dns';",
      "const error = Object.assign(new Error('none'), { code: 'ENOTFOUND' });",
      'dns.lookup = (name, options, done) => done(error);',
    );
    const env = { ...PAIR, ...notFound, ...(environment && { DECENTRO_ENV: environment }) };
    const args = ['init-session', ...GIVEN, '--retries', '0', '--json'];
    const document = documentOf(await fails(args, 7, { env }));
    expect(document.error?.message).toContain(`the name ${host} was not found (ENOTFOUND)`);
  });
});

test('whoever lost an answer is told the reference ID and the safe next step', async () => {
  const recorder = await createRecorder([{ then: 'reset' }]);
  const { stderr } = await fails(sessionAt(recorder, '--reference-id', 'mine-1'), 8, { env: PAIR });
  expect(stderr).toMatch(/Reference ID +mine-1\n/);
  expect(stderr.replaceAll('\n', ' ')).toContain('start again with a fresh reference ID');
});
