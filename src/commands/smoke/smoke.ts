import type { Command } from 'commander';
import type { CallEvent } from '../../api/call.js';
import { SESSION, type InitiateSessionParams } from '../../api/endpoints/initiate-session.js';
import { createReferenceId } from '../../api/reference-id.js';
import { inSuite } from '../../api/suite.js';
import { findUrn } from '../../api/envelope.js';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { deliver } from '../../output/deliver.js';
import { chooseOutput, type OutputChoice } from '../../output/format.js';
import { writeNote } from '../../output/note.js';
import type { Profile } from '../../settings/profile.js';
import { BUILT_IN, type Setting } from '../../settings/setting.js';
import { mayAsk, withCaller, type Caller, type CallerFlags } from '../calling/caller.js';
import { gatherInputs, SESSION_PARAMETERS, type Inputs } from '../calling/inputs.js';
import { callRecorded } from '../calling/recorded-call.js';
import { atTarget, callOptions, checkUnattended, type Target } from '../calling/target.js';
import {
  addCallFlags,
  addConnectionFlags,
  addJsonFlag,
  addParameterFlags,
  addProfileFlags,
  addQuietFlag,
  addVerboseFlag,
  collect,
  completedBy,
  parseDuration,
  parseListenAddress,
  repeatable,
  type CommandModule,
} from '../flags.js';
import type { SmokeCall } from './calls.js';
import type { CallAnswer } from './judge.js';
import { sendAndWait, type WayBackFlags } from './interactive.js';
import { planSmoke, type SmokePlan } from './plan.js';
import { resolveReports, writeReports } from './report-files.js';
import { planReport, smokeFailure, smokeReport, summaryOf, type SmokeDocument } from './report.js';
import { runSmoke, unjudged } from './run-smoke.js';

export const smoke: CommandModule = { declare: declareSmoke, reportFailure: smokeFailure };

interface SmokeFlags extends CallerFlags, WayBackFlags {
  readonly consent?: boolean;
  readonly only?: readonly string[];
  readonly interactive?: boolean;
  readonly list?: boolean;
  readonly dryRun?: boolean;
  readonly budget?: number;
  readonly report?: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

type Story = Caller<SmokeFlags>;

const OWN_PURPOSE = 'Smoke test of the DigiLocker session';
const OWN_REDIRECT_URL = 'http://localhost:3000/digilocker/callback';

const EXAMPLES = `
Examples:
  digilocker smoke --env sandbox --consent
  digilocker smoke --env staging --consent --dry-run
  digilocker smoke --env staging --interactive
  digilocker smoke --env staging --consent --budget 5s \\
    --report junit=smoke.xml --report github`;

function declareSmoke(command: Command, host: Host): void {
  command
    .optionsGroup('What is checked:')
    .option('--consent', 'sessions may be started: the person who tests agreed')
    .addOption(
      completedBy(repeatable('--only <id,…>', 'check these cases only', collectIds), async ({ given }) =>
        (await import('./plan.js'))
          .casesFor(given.has('interactive'), given.get('suite') === 'sso' ? 'sso' : 'classic')
          .map(({ id }) => id),
      ),
    )
    .option('--interactive', 'go through two sessions yourself, and record how each comes back')
    .option('--wait <duration>', 'with --interactive: how long each may take (default: 10m)', parseDuration)
    .option(
      '--listen <127.0.0.1:port>',
      'where to catch the redirects (default: a free port)',
      parseListenAddress,
    )
    .option('--list', 'print the cases and stop')
    .option('--dry-run', 'print what would be sent and stop')
    .option('--budget <duration>', 'fail cases whose call takes longer', parseDuration)
    .option('--consent-purpose <text>', 'use this purpose instead of its own')
    .option('--redirect-url <url>', 'use this redirect URL instead of its own')
    .optionsGroup('The requests:');
  addParameterFlags(command, ['suite']);
  addCallFlags(command, {
    timeout: 'time limit for each call, including retries',
    yes: 'check production without asking',
  });
  addConnectionFlags(addProfileFlags(command))
    .optionsGroup('Output:')
    .addOption(
      // Two that begin alike: behind a single one a shell puts a space, where the name of the file has to follow.
      completedBy(repeatable('--report <junit=FILE|github>', 'write a report there as well', collect), () => [
        'junit=',
        'junit=smoke.xml',
        'github',
      ]),
    );
  addVerboseFlag(addQuietFlag(addJsonFlag(command)), 'show the exchanges on standard error, without secrets')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: SmokeFlags) => {
      const choice = chooseOutput(flags);
      checkFlags(flags);
      if (flags.list === true) await list(host, flags, choice);
      else await withCaller(host, flags, choice, check);
    });
}

function checkFlags({ interactive, wait, listen, redirectUrl }: SmokeFlags): void {
  if (interactive !== true && wait !== undefined)
    throw new Failure('usage', '--wait requires --interactive.');
  if (interactive !== true && listen !== undefined)
    throw new Failure('usage', '--listen requires --interactive.');
  if (interactive === true && redirectUrl !== undefined && listen === undefined) {
    throw new Failure('usage', '--interactive with a --redirect-url of your own needs --listen.', {
      hint: 'Give the address that your app forwards the redirect to, such as --listen 127.0.0.1:8123, or leave --redirect-url out.',
    });
  }
}

function collectIds(value: string, earlier: readonly string[] | undefined = []): string[] {
  return [...earlier, ...value.split(',').map((id) => id.trim())];
}

async function list(host: Host, flags: SmokeFlags, choice: OutputChoice): Promise<void> {
  const plan = planSmoke({ ...flags, suite: flags.suite === 'sso' ? 'sso' : 'classic' }, true);
  const document = { ...documentOf(plan), environment: null, host: null };
  const isConditional = plan.calls.some(({ withoutModuleSecret }) => withoutModuleSecret === true);
  const condition = isConditional ? ' where a module secret is configured' : '';
  await deliver(host, planReport(document, `${planned(plan)}${condition}.`), choice);
}

async function check(caller: Story): Promise<void> {
  const { flags, choice, chatter } = caller;
  const story = { ...caller, profile: withOwnParameters(caller.profile) };
  const { environment, baseUrl } = story.profile;
  const suite = story.profile.suite.value;
  const where = { environment: environment.value, host: baseUrl?.value.host ?? null };
  try {
    const reports = resolveReports(flags.report ?? [], story.host);
    const isDry = flags.dryRun === true;
    if (!isDry) checkUnattended(story, 'A smoke check');
    const isInteractive = flags.interactive === true;
    if (isInteractive && !isDry && !mayAsk(story))
      throw new Failure('usage', '--interactive needs a terminal: an end user has to open the links.');
    if (!isDry && !isInteractive && flags.consent !== true && mayAsk(story))
      throw new Failure('usage', 'The smoke check starts a session, which needs --consent.');
    const inputs = await gatherInputs<InitiateSessionParams>(story, {
      endpoint: SESSION[suite],
      parameters: SESSION_PARAMETERS,
      given: { consent: isDry || flags.consent },
      referenceId: 'generated',
      isSent: !isDry,
    });
    const plan = planSmoke(
      { ...flags, suite },
      inputs.credentials.moduleSecret !== undefined || story.profile.commands.moduleSecret !== undefined,
    );
    const document = { ...documentOf(plan), ...where };
    const aim = `${planned(plan)}: to ${where.host ?? 'the sandbox inside the command'}.`;
    if (isDry) {
      await deliver(story.host, planReport(document, aim), choice);
      return;
    }
    await chatter.note(aim);
    const { end, ...known } = await atTarget(story, { requireModuleSecret: true }, (target) =>
      runSmoke(plan, {
        budgetMs: flags.budget,
        isGenuine: environment.value !== 'sandbox',
        send: (one, referenceId) =>
          one.isInteractive === true
            ? sendAndWait(story, inputs.params, (params) =>
                send(story, { ...inputs, params }, target, one, referenceId),
              )
            : send(story, inputs, target, one, referenceId),
      }),
    );
    await conclude(story, { ...document, ...known }, end, reports);
  } catch (error) {
    throw error instanceof Failure
      ? error.with({ document: { ...where, ...error.details.document } })
      : error;
  }
}

function documentOf(plan: SmokePlan): Omit<SmokeDocument, 'environment' | 'host'> {
  const { calls, sessions } = plan;
  return { plan: { calls: calls.length, sessions }, cases: unjudged(plan), settled: [], unsettled: [] };
}

function planned({ calls, sessions }: SmokePlan): string {
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;
  return `${count(calls.length, 'call')}, which may create ${count(sessions, 'session')}`;
}

/** The check needs nothing of a project but its credentials; what the sandbox has for its users is none of its own. */
function withOwnParameters(profile: Profile): Profile {
  const own = (setting: Setting<string> | undefined, value: string): Setting<string> =>
    setting === undefined || setting.origin === BUILT_IN ? { value, origin: BUILT_IN } : setting;
  return {
    ...profile,
    consentPurpose: own(profile.consentPurpose, OWN_PURPOSE),
    redirectUrl: own(profile.redirectUrl, OWN_REDIRECT_URL),
  };
}

/** What the calls after a session ask for, where there is no session. */
const UNKNOWN = { code: 'unknown', fileUrn: 'in.gov.unknown-UNKWN-1' };

/** In the form of Decentro's: 32 hexadecimal digits. */
function unusedTransactionId(nowMs: number): string {
  return createReferenceId(nowMs).replaceAll('-', '').toUpperCase();
}

/** Makes one call: a valid one but for what it is made for, which nothing here stops. */
async function send(
  story: Story,
  { credentials, params }: Inputs<InitiateSessionParams>,
  target: Target,
  { id, extra, params: own, after, withoutModuleSecret }: SmokeCall,
  referenceId: string | undefined,
): Promise<CallAnswer> {
  const sent = withoutModuleSecret === true ? { ...credentials, moduleSecret: undefined } : credentials;
  const redirectUrl = params.redirectUrl ?? '';
  let urn: string | null = null;
  const observe = async (event: CallEvent) => {
    if (event.type === 'response') urn = findUrn(event.answer);
    if (event.type === 'attempt') {
      if (event.referenceId !== null)
        await writeNote(story.host.stderr, `Reference ID: ${event.referenceId} (${id})`);
    } else await story.chatter.observe(event);
  };
  try {
    const options = { ...callOptions(story, target, sent, referenceId), masked: credentials, observe };
    const suite = story.profile.suite.value;
    const naming = { call: 'smoke', suite };
    if (after !== undefined) {
      // Nobody's session: all of the answer may be looked at.
      const endpoint = { ...inSuite(after, suite), personal: undefined };
      const unknown = { ...params, ...UNKNOWN, transactionId: unusedTransactionId(story.host.now()) };
      const withoutId = endpoint.method === 'DELETE' ? { referenceId: null } : {};
      const { facts } = await callRecorded(story, target, naming, endpoint, unknown, {
        ...options,
        ...withoutId,
      });
      return { facts, failure: undefined, urn, redirectUrl };
    }
    const given = { ...params, ...own, extra };
    // What the request carries is what is reported: here, no ID of ours.
    const withoutId = extra?.['reference_id'] === '' ? { referenceId: null } : {};
    const { facts, result } = await callRecorded(story, target, naming, SESSION[suite], given, {
      ...options,
      ...withoutId,
    });
    return { facts, failure: undefined, urn, redirectUrl, session: result };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { facts: error.details, failure: error, urn, redirectUrl };
  }
}

/** Reports what is known, and fails with what ended the run, or with `partial` where a case failed. */
async function conclude(
  { host, choice }: Story,
  document: SmokeDocument,
  end: Failure | undefined,
  reports: ReturnType<typeof resolveReports>,
): Promise<void> {
  const failed = document.cases.filter(({ status }) => status === 'failed').map(({ id }) => id);
  const partial =
    failed.length > 0
      ? new Failure('partial', `${summaryOf(document.cases)}. Failed: ${failed.join(', ')}.`)
      : undefined;
  const unwritten = await writeReports(reports, document, end, host);
  if (end !== undefined && unwritten !== undefined) await writeNote(host.stderr, unwritten.message);
  const failure = (end ?? unwritten ?? partial)?.with({ document: { ...document } });
  if (choice.format === 'human') await deliver(host, smokeReport(document, failure === undefined), choice);
  else if (failure === undefined) await deliver(host, smokeReport(document, true), choice);
  // A failure of this kind is otherwise one of standard output, to which nothing more is written.
  else if (failure.kind === 'output') await deliver(host, smokeFailure(failure), choice);
  if (failure !== undefined) throw failure;
}
