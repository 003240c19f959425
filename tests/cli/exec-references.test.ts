import { describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { temporaryDirectory } from '../support/cleanup.js';
import { writeFiles } from '../support/fake-host.js';
import { createRecorder, type Recorder } from '../support/recorder.js';
import { CANARIES, fails, runMain, succeeds } from '../support/run-main.js';
import { sessionAt } from '../support/session.js';

// The programs are shell scripts.
const onPosix = process.platform === 'win32' ? describe.skip : describe;

interface Place {
  readonly cwd: string;
  readonly home: string;
  /** Where the programs are. */
  readonly bin: string;
  readonly env: Record<string, string>;
}

/** A user whose file gets the client secret from a command, and a program `vault` on PATH. */
function place(command: string, script: string): Place {
  const [cwd, home, bin] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
  const config = { clientId: CANARIES.clientId, clientSecret: `exec:${command}` };
  writeFiles(home, { '.config/decentro/config.json': JSON.stringify({ environments: { staging: config } }) });
  writeFiles(bin, { vault: `#!/bin/sh\n${script}\n` }, 0o755);
  return { cwd, home, bin, env: { PATH: `${bin}:/usr/bin:/bin` } };
}

async function refusal(where: Place, recorder?: Recorder): Promise<string> {
  const { url } = recorder ?? (await createRecorder([]));
  const { stderr } = await fails(sessionAt({ url }), 3, where);
  return stderr.replaceAll(/\s+/g, ' ');
}

onPosix('a credential that a program prints', () => {
  test('is fetched once, just before it is sent, with what blanks and quotes say and nothing expanded', async () => {
    const recorder = await createRecorder([{}]);
    const where = place(
      `vault read 'two words' "$HOME"x *`,
      `printf '%s\\n' "$@" >> "$0.args"; pwd >> "$0.args"; echo ${CANARIES.clientSecret}`,
    );
    await succeeds(sessionAt(recorder), where);
    expect(recorder.requests[0]?.header('client_secret')).toBe(CANARIES.clientSecret);
    expect(readFileSync(path.join(where.bin, 'vault.args'), 'utf8')).toBe(
      `read\ntwo words\n$HOMEx\n*\n${path.join(where.home, '.config/decentro')}\n`,
    );
  });

  test('gets neither our variables nor input', async () => {
    const recorder = await createRecorder([{}]);
    const where = place('vault', `env > "$0.env"; cat >> "$0.env"; echo ${CANARIES.clientSecret}`);
    const env = { ...where.env, DECENTRO_SUITE: 'classic', OTHER: 'kept' };
    await succeeds(sessionAt(recorder), { ...where, env });
    const seen = readFileSync(path.join(where.bin, 'vault.env'), 'utf8');
    expect(seen).toContain('OTHER=kept');
    expect(seen).not.toContain('DECENTRO_');
  });

  test.each([
    [
      [
        'init-session',
        '--print',
        'curl',
        '--consent',
        '--consent-purpose',
        'x'.repeat(20),
        '--redirect-url',
        'https://a.example',
      ],
    ],
    [['config', 'show']],
    [['doctor', '--timeout', '1s']],
    [['smoke', '--dry-run']],
  ])('is not asked for by %j', async (args) => {
    const where = place('vault', 'touch "$0.ran"; echo secret');
    await runMain(args, where);
    expect(existsSync(path.join(where.bin, 'vault.ran'))).toBe(false);
  });

  test('is not asked for where the answer before the call is no', async () => {
    const where = place('vault', `touch "$0.ran"; echo ${CANARIES.clientSecret}`);
    const recorder = await createRecorder([]);
    const host = ['--env', 'staging', '--base-url', recorder.url, '--allow-host', new URL(recorder.url).host];
    const revoke = ['revoke', '59F864A69B6E4DE0BCD4DD927A5D6160', '--suite', 'sso', ...host];
    await fails(revoke, 2, { ...where, answers: [[/Revoke its access\?/, false]] });
    expect(existsSync(path.join(where.bin, 'vault.ran'))).toBe(false);
  });

  test.each<[string, string, string, RegExp]>([
    ['fails', 'vault', 'echo no-secret-canary; echo why-canary >&2; exit 7', /failed \(exit code 7\): vault/],
    ['prints nothing', 'vault', 'exit 0', /prints nothing: vault/],
    ['prints two lines', 'vault', 'echo a-canary; echo b', /prints more than one line/],
    ['prints too much', 'vault', 'head -c 5000 /dev/zero | tr "\\0" x', /prints more than 4 KiB/],
    ['is not there', 'no-such-vault', '', /cannot be found: no-such-vault/],
    ['is named by a relative path', './vault', '', /cannot be found/],
    ['has an open quote', "vault 'a", '', /quote without its end/],
    ['prints what no header can carry', 'vault', 'printf "a\\tb\\n"', /contains a tab/],
  ])(
    'of a program that %s is an error that quotes nothing of it',
    async (_what, command, script, message) => {
      const recorder = await createRecorder([]);
      const said = await refusal(place(command, script), recorder);
      expect(said).toMatch(message);
      expect(said).not.toContain('canary');
      expect(recorder.connections).toBe(0);
    },
  );

  test('is never that of a program in the working directory or its repository', async () => {
    const where = place('vault', 'echo secret');
    const root = temporaryDirectory();
    const cwd = path.join(root, 'packages/app');
    mkdirSync(cwd, { recursive: true });
    mkdirSync(path.join(root, '.git'));
    const folders = ['node_modules/.bin', 'packages/app/bin', 'tools'].map((name) => path.join(root, name));
    for (const folder of folders) writeFiles(folder, { vault: '#!/bin/sh\ntouch "$0.ran"\n' }, 0o755);
    const PATH = [...folders, 'relative', '.'].join(':');
    const said = await refusal({ ...where, cwd, env: { PATH } });
    expect(said).toMatch(/cannot be found: vault/);
    for (const folder of folders) expect(existsSync(path.join(folder, 'vault.ran'))).toBe(false);
  });

  test('may come from the user file alone', async () => {
    const where = place('vault', 'touch "$0.ran"; echo secret');
    const config = { environments: { staging: { clientId: 'an-id-of-ours', clientSecret: 'exec:vault' } } };
    writeFiles(where.cwd, { '.decentrorc': JSON.stringify(config) });
    const alone = { ...where, home: temporaryDirectory() };
    expect(await refusal(alone)).toContain('runs a program, which only the user file may do');
    const named = { ...alone, cwd: temporaryDirectory() };
    const { stderr } = await fails(['config', 'show', '--config', path.join(where.cwd, '.decentrorc')], 3, {
      ...named,
      stdout: /./,
    });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('which only the user file may do');
    const env = { ...where.env, DECENTRO_CLIENT_ID: 'an-id-of-ours', DECENTRO_CLIENT_SECRET: 'exec:vault' };
    expect(await refusal({ ...named, env })).toContain('which only the user file may do');
    expect(existsSync(path.join(where.bin, 'vault.ran'))).toBe(false);
  });

  test('can be stored by config set --global', async () => {
    const where = place('vault', `echo ${CANARIES.clientSecret}`);
    const args = ['config', 'set', '--global', 'environments.staging.moduleSecret', 'exec:vault read module'];
    await succeeds(args, { ...where, stderr: [] });
    const { stdout } = await succeeds(['config', 'show'], { ...where, stderr: [], columns: 200 });
    expect(stdout).toMatch(/^moduleSecret +\*{8} /m);
  });
});
