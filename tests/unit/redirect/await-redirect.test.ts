import { expect, test } from '@jest/globals';
import { awaitRedirect, openListener } from '../../../src/redirect/await-redirect.js';
import { cleanUp } from '../../support/cleanup.js';
import { createFakeHost } from '../../support/fake-host.js';

test('what is no fault of the port is not blamed on it', async () => {
  const options = {
    get hosts(): string[] {
      throw new TypeError('a bug');
    },
  };
  for (const port of [undefined, 8123]) {
    await expect(openListener(createFakeHost(), port, options)).rejects.toThrow(TypeError);
  }
});

test('a wait that runs out says how to go on', async () => {
  const host = createFakeHost([], { waitsRunOut: true });
  const listener = await openListener(host, undefined, { path: '/callback/secret' });
  cleanUp(() => listener.close());
  const expected = { decentroTxnId: 'TXN', isSecretPath: true };
  await expect(awaitRedirect(host, listener, expected, 1000, true)).rejects.toMatchObject({
    kind: 'timeout',
    exitCode: 124,
    hint: expect.stringMatching(/^The session lives on: .* `digilocker callback`\.$/),
  });
});
