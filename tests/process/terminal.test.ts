import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dealt } from '../support/generated.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, commandLine, temporaryDirectory } from '../support/run.js';
import { openShellTerminal, openTerminal, type Terminal } from '../support/terminal.js';
import { PAIR, PURPOSE, REDIRECT_URL, sessionAt } from '../support/session.js';

const SUGGESTED_PURPOSE = 'Verifying who opens an account';
const SUGGESTED_URL = 'http://localhost:3000/digilocker/callback';

const QUESTIONS = {
  'client ID': /Client ID \(staging\):/,
  'client secret': /Client secret:/,
  'module secret': /Module secret \(Enter if the account has none\):/,
  purpose: /Consent purpose \(20 to 50 characters\):/,
  'redirect URL': /Redirect URL:/,
  consent: /Did the end user agree to it/,
} as const;

type Question = keyof typeof QUESTIONS;

const ANSWERS: Readonly<Record<Question, string>> = {
  'client ID': 'client-of-nobody',
  'client secret': CANARIES.clientSecret,
  'module secret': CANARIES.moduleSecret,
  purpose: PURPOSE,
  'redirect URL': REDIRECT_URL,
  consent: 'y',
};

const ORDER = Object.keys(QUESTIONS) as Question[];

/** Where a session without any setting goes: the questions alone fill it in. */
function target({ url }: { url: string }, ...flags: string[]): string[] {
  return ['init-session', '--base-url', url, '--allow-host', '127.0.0.1', '--no-open', ...flags];
}

/** Answers the questions in their order, and waits for `last`, which is left open. */
async function answerUpTo(terminal: Terminal, last?: Question): Promise<void> {
  for (const question of ORDER) {
    await terminal.waitFor(QUESTIONS[question]);
    if (question === last) return;
    terminal.type(ANSWERS[question]);
    terminal.press('enter');
  }
}

describe('on a terminal', () => {
  test('all questions are asked in their order, and stdout holds the result alone (rule 23)', async () => {
    const recorder = await createRecorder([{}]);
    const file = path.join(temporaryDirectory(), 'result.json');
    const terminal = openTerminal(target(recorder, '--json'), { stdoutTo: file });
    await answerUpTo(terminal);
    expect(await terminal.exit).toEqual({ code: 0, signal: null });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ ok: true, environment: 'staging' });
    const [request] = recorder.requests;
    expect(request?.json()).toMatchObject({
      consent: true,
      consent_purpose: PURPOSE,
      redirect_url: REDIRECT_URL,
    });
    expect(request?.header('client_id')).toBe(ANSWERS['client ID']);
    expect(request?.header('client_secret')).toBe(CANARIES.clientSecret);
    expect(request?.header('module_secret')).toBe(CANARIES.moduleSecret);
    expect(terminal.text).toMatch(/\nReference ID: \S+\n/);
  });

  test('the suggestions are shown and taken with Enter, and an account may have no module secret', async () => {
    const recorder = await createRecorder([{}]);
    const terminal = openTerminal(target(recorder), { cols: 120 });
    await answerUpTo(terminal, 'module secret');
    terminal.press('enter');
    await terminal.waitFor(QUESTIONS.purpose);
    await terminal.waitFor(`(${SUGGESTED_PURPOSE})`);
    terminal.press('enter');
    await terminal.waitFor(QUESTIONS['redirect URL']);
    await terminal.waitFor(`(${SUGGESTED_URL})`);
    terminal.press('enter');
    await terminal.waitFor(`“${SUGGESTED_PURPOSE}”`);
    await terminal.waitFor('(y/N)');
    terminal.type('y');
    terminal.press('enter');
    await terminal.waitFor('DigiLocker session started (staging)');
    expect((await terminal.exit).code).toBe(0);
    const [request] = recorder.requests;
    expect(request?.header('module_secret')).toBeUndefined();
    expect(request?.json()).toMatchObject({
      consent_purpose: SUGGESTED_PURPOSE,
      redirect_url: SUGGESTED_URL,
    });
  });

  test('only what is missing is asked', async () => {
    const recorder = await createRecorder([{}]);
    const args = sessionAt(recorder).filter((arg) => arg !== '--consent');
    const terminal = openTerminal(args, { env: PAIR, cols: 120 });
    await terminal.waitFor(`“${PURPOSE}”`);
    terminal.type('yes');
    terminal.press('enter');
    expect((await terminal.exit).code).toBe(0);
    expect(terminal.text).not.toMatch(/Client|secret|Redirect URL:/);
  });

  test('a secret is masked as it is typed, also after Ctrl-T (rule 27)', async () => {
    const recorder = await createRecorder([]);
    const terminal = openTerminal(target(recorder), { secrets: ['s3cr3t'] });
    await answerUpTo(terminal, 'client secret');
    terminal.type('s3cr3t');
    await terminal.waitFor('******');
    terminal.press('ctrl-t');
    terminal.type('X');
    await terminal.waitFor('*******');
    terminal.press('ctrl-c');
    expect((await terminal.exit).code).toBe(130);
    expect(recorder.connections).toBe(0);
  });

  test('a wrong answer is reported at once and can be corrected', async () => {
    const recorder = await createRecorder([{}]);
    const terminal = openTerminal(target(recorder), { cols: 120 });
    await terminal.waitFor(QUESTIONS['client ID']);
    terminal.press('enter');
    await terminal.waitFor('A value is needed.');
    terminal.type(ANSWERS['client ID']);
    terminal.press('enter');
    await terminal.waitFor(QUESTIONS['client secret']);
    terminal.type(ANSWERS['client secret']);
    terminal.press('enter');
    await terminal.waitFor(QUESTIONS['module secret']);
    terminal.press('enter');
    await terminal.waitFor(QUESTIONS.purpose);
    terminal.type('KYC');
    await terminal.waitFor('[3]');
    terminal.press('enter');
    await terminal.waitFor('has 3 characters, and needs at least 20');
    terminal.type(PURPOSE.slice(3));
    await terminal.waitFor(`[${PURPOSE.length}]`);
    terminal.press('enter');
    await terminal.waitFor(QUESTIONS['redirect URL']);
    terminal.type('app.example');
    terminal.press('enter');
    await terminal.waitFor('is not an absolute http(s) URL');
    for (let left = 'app.example'.length; left > 0; left -= 1) terminal.press('backspace');
    terminal.type(REDIRECT_URL);
    terminal.press('enter');
    await terminal.waitFor(QUESTIONS.consent);
    terminal.type('y');
    terminal.press('enter');
    expect((await terminal.exit).code).toBe(0);
    expect(recorder.requests[0]?.json()).toMatchObject({
      consent_purpose: PURPOSE,
      redirect_url: REDIRECT_URL,
    });
  });

  test.each(['', 'no'])('the consent is not given by %j, which ends with 2', async (answer) => {
    const recorder = await createRecorder([]);
    const args = sessionAt(recorder).filter((arg) => arg !== '--consent');
    const terminal = openTerminal(args, { env: PAIR, cols: 120 });
    await terminal.waitFor(QUESTIONS.consent);
    terminal.type(answer);
    terminal.press('enter');
    await terminal.waitFor('error_consent_false');
    expect(await terminal.exit).toEqual({ code: 2, signal: null });
    expect(recorder.connections).toBe(0);
  });

  test.each<[Record<string, string>, readonly string[]]>([
    [{ NO_COLOR: '1' }, []],
    [{}, ['--no-color']],
  ])('questions, result and failures have no colours with %j %j', async (env, flags) => {
    const recorder = await createRecorder([{}]);
    const args = sessionAt(recorder, ...flags).filter((arg) => arg !== '--consent');
    const terminal = openTerminal(args, { env: { ...PAIR, ...env }, cols: 120 });
    await terminal.waitFor(QUESTIONS.consent);
    terminal.type('y');
    terminal.press('enter');
    await terminal.waitFor('session started');
    expect((await terminal.exit).code).toBe(0);
    expect(terminal.output).not.toMatch(/\p{Cc}\[[\d;]*m/u);
  });

  test('questions and result are in colour otherwise', async () => {
    const recorder = await createRecorder([{}]);
    const terminal = openTerminal(sessionAt(recorder), { env: PAIR });
    await terminal.waitFor('session started');
    expect((await terminal.exit).code).toBe(0);
    expect(terminal.output).toMatch(/\p{Cc}\[1m\S*DigiLocker session started|\p{Cc}\[32m\S*DigiLocker/u);
  });
});

/**
 * Runs digilocker between two looks at the terminal's settings, and tells its exit code. The shell waits for Enter,
 * since a terminal that closes may lose what was shown last.
 */
function watched(args: readonly string[], env: Record<string, string> = {}): Terminal {
  const script = 'stty -a; echo "==="; "$@"; echo "rc=$?"; echo "==="; stty -a; echo "==="; read -r _';
  return openShellTerminal(script, commandLine(args), { env, cols: 120 });
}

async function expectRestored(terminal: Terminal, code: number): Promise<void> {
  await terminal.waitFor(`rc=${code}\n===\n`);
  await terminal.waitFor('===\n');
  terminal.press('enter');
  await terminal.exit;
  const [before, , after] = terminal.text.split('===\n');
  expect(after).toBe(before);
  expect(terminal.output.lastIndexOf('\u001b[?25l')).toBeLessThanOrEqual(
    terminal.output.lastIndexOf('\u001b[?25h'),
  );
  expect(terminal.text).not.toMatch(/^ {4}at |Error/m);
}

describe('at the question of the (rule 26)', () => {
  test.each(dealt(ORDER, 0, 2))(
    '%s Ctrl-C ends with 130, one line and a terminal as it was',
    async (question) => {
      const recorder = await createRecorder([]);
      const terminal = watched(target(recorder));
      await answerUpTo(terminal, question);
      terminal.press('ctrl-c');
      await terminal.waitFor(/\nerror: Interrupted[^\n]*\n/);
      await expectRestored(terminal, 130);
      expect(recorder.connections).toBe(0);
    },
  );

  test.each(dealt(ORDER, 1, 2))('%s Ctrl-D ends with 2 and says so', async (question) => {
    const recorder = await createRecorder([]);
    const terminal = watched(target(recorder));
    await answerUpTo(terminal, question);
    terminal.press('ctrl-d');
    await terminal.waitFor('Input ended before the question was answered.');
    await expectRestored(terminal, 2);
    expect(recorder.connections).toBe(0);
  });
});
