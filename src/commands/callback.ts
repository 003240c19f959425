import type { Command } from 'commander';
import { awaitRedirect, DEFAULT_WAIT_MS, openListener } from '../redirect/await-redirect.js';
import { parseCallback, parsePastedQuery, refuseDeclined } from '../redirect/callback.js';
import type { Callback } from '../failure/facts.js';
import { Failure } from '../failure/failure.js';
import type { Host } from '../host/host.js';
import { deliver, deliverInSpiteOf } from '../output/deliver.js';
import { errorDocument, failureBlocks, ERROR_SHAPE } from '../output/failure-report.js';
import { chooseOutput, type OutputChoice, type OutputFlags } from '../output/format.js';
import type { Report } from '../output/report.js';
import { checkField } from '../output/scripted.js';
import { CALLBACK_SHAPE, callbackRows } from '../redirect/callback-report.js';
import { parseHttpUrl } from '../safety/url.js';
import { addOutputFlags, parseDuration, parseListenAddress, type CommandModule } from './flags.js';

const SCHEMA = 'digilocker.callback/1';

const SHAPE = { schema: 'value', ok: 'value', callback: CALLBACK_SHAPE, error: ERROR_SHAPE } as const;

export const callback: CommandModule = {
  declare: declareCallback,
  reportFailure: (failure) => {
    const known = broughtBy(failure);
    return {
      ...reportOf(known, failure),
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
  digilocker callback 'https://app.example/digilocker/return?code=…&state=…'
  digilocker callback --field callback.code - < address.txt
  digilocker callback --listen 127.0.0.1:8123 --state "$DECENTRO_TXN_ID"`;

function declareCallback(command: Command, host: Host): void {
  command
    .argument('[url]', 'the address that the browser ended up at; - reads it from standard input')
    .optionsGroup('The redirect:')
    .option('--state <id>', 'the transaction ID of the session, which the redirect has to bear')
    .option('--listen <127.0.0.1:port>', 'catch it there (needs --state)', parseListenAddress)
    .option('--redirect-url <url>', 'with --listen: the URL of your own that forwards to it')
    .option('--wait <duration>', 'with --listen: for how long (10m)', parseDuration)
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
    await deliver(host, reportOf(callback, undefined), choice);
  } catch (error) {
    if (error instanceof Failure && broughtBy(error) !== null)
      await deliverInSpiteOf(error, host, reportOf(broughtBy(error), error), choice);
    throw error;
  }
}

function checkFlags(url: string | undefined, { field, listen, state, redirectUrl, wait }: Flags): void {
  checkField(SHAPE, field);
  if (listen !== undefined && url !== undefined)
    throw new Failure('usage', 'An address and --listen contradict each other.');
  if (listen !== undefined && state === undefined) {
    throw new Failure(
      'usage',
      "--listen needs --state, which tells the redirect of the session from anybody else's.",
    );
  }
  if (wait !== undefined && listen === undefined) {
    throw new Failure('usage', '--wait has an effect with --listen only.');
  }
  if (redirectUrl === undefined) return;
  if (listen === undefined) throw new Failure('usage', '--redirect-url has an effect with --listen only.');
  if (parseHttpUrl(redirectUrl) === undefined)
    throw new Failure('usage', '--redirect-url is not an absolute http(s) URL.');
}

async function catchRedirect(host: Host, flags: Flags, { isQuiet }: OutputChoice): Promise<Callback> {
  const forwarding = flags.redirectUrl === undefined ? undefined : parseHttpUrl(flags.redirectUrl);
  const listener = await openListener(host, flags.listen, {
    path: forwarding?.pathname,
    hosts: forwarding === undefined ? [] : [forwarding.host],
  });
  const rules = { state: flags.state, acceptsNoCode: true, acceptsRefusalWithoutState: false };
  try {
    return await awaitRedirect(host, listener, rules, flags.wait ?? DEFAULT_WAIT_MS, isQuiet);
  } finally {
    await listener.close();
  }
}

async function readPasted(host: Host, url: string | undefined, { state, input }: Flags): Promise<Callback> {
  const query = parsePastedQuery(await pasted(host, url, input));
  if (query === undefined)
    throw new Failure('usage', 'That is no address of a redirect.', { hint: PASTE_HINT });
  const rules = { state, acceptsNoCode: true, acceptsRefusalWithoutState: state === undefined };
  const parsed = parseCallback(query, rules, host.now());
  if ('wrong' in parsed)
    throw new Failure('usage', `That is not the redirect, because ${parsed.wrong}.`, { hint: PASTE_HINT });
  refuseDeclined(parsed.callback);
  return parsed.callback;
}

const PASTE_HINT =
  'Copy the whole address from the browser, with code= and state= in it, and put it in quotes.';

async function pasted(host: Host, url: string | undefined, input: boolean): Promise<string> {
  if (url === '-') return await host.readInput();
  if (url !== undefined) return url;
  if (host.isInteractive && input) {
    return await host.prompter.text({
      message: 'Address that the browser ended up at:',
      check: (answer) => (parsePastedQuery(answer) === undefined ? PASTE_HINT : undefined),
    });
  }
  throw new Failure('usage', 'There is no address, and nobody can be asked for it here.', {
    hint: 'Give it as an argument, pipe it to `digilocker callback -`, or catch it with --listen and --state.',
  });
}

function reportOf(callback: Callback | null, failure: Failure | undefined): Report {
  const next =
    callback?.code == null
      ? 'The redirect brought no code, and none is needed.'
      : 'The code is valid for 1 hour.';
  return {
    document: {
      schema: SCHEMA,
      ok: failure === undefined,
      callback,
      error: failure === undefined ? null : errorDocument(failure),
    },
    variables: [
      ['DECENTRO_TXN_ID', callback?.state ?? null],
      ['DIGILOCKER_CODE', callback?.code ?? null],
    ],
    blocks: [
      { type: 'title', text: 'The end user came back', tone: 'good' },
      { type: 'fields', rows: callback === null ? [] : callbackRows(callback) },
      { type: 'text', text: next },
    ],
  };
}
