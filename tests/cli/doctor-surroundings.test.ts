import { describe, expect, test } from '@jest/globals';
import { examined } from '../support/doctor.js';
import { CANARIES, fails } from '../support/run-main.js';

describe('doctor', () => {
  test('looks at no file modes on Windows', async () => {
    const checks = await examined({ platform: 'win32' }, 7);
    expect(checks['file-modes']).toMatchObject({ status: 'skipped', detail: 'not applicable on Windows' });
  });

  test('tells of a browser of the desktop, and of colours', async () => {
    const checks = await examined({ platform: 'darwin', hasColors: true }, 7);
    expect(checks['browser']).toMatchObject({ status: 'ok', detail: "the desktop's own" });
    expect(checks['terminal']?.detail).toContain('; colours, 80 columns');
  });

  test.each(['20.17', '18.20.4', '20.16.99'])(
    'tells of Node.js %s whether it is new enough',
    async (found) => {
      const isOld = found !== '20.17';
      const checks = await examined({ nodeVersion: found }, isOld ? 3 : 7);
      expect(checks['node-version']?.status).toBe(isOld ? 'problem' : 'ok');
    },
  );

  test('warns of an environment that leads to production by another name', async () => {
    const { document } = await fails(['doctor', '--json', '--env', 'billed'], 3, {
      env: { ALL_PROXY: 'socks5://proxy.example' },
      files: {
        '.decentrorc': `environments: {billed: {baseUrl: 'https://in.decentro.tech', clientId: made-up-id, clientSecret: '${CANARIES.clientSecret}'}}\n`,
      },
    });
    expect(document['checks']).toContainEqual(
      expect.objectContaining({
        id: 'credentials-environment',
        status: 'warning',
        detail: 'the environment billed leads to production (in.decentro.tech)',
      }),
    );
  });

  test('does with a config file that has defaults alone', async () => {
    const files = { '.decentrorc': 'defaults:\n  open: never\n' };
    expect((await examined({ files }, 7))['credentials-environment']?.status).toBe('ok');
  });
});
