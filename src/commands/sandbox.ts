import { Option, type Command } from 'commander';
import { Failure } from '../failure/failure.js';
import { checkNetworkPermission } from '../failure/permission.js';
import type { Host } from '../host/host.js';
import { nearMisses } from '../failure/nearest.js';
import { plainFailure } from '../output/failure-report.js';
import { renderNote, writeNote } from '../output/note.js';
import { endText } from '../sandbox/end-text.js';
import type { ScenarioChoice } from '../sandbox/server.js';
import { completedBy, parseDuration, parsePort, type CommandModule } from './flags.js';

export const sandbox: CommandModule = {
  declare: declareSandbox,
  reportFailure: (failure) => plainFailure('digilocker.sandbox/1', failure),
};

interface Flags {
  readonly port: number;
  /** As typed: the sandbox itself refuses one that does not exist. */
  readonly scenario?: ScenarioChoice;
  readonly strictCredentials?: boolean;
  readonly requireModuleSecret?: boolean;
  readonly endUser?: 'allow' | 'deny';
  /** Milliseconds. */
  readonly clockOffset?: number;
}

const EXAMPLES = `
NAME is a response key, or one of http-401, http-403-html, http-429, http-500,
http-502-html, http-503, slow, hang, reset, cut, malformed, redirect-failure,
redirect-other-session, redirect-without-id, data-not-found, not-linked,
bad-base64, wrong-type, huge-file. A reference ID that begins with sbx-NAME-
plays it for one request.

Examples:
  digilocker sandbox
  digilocker sandbox --scenario 'http-429*1'
  digilocker init-session --env sandbox --consent \\
    --base-url http://127.0.0.1:4010`;

function declareSandbox(command: Command, host: Host): void {
  command
    .option('--port <port>', 'listen there on 127.0.0.1; 0 picks a free port', parsePort, 4010)
    .addOption(
      completedBy(
        new Option('--scenario <name>', 'answer every request with NAME, or the first n of them with NAME*n'),
        async () => (await import('../sandbox/api/scenarios.js')).SCENARIOS,
      ),
    )
    .option('--strict-credentials', "accept only the sandbox's own client ID and secret")
    .option(
      '--clock-offset <duration>',
      "run the API's clock ahead: with 61m, every code has expired",
      parseDuration,
    )
    .option('--require-module-secret', "require the sandbox's own module secret too")
    .addOption(
      new Option('--end-user <choice>', 'play the end user of every session').choices(['allow', 'deny']),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => {
      await serve(host, flags);
    });
}

/** Serves until Ctrl-C or SIGTERM, which are its ordinary end. */
async function serve(host: Host, flags: Flags): Promise<void> {
  const server = await listen(host, flags);
  try {
    await host.stdout.write(`${server.url}\n`);
    await writeNote(host.stderr, 'Sandbox listening. Press Ctrl-C to stop. In another terminal:');
    await host.stderr.write(
      renderNote(`  digilocker init-session --env sandbox --base-url ${server.url} --consent`),
    );
    await ended(host.signal);
  } finally {
    await server.close();
  }
}

async function listen(
  host: Host,
  { port, scenario, strictCredentials, requireModuleSecret, endUser, clockOffset }: Flags,
) {
  checkNetworkPermission();
  const { createSandbox, MissingGlobals, SCENARIOS, UnknownScenario } = await import('../sandbox/server.js');
  const log = createLog((text) => host.stderr.write(text));
  try {
    return await createSandbox({
      port,
      ...(scenario !== undefined && { scenario }),
      strictCredentials: strictCredentials === true,
      requireModuleSecret: requireModuleSecret === true,
      endUser,
      clockOffsetMs: clockOffset,
      keepRequests: false,
      onEnd: (end) => {
        log(endText(end));
      },
      log,
    });
  } catch (error) {
    if (error instanceof UnknownScenario) {
      // The name is right, and the number behind it is not.
      if (SCENARIOS.some((name) => name === error.scenario)) throw new Failure('usage', error.message);
      const near = nearMisses(scenario ?? '', SCENARIOS);
      throw new Failure('usage', `Unknown scenario "${scenario ?? ''}".`, {
        hint:
          near.length > 0
            ? `Did you mean ${near.join(' or ')}?`
            : 'See digilocker sandbox --help for its names.',
      });
    }
    if (error instanceof MissingGlobals) throw new Failure('config', error.message);
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Failure('usage', `The sandbox cannot listen on 127.0.0.1:${port} (${code}).`, {
      hint: 'Choose another port with --port, or let it choose with --port 0.',
    });
  }
}

const MAX_WAITING_LINES = 1000;

/** Writes lines one batch at a time. A stream that cannot keep up with the requests loses lines, and writes how many. */
function createLog(write: (text: string) => Promise<void>): (line: string) => void {
  let waiting: string[] = [];
  let lostCount = 0;
  let isWriting = false;

  async function writeWaiting(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      if (lostCount > 0) waiting.push(`(${lostCount} lines left out)`);
      const text = waiting.map(renderNote).join('');
      waiting = [];
      lostCount = 0;
      await write(text).catch(() => undefined);
    }
    isWriting = false;
  }

  return (line) => {
    if (waiting.length < MAX_WAITING_LINES) waiting.push(line);
    else lostCount += 1;
    if (!isWriting) void writeWaiting();
  };
}

async function ended(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const reason: unknown = signal.reason;
  const isOrdinary = reason instanceof Failure && (reason.exitCode === 130 || reason.exitCode === 143);
  if (!isOrdinary) throw reason;
}
