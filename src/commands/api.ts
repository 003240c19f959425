import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import { isUtf8 } from 'node:buffer';
import path from 'node:path';
import { anyEndpoint, apiPathFault, METHODS, type AnyCall } from '../api/endpoints/any.js';
import { isObject } from '../api/envelope.js';
import type { HttpAnswer } from '../api/http/exchange.js';
import { createReferenceId } from '../api/reference-id.js';
import { shownContent } from '../api/shown-answer.js';
import type { Suite } from '../api/suite.js';
import { bugFailure } from '../failure/bug.js';
import { Failure } from '../failure/failure.js';
import type { Host } from '../host/host.js';
import { readFileOnce } from '../host/read-file.js';
import { deliver, deliverContent } from '../output/deliver.js';
import { failureBlocks } from '../output/failure-report.js';
import { chooseOutput, type Format, type OutputFlags } from '../output/format.js';
import type { Report } from '../output/report.js';
import { checkField } from '../output/scripted.js';
import { createRedactors, type Credentials } from '../safety/redact.js';
import { parseStrictJson } from '../safety/strict-json.js';
import { jsonText } from '../safety/visible.js';
import {
  answerRows,
  declareDocument,
  fieldsBlock,
  idRows,
  variablesOf,
  type CallKnowledge,
} from './calling/call-report.js';
import { withCaller, type Caller, type CallerFlags } from './calling/caller.js';
import { gatherInputs } from './calling/inputs.js';
import { collectParam } from './calling/param.js';
import { callRecorded } from './calling/recorded-call.js';
import { atTarget, callOptions, STANDALONE_SANDBOX_URL } from './calling/target.js';
import {
  addCallFlags,
  addConnectionFlags,
  addOutputFlags,
  addProfileFlags,
  addVerboseFlag,
  repeatable,
  type CommandModule,
} from './flags.js';

const DOCUMENT = declareDocument<CallKnowledge>('digilocker.api/1', {
  first: [
    ['sessionTxnId', 'value', ({ sessionTxnId }) => sessionTxnId],
    ['effect', 'value', ({ effect = 'no' }) => effect],
  ],
  last: [['data', 'any', ({ data }) => data]],
});

const MAX_INPUT_BYTES = 1024 * 1024;

export const api: CommandModule = { declare: declareApi, reportFailure };

interface Flags extends CallerFlags, OutputFlags {
  readonly data?: Readonly<Record<string, unknown>>;
  /** A file, or `-` for standard input. */
  readonly bodyFile?: string;
  /** `false` for none. */
  readonly referenceId?: string | false;
}

const EXAMPLES = `
Examples:
  digilocker api POST /v2/kyc/digilocker/issued_files --data consent:=true \\
    --data consent_purpose="KYC for opening a bank account" \\
    --data initial_decentro_transaction_id="$DECENTRO_TXN_ID"
  digilocker api DELETE "/v2/kyc/sso/digilocker/session/$DECENTRO_TXN_ID"
  digilocker api POST /v2/kyc/digilocker/eaadhaar --input request.json --json`;

function declareApi(command: Command, host: Host): void {
  const input = new Option(
    '--input <file>',
    'a file with the body, as JSON, up to 1 MiB; - reads standard input',
  );
  // `--no-input` is another flag, which says that nothing is asked.
  input.attributeName = () => 'bodyFile';
  command
    .addArgument(new Argument('<method>', 'the HTTP method').choices(METHODS).argParser(parseMethod))
    .argument('<path>', 'the path below the base URL, such as /v2/kyc/digilocker/file')
    .optionsGroup('The request:')
    .addOption(repeatable('--data <key=text>', 'a member of the body; key:=json for JSON', collectParam))
    .addOption(input)
    .option('--reference-id <id>', 'reference_id of a body that has none (default: a generated one)')
    .option('--no-reference-id', 'send the body as it is');
  addCallFlags(command, {
    timeout: 'time limit for the call, including retries',
    retries: 'retry when nothing was sent',
    yes: 'do not ask before a request to production',
  });
  addVerboseFlag(
    addOutputFlags(addConnectionFlags(addProfileFlags(command))),
    'show the exchange on standard error, without secrets and bodies',
  )
    .addHelpText('after', EXAMPLES)
    .action(async (method: AnyCall['method'], below: string, flags: Flags) => {
      const choice = chooseOutput(flags);
      checkField(DOCUMENT.shape, choice.field);
      await withCaller(host, flags, choice, (caller) => run(caller, method, below));
    });
}

function parseMethod(text: string): string {
  const method = METHODS.find((one) => one === text.toUpperCase());
  if (method === undefined) throw new InvalidArgumentError(`Give one of ${METHODS.join(', ')}.`);
  return method;
}

async function run(caller: Caller<Flags>, method: AnyCall['method'], below: string): Promise<void> {
  const { host, choice, profile } = caller;
  const fault = apiPathFault(below, profile.baseUrl?.value ?? new URL(STANDALONE_SANDBOX_URL));
  if (fault !== undefined) throw new Failure('usage', `The path ${fault}.`);
  const { body, referenceId } = await readBody(caller, method);
  const endpoint = anyEndpoint({ method, path: below, body });
  await atTarget(caller, {}, async (target) => {
    const { credentials, params } = await gatherInputs<object>(caller, {
      endpoint,
      parameters: [],
      given: {},
      referenceId: referenceId ?? createReferenceId(host.now()),
      needsConsent: false,
      isSent: true,
    });
    let answer: HttpAnswer | undefined;
    const options = {
      ...callOptions(caller, target, credentials, ''),
      // Once bytes have left, nothing is repeated: what the call does is not known here.
      referenceId,
      onAnswer: (latest: HttpAnswer) => (answer = latest),
    };
    const naming = { call: 'api', suite: suiteOf(below) };
    const made = await callRecorded(caller, target, naming, endpoint, params, options).catch(
      (error: unknown) => {
        throw error instanceof Failure && answer !== undefined
          ? withAnswer(error, answer, credentials, choice.format)
          : error;
      },
    );
    const environment = profile.environment.value;
    const known = { ...made.facts, environment, sessionTxnId: null, data: made.result };
    await write(known).catch((error: unknown) => {
      throw (error instanceof Failure ? error : bugFailure(error)).with(known, 'yes', endpoint.doubt);
    });
  });

  async function write(known: CallKnowledge): Promise<void> {
    const report: Report = {
      document: DOCUMENT.write(known),
      variables: variablesOf(known),
      blocks: [
        { type: 'title', text: `Call made (${known.environment ?? ''})`, tone: 'good' },
        { type: 'fields', rows: [...idRows(known), ...answerRows(known)] },
      ],
    };
    const isForPerson = choice.format === 'human' && choice.field === undefined;
    if (isForPerson) await deliverContent(host, report, choice, `${jsonText(known.data)}\n`);
    else await deliver(host, report, choice);
  }
}

// It may hold anything, personal data too: like a result, it is in the document alone.
function withAnswer(failure: Failure, answer: HttpAnswer, credentials: Credentials, format: Format): Failure {
  const data = shownContent(answer, createRedactors(credentials).redact);
  const { responseKey, message } = failure.details;
  const isTold = format === 'json' || data === null || (responseKey ?? message ?? null) !== null;
  return failure.with(
    { data },
    failure.sent,
    isTold ? undefined : 'With --json, the answer is shown under data.',
  );
}

/** The suite that a path belongs to, for the journal. */
function suiteOf(below: string): Suite {
  return below.includes('/sso/') ? 'sso' : 'classic';
}

/** The body of the request, with a reference ID where it needs one and had none. */
async function readBody(
  { host, flags }: Caller<Flags>,
  method: AnyCall['method'],
): Promise<{ readonly body: string | undefined; readonly referenceId: string | null }> {
  const { data, bodyFile, referenceId: given } = flags;
  if (given === '')
    throw new Failure('usage', '--reference-id is empty; Decentro would answer error_empty_reference_id.');
  if (data !== undefined && bodyFile !== undefined)
    throw new Failure('usage', '--data cannot be combined with --input.');
  const text = bodyFile === undefined ? data && JSON.stringify(data) : await readText(host, bodyFile);
  if (text !== undefined && method === 'GET') throw new Failure('usage', 'A GET request has no body.');
  const body = text ?? (method === 'POST' && given !== false ? '{}' : undefined);
  if (body === undefined) {
    if (typeof given === 'string') throw new Failure('usage', '--reference-id requires a body.');
    return { body, referenceId: null };
  }
  const parsed = parseStrictJson(body);
  if (parsed === undefined) throw new Failure('usage', 'The body is not JSON, or names a key twice.');
  const { value } = parsed;
  const own = isObject(value) ? value['reference_id'] : undefined;
  if (own !== undefined) {
    if (typeof given === 'string')
      throw new Failure('usage', '--reference-id cannot be combined with a reference_id in the body.');
    return { body, referenceId: typeof own === 'string' ? own : null };
  }
  if (given === false || !isObject(value)) return { body, referenceId: null };
  const referenceId = given ?? createReferenceId(host.now());
  // As text, so that every number of the body stays as it is written.
  const member = `"reference_id":${JSON.stringify(referenceId)}${Object.keys(value).length === 0 ? '' : ','}`;
  return { body: body.replace('{', () => `{${member}`), referenceId };
}

async function readText(host: Host, file: string): Promise<string> {
  if (file === '-') return (await host.readInput(MAX_INPUT_BYTES)).replace(/^\uFEFF/, '');
  const read = readFileOnce(path.resolve(host.cwd, file), MAX_INPUT_BYTES, true);
  if ('wrong' in read) throw new Failure('usage', `${file} ${read.wrong}.`);
  if (!isUtf8(read.bytes)) throw new Failure('usage', `${file} is not UTF-8, which JSON must be.`);
  return read.bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function reportFailure(failure: Failure): Report {
  const known: Partial<CallKnowledge> = failure.details;
  return {
    document: DOCUMENT.write(known, failure),
    variables: variablesOf(known),
    blocks: failureBlocks(failure, fieldsBlock([...idRows(known), ...answerRows(known)])),
  };
}
