import { describe, expect, test } from '@jest/globals';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { credentials, fails, succeeds } from '../support/run-main.js';
import { CHATTER } from '../support/smoke.js';
import { createTwistedSandbox, type Twist } from '../support/twisted-sandbox.js';

const SANDBOX = ['smoke', '--env', 'sandbox', '--consent'] as const;

async function createStaging(twist: Twist) {
  const { url } = await createTwistedSandbox(twist);
  return ['smoke', '--consent', '--base-url', url, '--allow-host', '127.0.0.1'];
}

const REFUSES_ALL: Twist = (_request, answer) => ({ ...answer, status: 403, body: '<h1>no</h1>' });

describe('--report junit', () => {
  test('replaces the file, whatever the other form of output', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(path.join(cwd, 'smoke.xml'), 'old');
    const { document } = await succeeds([...SANDBOX, '--json', '--report', 'junit=smoke.xml'], {
      cwd,
      ...CHATTER,
    });
    expect(document['ok']).toBe(true);
    expect(readFileSync(path.join(cwd, 'smoke.xml'), 'utf8')).toMatch(
      /<testsuites name="digilocker.smoke.sandbox" tests="18" failures="0"/,
    );
    expect(readdirSync(cwd)).toEqual(['smoke.xml']);
  });

  test('tells of a run that ended early', async () => {
    const cwd = temporaryDirectory();
    const args = await createStaging(REFUSES_ALL);
    await fails([...args, '--json', '--report', 'junit=a.xml', '--report', 'junit=b.xml'], 4, {
      cwd,
      env: credentials,
    });
    for (const name of ['a.xml', 'b.xml'])
      expect(readFileSync(path.join(cwd, name), 'utf8')).toContain('tests="18" failures="1" errors="0"');
  });

  test.each([
    ['no folder', 'junit=no/smoke.xml', 'does not exist.'],
    ['a folder', 'junit=.', 'is not a regular file'],
    ['a name that is too long', `junit=${'x'.repeat(300)}`, 'cannot be used (ENAMETOOLONG)'],
    ['a path that is too long', `junit=${'x/'.repeat(2500)}y`, 'does not exist.'],
    ['no name', 'junit=', 'Valid reports: junit=FILE, github'],
    ['another form', 'tap=smoke.tap', 'Valid reports: junit=FILE, github'],
  ])('refuses %s before anything is sent', async (_what, value, message) => {
    const { stderr } = await fails([...SANDBOX, '--report', value], 2);
    expect(stderr.replaceAll('\n', ' ')).toContain(message);
    expect(stderr).not.toContain('Reference ID');
  });

  test('refuses a link (rule 8)', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(path.join(cwd, 'target'), 'kept');
    symlinkSync(path.join(cwd, 'target'), path.join(cwd, 'smoke.xml'));
    await fails([...SANDBOX, '--report', 'junit=smoke.xml'], 2, { cwd });
    expect(readFileSync(path.join(cwd, 'target'), 'utf8')).toBe('kept');
  });

  test('ends with 74 where it cannot be written any more, and the result is told all the same', async () => {
    const cwd = temporaryDirectory();
    const folder = path.join(cwd, 'out');
    const twist: Twist = () => {
      rmSync(folder, { recursive: true, force: true });
      return undefined;
    };
    mkdirSync(folder);
    const args = [...(await createStaging(twist)), '--report', 'junit=out/smoke.xml'];
    const json = await fails([...args, '--json'], 74, { cwd, env: credentials });
    expect(json.document).toMatchObject({
      plan: { calls: 13 },
      error: { kind: 'output', message: `The report ${folder}/smoke.xml could not be written (ENOENT).` },
    });
    expect(json.document['cases']).toHaveLength(18);
    mkdirSync(folder);
    await fails(args, 74, { cwd, env: credentials, stdout: /18 cases: 7 ok/ });
  });

  test('leaves the code to what ended the run', async () => {
    const cwd = temporaryDirectory();
    mkdirSync(path.join(cwd, 'out'));
    const args = await createStaging((request, answer, index) => {
      rmSync(path.join(cwd, 'out'), { recursive: true });
      return REFUSES_ALL(request, answer, index);
    });
    const { stderr } = await fails([...args, '--report', 'junit=out/smoke.xml'], 4, {
      cwd,
      env: credentials,
      stdout: /./,
    });
    expect(stderr).toContain('could not be written (ENOENT).');
  });
});

describe('--report github', () => {
  test('annotates, summarises and sets outputs, after what is there', async () => {
    const cwd = temporaryDirectory();
    const files = {
      GITHUB_STEP_SUMMARY: path.join(cwd, 'summary.md'),
      GITHUB_OUTPUT: path.join(cwd, 'output'),
    };
    for (const file of Object.values(files)) writeFileSync(file, 'earlier\n');
    const args = await createStaging((request, answer) =>
      (request.json() as { consent: unknown }).consent === false
        ? { ...answer, body: { ...(answer.body as object), responseKey: 'x::y' } }
        : undefined,
    );
    const { stderr, document } = await fails([...args, '--json', '--report', 'github'], 10, {
      env: { ...credentials, ...files },
    });
    expect(stderr).toContain(
      '\n::error title=digilocker smoke%3A consent-refused::Expected error_consent_false; observed x::y (HTTP 400)\n',
    );
    expect(document).toMatchObject({ ok: false });
    expect(readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8')).toMatch(
      /^earlier\n### digilocker smoke: staging\n/,
    );
    const outputs = readFileSync(files.GITHUB_OUTPUT, 'utf8');
    expect(outputs).toMatch(/^earlier\nok<<(digilocker_[0-9a-f]{32})\nfalse\n\1\n/);
    expect(outputs).toMatch(/\nfailed-cases<<(\S+)\nconsent-refused\n\1\n/);
  });

  test('writes what there is', async () => {
    const cwd = temporaryDirectory();
    const file = path.join(cwd, 'output');
    await succeeds([...SANDBOX, '--report', 'github'], { env: { GITHUB_OUTPUT: file }, ...CHATTER });
    expect(readFileSync(file, 'utf8')).toMatch(/^ok<<(\S+)\ntrue\n/);
    expect(existsSync(path.join(cwd, 'summary.md'))).toBe(false);
  });

  test('appends to no link (rule 8)', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(path.join(cwd, 'target'), 'kept');
    symlinkSync(path.join(cwd, 'target'), path.join(cwd, 'output'));
    const env = { GITHUB_OUTPUT: path.join(cwd, 'output') };
    const { stderr } = await fails([...SANDBOX, '--report', 'github'], 2, { env });
    expect(stderr).toContain('--report github: $GITHUB_OUTPUT is a link');
    expect(readFileSync(path.join(cwd, 'target'), 'utf8')).toBe('kept');
  });

  test('is refused outside GitHub Actions, before anything is sent', async () => {
    const { stderr } = await fails([...SANDBOX, '--report', 'github'], 2);
    expect(stderr).toContain('--report github needs GitHub Actions');
    expect(stderr).not.toContain('Reference ID');
  });
});
