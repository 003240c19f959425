import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SESSION_CREATED } from '../support/answer.js';
import { dealt } from '../support/generated.js';
import { createRecorder } from '../support/recorder.js';
import { commandLine, temporaryDirectory } from '../support/run.js';
import { openShellTerminal } from '../support/terminal.js';
import { PAIR, sessionAt } from '../support/session.js';

interface Wiring {
  /** What stands before the command: what makes its input, or the pipe that it reads. */
  readonly feed?: string;
  readonly redirection?: string;
  /** What stands behind the command, from the pipe between them. */
  readonly sink?: string;
}

const STDIN: Readonly<Record<string, Wiring>> = {
  'the terminal': {},
  '/dev/null': { redirection: '</dev/null' },
  closed: { redirection: '<&-' },
  'a pipe that stays open and silent': { feed: 'mkfifo silent; exec 3<>silent;', redirection: '<&3' },
  'a pipe that ends after two answers': { feed: "printf 'id\\nsecret\\n' |" },
};

interface Stdout extends Wiring {
  readonly isLost?: true;
  /** Where the result is found. */
  readonly shownOn?: 'terminal' | 'pipe';
}

const STDOUT: Readonly<Record<string, Stdout>> = {
  'the terminal': { shownOn: 'terminal' },
  'a pipe': { sink: '| cat >out', shownOn: 'pipe' },
  'a pipe whose reader is gone': { sink: '| { head -c0; exec <&-; : >gone; }', isLost: true },
  'a full disk': { redirection: '>/dev/full', isLost: true },
  // It cannot be told from /dev/null.
  closed: { redirection: '>&-' },
};

const CELLS = Object.entries(STDIN).flatMap(([stdin, source]) =>
  Object.entries(STDOUT).map(([stdout, target]) => ({ stdin, stdout, source, target })),
);

/**
 * Runs digilocker with both streams wired up and stderr on a terminal, where its exit code is told as well. The shell
 * waits for Enter, since a terminal that closes may lose what was shown last.
 */
function wired(
  args: readonly string[],
  { source, target }: { source: Wiring; target: Stdout },
  env: Readonly<Record<string, string>> = PAIR,
) {
  const cwd = temporaryDirectory();
  const redirections = `${source.redirection ?? ''} ${target.redirection ?? ''}`;
  const isReaderGone = target.sink?.includes('gone') === true;
  const script = `${source.feed ?? ''} {
      ${isReaderGone ? 'until [ -e gone ]; do :; done' : ''}
      "$@" ${redirections}
      echo "rc=$?" >&2
    } ${target.sink ?? ''}
    read -r _ </dev/tty`;
  const terminal = openShellTerminal(script, commandLine(args), { env, cwd, cols: 200 });
  const ended = async (code: number) => {
    await terminal.waitFor(`rc=${code}\n`);
    terminal.press('enter');
    await terminal.exit;
    expect(terminal.text).not.toMatch(/^ {4}at |EPIPE/m);
    return target.shownOn === 'pipe' ? readFileSync(path.join(cwd, 'out'), 'utf8') : terminal.text;
  };
  return { terminal, ended };
}

describe('a session ends by itself, and its result is not lost (rules 24, 26)', () => {
  test.each(dealt(CELLS, 0, 2))('stdin: $stdin, stdout: $stdout', async ({ target, ...cell }) => {
    const recorder = await createRecorder([{}]);
    const args = sessionAt(recorder, '--reference-id', 'ref-1');
    const { terminal, ended } = wired(args, { ...cell, target });
    const result = await ended(target.isLost === true ? 74 : 0);
    expect(terminal.text).toMatch(/^Reference ID: ref-1\n/);
    if (target.shownOn === undefined && target.isLost === undefined) return;
    expect(result).toMatch(
      new RegExp(`^Transaction ID +${SESSION_CREATED.decentroTxnId}\nReference ID +ref-1\n`, 'm'),
    );
    expect(result).toContain(SESSION_CREATED.data.authorizationUrl);
  });
});

const MISSING = ['client ID', 'client secret', 'consent purpose', 'redirect URL', 'consent'];

// Each input meets each output, but where nobody is asked a third of them at a time: the inputs end alike there.
const MISSING_CELLS = Object.keys(STDIN).flatMap((stdin, row) => {
  const cells = CELLS.filter((cell) => cell.stdin === stdin);
  return stdin === 'the terminal' ? cells : dealt(cells, row, 3);
});

describe('what is missing is asked on a terminal, and named where nobody can be asked (rules 24, 26)', () => {
  test.each(MISSING_CELLS)('stdin: $stdin, stdout: $stdout', async ({ stdin, target, ...cell }) => {
    const isAsked = stdin === 'the terminal';
    const recorder = await createRecorder(isAsked ? [{}] : []);
    const asking = sessionAt(recorder, '--json').filter((arg) => arg !== '--consent');
    const lacking = ['init-session', '--json'];
    const { terminal, ended } = wired(isAsked ? asking : lacking, { ...cell, target }, isAsked ? PAIR : {});
    if (isAsked) {
      await terminal.waitFor('Did the end user agree to it');
      terminal.type('y');
      terminal.press('enter');
    }
    const code = isAsked ? 0 : 3;
    const result = await ended(target.isLost === true ? 74 : code);
    if (target.shownOn === undefined && target.isLost === undefined) return;
    const needed = isAsked ? [SESSION_CREATED.decentroTxnId] : MISSING.map((what) => `- the ${what}`);
    for (const what of needed) expect(result).toContain(what);
  });
});
