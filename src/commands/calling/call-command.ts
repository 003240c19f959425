// A command that makes one call for a session: its flags, settings, questions, the call itself and the report.
import { Option, type Command } from 'commander';
import type { Endpoint } from '../../api/endpoint.js';
import { createReferenceId } from '../../api/reference-id.js';
import { bugFailure } from '../../failure/bug.js';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { deliver } from '../../output/deliver.js';
import { failureBlocks } from '../../output/failure-report.js';
import { chooseOutput, type OutputFlags } from '../../output/format.js';
import type { FieldRows, Report } from '../../output/report.js';
import { checkField, type Shape } from '../../output/scripted.js';
import { parameterOf, type ParameterName } from '../../settings/parameters.js';
import {
  addCallFlags,
  addConnectionFlags,
  addOutputFlags,
  addParameterFlags,
  addProfileFlags,
  addVerboseFlag,
  type CommandModule,
} from '../flags.js';
import { answerRows, declareDocument, fieldsBlock, type CallKnowledge } from './call-report.js';
import { withCaller, type Caller, type CallerFlags } from './caller.js';
import { gatherInputs } from './inputs.js';
import { printRequest, REQUEST_FORMS, type RequestForm } from './print-request.js';
import { atTarget, callOptions } from './target.js';

export interface CallSpec<Params, Result> {
  readonly endpoint: Endpoint<Params, Result>;
  readonly schema: string;
  /** What a success is called. */
  readonly title: string;
  /** Besides the consent, in the order of the questions. */
  readonly parameters: readonly ParameterName[];
  /** Where `--field data.…` may lead. */
  readonly dataShape: Shape;
  /** The result for a person. */
  readonly rows: (result: Result) => FieldRows;
  /** What follows a success, as a sentence. */
  readonly next: string;
  readonly examples: string;
}

interface Flags extends CallerFlags, OutputFlags {
  readonly referenceId?: string;
  readonly print?: RequestForm;
}

/** Makes a command of its declaration. */
export function callCommand<Params, Result>(spec: CallSpec<Params, Result>): CommandModule {
  const document = declareDocument<CallKnowledge>(spec.schema, {
    first: [
      ['sessionTxnId', 'value', ({ sessionTxnId }) => sessionTxnId],
      ['effect', 'value', ({ effect = 'no' }) => effect],
    ],
    last: [['data', spec.dataShape, ({ data }) => data]],
  });
  const reportFailure = (failure: Failure): Report => {
    const known: Partial<CallKnowledge> = failure.details;
    const rows = [...idRows(known), ...answerRows(known)];
    return {
      document: document.write(known, failure),
      variables: variablesOf(known),
      blocks: failureBlocks(failure, fieldsBlock(rows)),
    };
  };
  const reportSuccess = (known: CallKnowledge, result: Result): Report => ({
    document: document.write(known),
    variables: variablesOf(known),
    blocks: [
      { type: 'title', text: `${spec.title} (${known.environment ?? ''})`, tone: 'good' },
      { type: 'fields', rows: [...idRows(known), ...spec.rows(result)] },
      { type: 'text', text: spec.next },
    ],
  });

  async function run(caller: Caller<Flags>): Promise<void> {
    const { host, flags, choice, profile } = caller;
    const referenceId = flags.referenceId ?? createReferenceId(host.now());
    const gather = async () =>
      gatherInputs<Params>(caller, {
        endpoint: spec.endpoint,
        parameters: spec.parameters,
        given: { consent: flags.consent, ...(await readPiped(caller, spec.parameters)) },
        referenceId,
        isSent: flags.print === undefined,
      });
    if (flags.print !== undefined) {
      await printRequest(caller, flags.print, spec.endpoint, await gather(), referenceId);
      return;
    }
    await atTarget(caller, {}, async (target) => {
      const { credentials, params } = await gather();
      const options = { ...callOptions(caller, target, credentials, flags.referenceId), referenceId };
      const { transactionId: sessionTxnId = null } = params as { transactionId?: string };
      const { call } = await import('../../api/call.js');
      const made = await call(spec.endpoint, params, options).catch((error: unknown) => {
        throw error instanceof Failure ? error.with({ sessionTxnId }) : error;
      });
      const environment = profile.environment.value;
      const known = { ...made.facts, environment, sessionTxnId, data: made.result };
      await deliver(host, reportSuccess(known, made.result), choice).catch((error: unknown) => {
        throw (error instanceof Failure ? error : bugFailure(error)).with(known, 'yes');
      });
    });
  }

  return {
    reportFailure,
    declare: (command: Command, host: Host) => {
      addParameterFlags(command.optionsGroup('Parameters of the call:'), [...spec.parameters, 'consent'])
        .option('--reference-id <id>', 'your own unique ID of this request (default: a generated one)')
        .optionsGroup('The request:')
        .addOption(
          new Option('--print <form>', 'show the request instead of sending it').choices(REQUEST_FORMS),
        );
      addCallFlags(command, {
        timeout: 'time limit for the call, including retries',
        yes: 'do not ask before a request to production',
      });
      addVerboseFlag(
        addOutputFlags(addConnectionFlags(addProfileFlags(command))),
        'show the exchange on standard error, without secrets and personal data',
      )
        .addHelpText('after', `\nExamples:${spec.examples}`)
        .action(async (...args: unknown[]) => {
          const flags = flagsOf(spec.parameters, args);
          const choice = chooseOutput(flags);
          checkField(document.shape, choice.field);
          await withCaller(host, flags, choice, run);
        });
    },
  };
}

/** The flags of a command line, with its arguments under the names of their parameters. */
function flagsOf(parameters: readonly ParameterName[], args: readonly unknown[]): Flags {
  const named = parameters.filter((name) => parameterOf(name).argument !== undefined);
  const values = Object.fromEntries(named.map((name, index) => [name, args[index]]));
  return { ...(args[named.length] as Flags), ...values };
}

/** What `-` reads from standard input, where at most one parameter may stand. */
async function readPiped(
  { host, flags }: Caller,
  parameters: readonly ParameterName[],
): Promise<Readonly<Record<string, string>>> {
  const [name, other] = parameters.filter(
    (one) => parameterOf(one).mayBePiped === true && flags[one] === '-',
  );
  if (name === undefined) return {};
  if (other !== undefined) throw new Failure('usage', 'Only one value can be read from standard input.');
  return { [name]: (await host.readInput()).trim() };
}

function idRows(known: Partial<CallKnowledge>): FieldRows {
  return [
    ['Session', known.sessionTxnId ?? null],
    ['Call', known.decentroTxnId ?? null],
    ['Reference ID', known.referenceId ?? null],
  ];
}

function variablesOf(known: Partial<CallKnowledge>): NonNullable<Report['variables']> {
  return [
    ['DECENTRO_TXN_ID', known.sessionTxnId ?? null],
    ['DECENTRO_CALL_TXN_ID', known.decentroTxnId ?? null],
    ['DECENTRO_REFERENCE_ID', known.referenceId ?? null],
    ['DECENTRO_RESPONSE_KEY', known.responseKey ?? null],
  ];
}
