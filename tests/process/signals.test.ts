import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { dealt } from '../support/generated.js';
import { freePort } from '../support/loopback.js';
import { createRecorder } from '../support/recorder.js';
import { commandLine, runShell, temporaryDirectory } from '../support/run.js';
import { openShellTerminal, type Terminal } from '../support/terminal.js';
import { heldRecorder, PAIR, sessionAt } from '../support/session.js';

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

interface Moment {
  readonly args: readonly string[];
  /** Resolves when the moment has come. */
  readonly reached: (terminal: Terminal) => Promise<unknown>;
  /** What the JSON document says beside the error. */
  readonly document: object;
}

const MOMENTS = {
  'at a question': async () => {
    const recorder = await createRecorder([]);
    const args = sessionAt(recorder).filter((arg) => arg !== '--consent');
    return {
      args,
      reached: (terminal: Terminal) => terminal.waitFor('Did the end user agree to it'),
      document: { sessionCreated: 'no', attempts: [], error: { sent: 'no' } },
    };
  },
  'while the answer is awaited': async () => {
    const { recorder, arrived } = await heldRecorder({ then: 'hang' });
    return {
      args: sessionAt(recorder, '--reference-id', 'ref-1'),
      reached: () => arrived,
      document: {
        referenceId: 'ref-1',
        sessionCreated: 'unknown',
        attempts: [{ referenceId: 'ref-1', httpStatus: null, sent: 'unknown' }],
        error: { sent: 'unknown' },
      },
    };
  },
  'between two tries': async () => {
    const busy = { status: 429, headers: { 'Retry-After': '20' }, body: 'Too Many Requests' };
    const recorder = await createRecorder([busy]);
    return {
      args: sessionAt(recorder),
      reached: (terminal: Terminal) => terminal.waitFor('Trying again in 20.0 s'),
      document: { sessionCreated: 'unknown', httpStatus: 429, error: { sent: 'yes' } },
    };
  },
  'while a redirect is awaited': () =>
    Promise.resolve({
      args: ['init-session', '--env', 'sandbox', '--consent', '--wait', '--no-open'],
      reached: (terminal: Terminal) => terminal.waitFor('left (Ctrl-C ends it)'),
      document: { sessionCreated: 'yes', httpStatus: 200, callback: null, error: { sent: 'yes' } },
    }),
  'while callback listens': async () => {
    const args = ['callback', '--listen', `127.0.0.1:${await freePort()}`, '--state', 'x'];
    return {
      args,
      reached: (terminal: Terminal) => terminal.waitFor('left (Ctrl-C ends it)'),
      document: { schema: 'digilocker.callback/1', callback: null },
    };
  },
} satisfies Record<string, () => Promise<Moment>>;

/** Sends a signal at a moment to digilocker on a terminal. Returns what was printed on stdout. */
async function interrupt(
  moment: Moment,
  signal: NodeJS.Signals,
  code: number,
  flags: readonly string[] = [],
) {
  const cwd = temporaryDirectory();
  const script = `trap : INT
    before=$(stty -g)
    sh -c 'echo "pid $$" >&2; exec "$@"' sh "$@" >out
    echo "rc=$?"
    [ "$before" = "$(stty -g)" ] && echo restored
    read -r _ </dev/tty`;
  const terminal = openShellTerminal(script, commandLine([...moment.args, ...flags]), {
    env: PAIR,
    cwd,
    cols: 120,
  });
  const [, pid] = await terminal.waitFor(/pid (\d+)\n/);
  await moment.reached(terminal);
  // At a question Ctrl-C is a key, elsewhere the terminal makes it a signal.
  if (signal === 'SIGINT' && flags.length === 0) terminal.press('ctrl-c');
  else process.kill(Number(pid), signal);
  await terminal.waitFor(`rc=${code}\n`);
  await terminal.waitFor('restored\n');
  terminal.press('enter');
  await terminal.exit;
  const { text, output } = terminal;
  expect(output.lastIndexOf('\u001b[?25l')).toBeLessThanOrEqual(output.lastIndexOf('\u001b[?25h'));
  expect(text).not.toMatch(/^ {4}at /m);
  return { stdout: readFileSync(path.join(cwd, 'out'), 'utf8'), text };
}

/** Every moment with one signal, and another one for each `first`. */
function cells(first: number) {
  return Object.entries(MOMENTS).flatMap(([when, prepare], index) =>
    dealt(SIGNALS, first + index, SIGNALS.length).map(([signal, code]) => ({ when, signal, code, prepare })),
  );
}

describe('a signal ends with one line and a terminal as it was (rule 26)', () => {
  test.each(cells(0))('$when: $signal, $code', async ({ when, signal, code, prepare }) => {
    const { stdout, text } = await interrupt(await prepare(), signal, code);
    expect(stdout).toBe('');
    expect(text.match(/^.*(?:error|Interrupted).*$/gm)).toEqual([
      expect.stringMatching(`error: Interrupted(?: by ${signal})?\\.$`),
    ]);
    if (when === 'while the answer is awaited') expect(text).toMatch(/^Reference ID +ref-1$/m);
    if (when === 'while a redirect is awaited') expect(text).toMatch(/^Transaction ID +[0-9A-F]{32}$/m);
  });
});

describe('a signal leaves one JSON document (rules 23, 26)', () => {
  test.each(cells(1))('$when: $signal, $code', async ({ signal, code, prepare }) => {
    const moment = await prepare();
    const { stdout, text } = await interrupt(moment, signal, code, ['--json']);
    const document: unknown = JSON.parse(stdout);
    expect(document).toMatchObject({ ok: false, error: { kind: 'interrupted', exitCode: code } });
    expect(document).toMatchObject(moment.document);
    expect(text).not.toContain('Interrupted');
  });
});

describe('a signal leaves to scripts the session that exists (rule 26)', () => {
  test.each([
    [['-o', 'env'], /^DECENTRO_TXN_ID=[0-9A-F]{32}$/m, ...SIGNALS[0]],
    [['-o', 'shell'], /^export DECENTRO_TXN_ID='[0-9A-F]{32}'$/m, ...SIGNALS[1]],
    [['--field', 'decentroTxnId'], /^[0-9A-F]{32}\n$/, ...SIGNALS[2]],
  ] as const)('%j', async (flags, printed, signal, code) => {
    const { stdout, text } = await interrupt(
      await MOMENTS['while a redirect is awaited'](),
      signal,
      code,
      flags,
    );
    expect(stdout).toMatch(printed);
    expect(text).toContain(`error: Interrupted by ${signal}.\n`);
  });
});

test.each([
  ['SIGINT', 0],
  ['SIGTERM', 0],
  ['SIGHUP', 129],
] as const)('a sandbox of its own process ends at %s with %d (rule 26)', async (signal, code) => {
  const moment: Moment = {
    args: ['sandbox', '--port', '0'],
    reached: (terminal: Terminal) => terminal.waitFor('digilocker init-session --env sandbox'),
    document: {},
  };
  const { stdout, text } = await interrupt(moment, signal, code);
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
  expect(text.match(/error: .*/g)).toEqual(code === 0 ? null : [`error: Interrupted by ${signal}.`]);
});

// Nobody listens to signals there, and the write of the text holds the process up.
test.each(SIGNALS)('help that nobody reads ends at %s with %d (rule 26)', async (signal, code) => {
  const { stdout } = await runShell(
    `mkfifo full; exec 3<>full; head -c 65536 /dev/zero >&3
    digilocker --help >&3 &
    until grep -qE '^(1|64) 0x1 ' /proc/$!/syscall; do :; done
    kill -s ${signal.slice('SIG'.length)} $!; wait $!; echo "rc=$?"`,
  );
  expect(stdout).toBe(`rc=${code}\n`);
});
