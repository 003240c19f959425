// A command that makes one call for a session: its flags, settings, questions, the call itself and the report.
import { Option, type Command } from 'commander';
import { inSuite, type Suited } from '../../api/suite.js';
import { createReferenceId } from '../../api/reference-id.js';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { failureBlocks } from '../../output/failure-report.js';
import { chooseOutput, type OutputChoice, type OutputFlags } from '../../output/format.js';
import type { Block, FieldRows, Report } from '../../output/report.js';
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
import {
  answerRows,
  declareDocument,
  fieldsBlock,
  fileRows,
  FILES_SHAPE,
  idRows,
  variablesOf,
  type CallKnowledge,
  type Key,
} from './call-report.js';
import { mayAsk, withCaller, type Caller } from './caller.js';
import {
  addDocumentFlags,
  checkTargets,
  checkWithoutDocuments,
  targetsOf,
  wantedDocuments,
  type DocumentFlag,
  type WantedDocument,
} from './documents.js';
import { checkQuestion, confirmCall } from './confirm-call.js';
import { handOver } from './hand-over.js';
import { gatherInputs, readPiped, resolveInputs, type Need } from './inputs.js';
import { callRecorded } from './recorded-call.js';
import {
  chooseSuite,
  confirmReturn,
  findGivenSession,
  LAST_FLAG,
  type SessionFlags,
} from './known-session.js';
import { REQUEST_FORMS, type RequestForm } from './request-forms.js';
import { atTarget, callOptions } from './target.js';

export interface CallSpec<Params, Result> {
  readonly endpoint: Suited<Params, Result>;
  readonly schema: string;
  /** What a success is called. */
  readonly title: string;
  /** Besides the consent, in the order of the questions. */
  readonly parameters: readonly ParameterName[];
  /** Where `--field data.…` may lead. */
  readonly dataShape: Shape;
  /** The result for a person: rows beside the IDs, and what stands below them. */
  readonly rows?: (result: Result) => FieldRows;
  readonly blocks?: (result: Result) => readonly Block[];
  /** The documents that the answer may hold, and the flags that say where they go. */
  readonly documents?: readonly DocumentFlag<Params>[];
  /** Whether a person, too, gets the `data` as JSON on standard output, and the rest on standard error. */
  readonly printsData?: boolean;
  /** What follows a success, as a sentence. */
  readonly next: string | ((result: Result) => string);
  readonly examples: string;
  /** What is asked before a call that cannot be undone; where no question can be asked, production needs `--yes`. */
  readonly question?: string;
  /** Flags of its own, what they give, and what is asked for beside them. */
  readonly own?: {
    readonly declare: (command: Command) => void;
    readonly given: (flags: Readonly<Record<string, unknown>>) => Partial<Params>;
    readonly parameters: (flags: Readonly<Record<string, unknown>>) => readonly ParameterName[];
  };
  /** Whether it can be made before the end user came back, or shows itself that that has happened. */
  readonly needsNoReturn?: boolean;
}

/** Another call of the same command, which `--data` chooses. */
export interface DataVariant<Params, Result> {
  readonly help: string;
  readonly spec: CallSpec<Params, Result>;
}

interface Flags extends SessionFlags, OutputFlags {
  readonly referenceId?: string;
  readonly print?: RequestForm;
  readonly data?: boolean;
  readonly force?: boolean;
}

/** Makes a command of its declaration. */
export function callCommand<Params, Result, Other = never>(
  spec: CallSpec<Params, Result>,
  data?: DataVariant<Params, Other>,
): CommandModule {
  const plain = createCaller(spec);
  const other = data && createCaller(data.spec);
  return {
    reportFailure: plain.reportFailure,
    declare: (command: Command, host: Host) => {
      addParameterFlags(command.optionsGroup('Parameters of the call:'), spec.parameters);
      spec.own?.declare(command);
      if (hasBody(spec))
        command
          .option('--consent', 'the end user agreed')
          .option('--no-consent', 'the end user did not agree (rejected locally)')
          .option('--reference-id <id>', 'your own unique ID of this request (default: a generated one)');
      addParameterFlags(command.option(...LAST_FLAG), ['suite']);
      if (data !== undefined) command.option('--data', data.help);
      if (spec.documents !== undefined) addDocumentFlags(command, spec.documents);
      command
        .optionsGroup('The request:')
        .addOption(
          new Option('--print <form>', 'show the request instead of sending it').choices(REQUEST_FORMS),
        );
      addCallFlags(command, {
        timeout: 'time limit for the call, including retries',
        yes: `do not ask before ${spec.question === undefined ? 'a request to production' : 'the call'}`,
      });
      addVerboseFlag(
        addOutputFlags(addConnectionFlags(addProfileFlags(command))),
        'show the exchange on standard error, without secrets and personal data',
      )
        .addHelpText('after', `\nExamples:${spec.examples}`)
        .action(async (...args: unknown[]) => {
          const flags = flagsOf(spec.parameters, args);
          const choice = chooseOutput(flags);
          const isData = flags.data === true && other !== undefined;
          if (isData) checkWithoutDocuments(spec.documents ?? [], flags);
          await (isData ? other : plain).start(host, flags, choice);
        });
    },
  };
}

/** What a declaration says of the run and its report. */
function createCaller<Params, Result>(spec: CallSpec<Params, Result>) {
  const document = declareDocument<CallKnowledge>(spec.schema, {
    first: [
      ['sessionTxnId', 'value', ({ sessionTxnId }) => sessionTxnId],
      ['effect', 'value', ({ effect = 'no' }) => effect],
    ],
    last: [
      ['data', spec.dataShape, ({ data }) => data],
      ...(spec.documents === undefined
        ? []
        : ([['files', FILES_SHAPE, ({ files = [] }) => files]] satisfies Key<CallKnowledge>[])),
    ],
  });
  const reportFailure = (failure: Failure): Report => {
    const known: Partial<CallKnowledge> = failure.details;
    const rows = [...idRows(known), ...answerRows(known), ...fileRows(known)];
    return {
      document: document.write(known, failure),
      variables: variablesOf(known),
      blocks: failureBlocks(failure, fieldsBlock(rows)),
    };
  };
  const report = (known: CallKnowledge, result: Result, isWhole: boolean): Report => {
    const rows = spec.rows?.(result) ?? [];
    const blocks = spec.blocks?.(result) ?? [];
    const next = typeof spec.next === 'string' ? spec.next : spec.next(result);
    return {
      document: document.write(known),
      variables: variablesOf(known),
      // A failure that follows has all but the result itself.
      blocks: isWhole
        ? [
            { type: 'title', text: `${spec.title} (${known.environment ?? ''})`, tone: 'good' },
            { type: 'fields', rows: [...idRows(known), ...rows, ...fileRows(known)] },
            ...blocks,
            { type: 'text', text: next },
          ]
        : [...fieldsBlock(rows), ...blocks],
    };
  };

  async function run(caller: Caller<Flags>, wanted: readonly WantedDocument<Params>[]): Promise<void> {
    const { host, flags, profile } = caller;
    const referenceId = flags.referenceId ?? createReferenceId(host.now());
    if (spec.question !== undefined && flags.print === undefined) checkQuestion(caller);
    const session = await findGivenSession(caller);
    const suite = chooseSuite(caller, session.transactionId ?? profile.transactionId?.value);
    const endpoint = inSuite(spec.endpoint, suite);
    const gather = async (confirm?: Need<Params>['confirm']) =>
      gatherInputs<Params>(caller, {
        endpoint,
        parameters: spec.own?.parameters({ ...flags }) ?? spec.parameters,
        given: {
          ...(hasBody(spec) && { consent: flags.consent }),
          ...spec.own?.given({ ...flags }),
          ...Object.fromEntries(wanted.flatMap(({ asks = {} }) => Object.entries(asks))),
          ...(await readPiped(caller, spec.parameters)),
          ...session,
        },
        referenceId,
        needsConsent: hasBody(spec),
        isSent: flags.print === undefined,
        confirm,
      });
    if (flags.print !== undefined) {
      const { printRequest } = await import('./print-request.js');
      await printRequest(caller, flags.print, endpoint, await gather(), referenceId);
      return;
    }
    await atTarget(caller, {}, async (target) => {
      const check = (values: Params) => {
        checkTargets(targetsOf(wanted, values, host), flags.force === true, host);
      };
      // Before the questions as far as it can be known, and after them, which take their time.
      if (mayAsk(caller))
        check(resolveInputs<Params>(profile, { parameters: spec.parameters, given: session }).params);
      const { credentials, params } = await gather(async (values) => {
        check(values);
        if (spec.needsNoReturn !== true) await confirmReturn(caller, sessionOf(values));
        if (spec.question !== undefined) await confirmCall(caller, spec.question);
      });
      const targets = targetsOf(wanted, params, host);
      const sessionTxnId = sessionOf(params);
      // One that was asked for may be known here, too.
      const own = chooseSuite(caller, sessionTxnId ?? undefined);
      const options = {
        ...callOptions(caller, target, credentials, flags.referenceId),
        referenceId: hasBody(spec) ? referenceId : null,
      };
      const naming = { call: spec.schema.replace(/^digilocker\.|\/.*$/g, ''), suite: own, sessionTxnId };
      const { facts, result } = await callRecorded(
        caller,
        target,
        naming,
        inSuite(spec.endpoint, own),
        params,
        options,
      ).catch((error: unknown) => {
        throw error instanceof Failure ? error.with({ sessionTxnId }) : error;
      });
      const known = { ...facts, environment: profile.environment.value, sessionTxnId };
      const { doubt } = endpoint;
      await handOver(caller, { result, targets, report, prints: spec.printsData === true, doubt }, known);
    });
  }

  return {
    reportFailure,
    start: async (host: Host, flags: Flags, choice: OutputChoice) => {
      checkField(document.shape, choice.field);
      const wanted = wantedDocuments(spec.documents ?? [], flags, host);
      await withCaller(host, flags, choice, (caller) => run(caller, wanted));
    },
  };
}

/** The session that a call is for. */
function sessionOf(params: unknown): string | null {
  return (params as { readonly transactionId?: string }).transactionId ?? null;
}

/** A call without a body has neither a consent nor a reference ID. */
function hasBody<Params, Result>({ endpoint }: CallSpec<Params, Result>): boolean {
  return Object.values(endpoint).some(({ build }) => build !== undefined);
}

/** The flags of a command line, with its arguments under the names of their parameters. */
function flagsOf(parameters: readonly ParameterName[], args: readonly unknown[]): Flags {
  const named = parameters.filter((name) => parameterOf(name).argument !== undefined);
  const operands = args.slice(0, named.length).filter((operand) => operand !== undefined);
  // The session may come from elsewhere: what is given alone belongs to the last of them.
  const filled = named.slice(named.length - operands.length);
  const values = Object.fromEntries(filled.map((name, index) => [name, operands[index]]));
  return { ...(args[named.length] as Flags), ...values };
}
