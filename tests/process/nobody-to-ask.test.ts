import { describe, expect, test } from '@jest/globals';
import { createCertificate } from '../support/certificate.js';
import { createRecorder } from '../support/recorder.js';
import { succeeds, temporaryDirectory } from '../support/run.js';
import { openTerminal } from '../support/terminal.js';
import { NAMES_LEAD_HERE, preload } from '../support/preload.js';
import { privateFile } from '../support/private-file.js';
import { GIVEN, PAIR } from '../support/session.js';

const MISSING = [
  'the client ID',
  'the client secret',
  'the consent purpose',
  'the redirect URL',
  'the consent',
];

describe('where nobody can be asked, the command ends and names everything: (rule 26)', () => {
  test.each<[string, readonly string[], Record<string, string>]>([
    ['--no-input on a terminal', ['--no-input'], {}],
    ['CI set on a terminal', [], { CI: 'true' }],
  ])('with %s', async (_what, flags, env) => {
    const terminal = openTerminal(['init-session', ...flags], { env });
    await terminal.waitFor('Missing (no terminal to prompt on)');
    expect(await terminal.exit).toEqual({ code: 3, signal: null });
    for (const what of MISSING) expect(terminal.text).toContain(`- ${what}`);
    expect(terminal.text).not.toContain('?');
  });

  test('with an empty CI, which counts as unset, it asks', async () => {
    const terminal = openTerminal(['init-session'], { env: { CI: '' } });
    await terminal.waitFor('Client ID (staging):');
    terminal.press('ctrl-c');
    expect((await terminal.exit).code).toBe(130);
  });
});

describe('production', () => {
  const HOST = 'in.decentro.tech';

  /** A recorder that answers as production's host, and how to reach it. */
  async function production(answers: Parameters<typeof createRecorder>[0]) {
    const certificate = createCertificate({ host: HOST });
    const recorder = await createRecorder(answers, { tls: certificate });
    const env = {
      ...PAIR,
      DECENTRO_ENV: 'production',
      NODE_EXTRA_CA_CERTS: privateFile(temporaryDirectory(), 'ca.pem', certificate.cert),
      ...preload(...NAMES_LEAD_HERE),
    };
    const target = ['--base-url', `https://${HOST}:${recorder.port}`, '--allow-host', HOST];
    return { recorder, env, args: ['init-session', '--no-open', ...GIVEN, ...target] };
  }

  test('is asked about once on a terminal, and yes goes on', async () => {
    const { args, env, recorder } = await production([{}]);
    const terminal = openTerminal(args, { env, cols: 120 });
    await terminal.waitFor(
      /This request goes to production \(in\.decentro\.tech:\d+\) and may be billed\. Continue\?/,
    );
    expect(recorder.connections).toBe(0);
    terminal.type('y');
    terminal.press('enter');
    await terminal.waitFor('session started (production)');
    expect((await terminal.exit).code).toBe(0);
  });

  test('is left alone with Enter alone, which ends with 2', async () => {
    const { args, env, recorder } = await production([]);
    const terminal = openTerminal(args, { env, cols: 120 });
    await terminal.waitFor('Continue?');
    terminal.press('enter');
    await terminal.waitFor('Nothing was sent to production.');
    expect((await terminal.exit).code).toBe(2);
    expect(recorder.connections).toBe(0);
  });

  test('is named and not asked about with --yes', async () => {
    const { args, env } = await production([{}]);
    const terminal = openTerminal([...args, '--yes'], { env, cols: 120 });
    await terminal.waitFor(/This is production: in\.decentro\.tech:\d+\./);
    await terminal.waitFor('session started (production)');
    expect((await terminal.exit).code).toBe(0);
    expect(terminal.text).not.toContain('Go on?');
  });

  test('is named on stderr where nobody can be asked, but for --quiet', async () => {
    const { args, env, recorder } = await production([{}, {}]);
    await succeeds(args, {
      env,
      stderr: [/^This is production: in\.decentro\.tech:\d+\.$/, /^Reference ID: /],
    });
    await succeeds([...args, '--quiet'], { env, stderr: [/^Reference ID: /] });
    expect(recorder.requests).toHaveLength(2);
  });

  test('is guarded by its host, under whatever name the environment goes', async () => {
    const { args, env, recorder } = await production([]);
    const terminal = openTerminal([...args, '--env', 'shop'], {
      env: { ...env, DECENTRO_ENV: 'shop' },
      cols: 120,
    });
    await terminal.waitFor('Continue?');
    terminal.press('ctrl-c');
    expect((await terminal.exit).code).toBe(130);
    expect(recorder.connections).toBe(0);
  });

  test('is not asked about to print a request', async () => {
    const env = { ...PAIR, DECENTRO_ENV: 'production' };
    const terminal = openTerminal(['init-session', ...GIVEN, '--print', 'curl'], { env, cols: 200 });
    await terminal.waitFor("curl -X POST 'https://in.decentro.tech/v2/kyc/digilocker/initiate_session'");
    expect((await terminal.exit).code).toBe(0);
  });
});
