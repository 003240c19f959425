import type { Command } from 'commander';
import { awaitRedirect, openListener } from '../redirect/await-redirect.js';
import {
  checkDeclined,
  faultFailure,
  foreignNote,
  parsePastedQuery,
  parseRedirect,
} from '../redirect/callback.js';
import type { Callback } from '../failure/facts.js';
import { Failure } from '../failure/failure.js';
import type { Host } from '../host/host.js';
import { deliver, deliverInSpiteOf } from '../output/deliver.js';
import { errorDocument, failureBlocks, ERROR_SHAPE } from '../output/failure-report.js';
import { chooseOutput, type OutputChoice, type OutputFlags } from '../output/format.js';
import { writeNote } from '../output/note.js';
import type { Report } from '../output/report.js';
import { checkField } from '../output/scripted.js';
import { DEFAULT_WAIT_MS } from '../redirect/wait-time.js';
import { CALLBACK_SHAPE, callbackRows } from '../redirect/callback-report.js';
import { copyFault } from '../safety/pasted.js';
import { parseHttpUrl } from '../safety/url.js';
import { visible } from '../safety/visible.js';
import { noteReturn } from './calling/note-return.js';
import { addOutputFlags, parseDuration, parseListenAddress, type CommandModule } from './flags.js';

const SCHEMA = 'digilocker.callback/1';

const SHAPE = { schema: 'value', ok: 'value', callback: CALLBACK_SHAPE, error: ERROR_SHAPE } as const;

export const callback: CommandModule = {
  declare: declareCallback,
  reportFailure: (failure) => {
    const known = broughtBy(failure);
    return {
      ...reportOf(known, failure, undefined),
      blocks: failureBlocks(failure, known === null ? [] : [{ type: 'fields', rows: callbackRows(known) }]),
    };
  },
};

function broughtBy({ details }: Failure): Callback | null {
  return details.callback ?? null;
}

interface Flags extends OutputFlags {
  readonly listen?: number;
  readonly state?: string;
  readonly redirectUrl?: string;
  readonly wait?: number;
  readonly input: boolean;
}

const EXAMPLES = `
Examples:
  digilocker callback 'https://app.example/return?status=SUCCESS&initiation_…'
  digilocker callback --field callback.code - < address.txt
  digilocker callback --listen 127.0.0.1:8123 --state "$DECENTRO_TXN_ID"`;

function declareCallback(command: Command, host: Host): void {
  command
    .argument('[url]', 'the URL that the browser ended up at; - reads it from stdin')
    .optionsGroup('The redirect:')
    .option('--state <id>', 'transaction ID of the session it must belong to')
    .option(
      '--listen <127.0.0.1:port>',
      'catch the redirect on this port (requires --state)',
      parseListenAddress,
    )
    .option('--redirect-url <url>', "the session's redirect URL: its own query is not part of the answer")
    .option('--wait <duration>', 'with --listen: how long to wait (default: 10m)', parseDuration)
    .option('--no-input', 'never ask');
  addOutputFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (url: string | undefined, flags: Flags) => {
      await run(host, url, flags);
    });
}

async function run(host: Host, url: string | undefined, flags: Flags): Promise<void> {
  const choice = chooseOutput(flags);
  checkFlags(url, flags);
  const isCaught = flags.listen !== undefined;
  try {
    const callback = isCaught ? await catchRedirect(host, flags, choice) : await readPasted(host, url, flags);
    await deliver(host, reportOf(callback, undefined, flags.state, host.now()), choice).catch(
      (error: unknown) => {
        // The redirect comes once: what it brought is shown with the failure.
        throw error instanceof Failure ? error.with({ callback }) : error;
      },
    );
    const isKnown = await note(host, flags.state ?? callback.decentroTxnId ?? callback.state);
    const doubt = isCaught ? undefined : doubtOf(callback, flags.state, isKnown);
    if (doubt !== undefined && !choice.isQuiet) await writeNote(host.stderr, doubt);
  } catch (error) {
    if (error instanceof Failure && broughtBy(error) !== null)
      await deliverInSpiteOf(error, host, reportOf(broughtBy(error), error, flags.state, host.now()), choice);
    throw error;
  }
}

/** What the user should know of a redirect that was pasted, and read. */
function doubtOf(callback: Callback, sessionId: string | undefined, isKnown: boolean): string | undefined {
  const { code, state, decentroTxnId } = callback;
  if (sessionId !== undefined) return foreignNote(callback, sessionId);
  if (code === null) return undefined;
  if (state === null) return 'The redirect does not say which session its code is for.';
  if (foreignNote(callback, state) !== undefined)
    return `The redirect names two sessions: ${visible(state)} as state, ${visible(decentroTxnId ?? '')} as transaction.`;
  return isKnown
    ? undefined
    : `This machine started no session ${visible(state)}: --state ID checks that the code is for yours.`;
}

/** Returns whether this machine started the session. */
async function note(host: Host, id: string | null): Promise<boolean> {
  if (id === null) return false;
  return await noteReturn(host, id, async () => {
    const { loadProfile } = await import('../settings/load-profile.js');
    // Reading a redirect needs no settings: broken ones do not stop it.
    const loaded = await loadProfile(host, {}).catch(() => undefined);
    return loaded?.profile.journal.value ?? 'never';
  });
}

function checkFlags(url: string | undefined, { field, listen, state, redirectUrl, wait }: Flags): void {
  checkField(SHAPE, field);
  if (listen !== undefined && url !== undefined)
    throw new Failure('usage', 'A redirected URL cannot be combined with --listen.');
  if (listen !== undefined && state === undefined)
    throw new Failure('usage', '--listen requires --state, the transaction ID of the session.');
  // An unset variable would make a redirect without a state the right one.
  if (state === '')
    throw new Failure('usage', '--state is empty.', { hint: 'Give the transaction ID of the session.' });
  const copied = copyFault(state ?? '');
  if (copied !== undefined) throw new Failure('usage', `--state ${copied}.`);
  if (wait !== undefined && listen === undefined) throw new Failure('usage', '--wait requires --listen.');
  if (redirectUrl !== undefined && parseHttpUrl(redirectUrl) === undefined)
    throw new Failure('usage', '--redirect-url is not an absolute http(s) URL.');
}

async function catchRedirect(host: Host, flags: Flags, { isQuiet }: OutputChoice): Promise<Callback> {
  const forwarding = flags.redirectUrl === undefined ? undefined : parseHttpUrl(flags.redirectUrl);
  const listener = await openListener(host, flags.listen, {
    path: forwarding?.pathname,
    hosts: forwarding === undefined ? [] : [forwarding.host],
  });
  const expected = { decentroTxnId: flags.state ?? '', redirectUrl: forwarding };
  try {
    return await awaitRedirect(host, {
      listener,
      expected,
      waitMs: flags.wait ?? DEFAULT_WAIT_MS,
      isQuiet,
    });
  } finally {
    await listener.close();
  }
}

async function readPasted(host: Host, url: string | undefined, flags: Flags): Promise<Callback> {
  const { state, redirectUrl, input } = flags;
  const query = parsePastedQuery(await pasted(host, url, input));
  if (query === undefined)
    throw new Failure('usage', 'Not a DigiLocker redirect: neither a URL nor a query.', { hint: PASTE_HINT });
  const own = redirectUrl === undefined ? undefined : parseHttpUrl(redirectUrl);
  const reading = parseRedirect(query, { decentroTxnId: state, redirectUrl: own });
  if ('fault' in reading) throw faultFailure(reading.fault, state, PASTE_HINT);
  checkDeclined(reading.callback);
  return reading.callback;
}

const PASTE_HINT = 'Copy the whole URL from the browser’s address bar, and put it in quotes.';

async function pasted(host: Host, url: string | undefined, input: boolean): Promise<string> {
  if (url === '-') return await host.readInput();
  if (url !== undefined) return url;
  if (host.isInteractive && input) {
    return await host.prompter.text({
      message: 'URL that the browser ended up at:',
      check: (answer) => (parsePastedQuery(answer) === undefined ? PASTE_HINT : undefined),
    });
  }
  throw new Failure('usage', 'No redirect URL given, and no terminal to prompt on.', {
    hint: 'Pass the URL as an argument, pipe it to `digilocker callback -`, or catch the redirect with --listen and --state.',
  });
}

/** @param sessionId what was given: later calls go by it, however the redirect spells it */
function reportOf(
  callback: Callback | null,
  failure: Failure | undefined,
  sessionId: string | undefined,
  nowMs?: number,
): Report {
  const next =
    callback?.code == null
      ? 'The session is complete: Decentro fetches the access token itself.'
      : 'The code is valid for 1 hour after the redirect.';
  return {
    document: {
      schema: SCHEMA,
      ok: failure === undefined,
      callback,
      error: failure === undefined ? null : errorDocument(failure),
    },
    variables: [
      ['DECENTRO_TXN_ID', callback === null ? null : (sessionId ?? callback.decentroTxnId ?? callback.state)],
      ['DIGILOCKER_CODE', callback?.code ?? null],
    ],
    blocks: [
      { type: 'title', text: 'The end user came back', tone: 'good' },
      { type: 'fields', rows: callback === null ? [] : callbackRows(callback, nowMs) },
      { type: 'text', text: next },
    ],
  };
}
