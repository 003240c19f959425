import type { Command } from 'commander';
import { call } from '../../api/call.js';
import { readUrn } from '../../api/envelope.js';
import { INITIATE_SESSION } from '../../api/endpoints/initiate-session.js';
import { createReferenceId } from '../../api/reference-id.js';
import {
  resolveConnection,
  type Connection,
  type ConnectionFlags,
  refuseUncheckedTls,
} from '../../api/http/connection.js';
import { Failure, combine } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { loadProfile } from '../../settings/load-profile.js';
import { createChatter, type Chatter } from '../calling/chatter.js';
import { deliver } from '../../output/deliver.js';
import { chooseOutput, type OutputChoice } from '../../output/format.js';
import { renderNote } from '../../output/note.js';
import { planReport, smokeFailure, smokeReport, summaryOf, type SmokeDocument } from './report.js';
import type { Profile, ProfileFlags } from '../../settings/profile.js';
import type { Credentials } from '../../safety/redact.js';
import { askForInputs, findMissing, findWrong, takeInputs, type SessionInputs } from '../calling/inputs.js';
import { BUILT_IN, type Setting } from '../../settings/setting.js';
import { resolveReports, writeReports } from './report-files.js';
import type { SmokeCall } from './cases.js';
import type { CallAnswer } from './judge.js';
import { planSmoke, type SmokePlan } from './plan.js';
import { runSmoke, unjudged } from './run-smoke.js';
import { isProduction } from '../../safety/trust.js';
import {
  addCallFlags,
  addConnectionFlags,
  addJsonFlag,
  addProfileFlags,
  addQuietFlag,
  collect,
  parseDuration,
  type CallFlags,
  type CommandModule,
} from '../flags.js';

export const smoke: CommandModule = { declare: declareSmoke, reportFailure: smokeFailure };

interface SmokeFlags extends ProfileFlags, ConnectionFlags, CallFlags {
  readonly config?: string;
  readonly consent?: boolean;
  readonly only?: readonly string[];
  readonly list?: boolean;
  readonly dryRun?: boolean;
  readonly budget?: number;
  readonly report?: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What the story of one check needs to know. */
interface Story {
  readonly host: Host;
  readonly flags: SmokeFlags;
  readonly choice: OutputChoice;
  readonly chatter: Chatter;
  readonly profile: Profile;
}

const OWN_PURPOSE = 'Smoke test of the DigiLocker session';
const OWN_REDIRECT_URL = 'http://localhost:3000/digilocker/callback';

const EXAMPLES = `
Examples:
  digilocker smoke --env sandbox --consent
  digilocker smoke --env staging --consent --dry-run
  digilocker smoke --env staging --consent --budget 5s \\
    --report junit=smoke.xml --report github`;

function declareSmoke(command: Command, host: Host): void {
  command
    .optionsGroup('What is checked:')
    .option('--consent', 'sessions may be started: whoever tests agreed')
    .option('--only <id,…>', 'these cases alone (repeatable)', collectIds)
    .option('--list', 'print the cases and stop')
    .option('--dry-run', 'print what would be sent and stop')
    .option('--budget <duration>', 'fail the case of a slower call', parseDuration)
    .option('--consent-purpose <text>', 'in place of its own purpose')
    .option('--redirect-url <url>', 'in place of its own redirect URL')
    .optionsGroup('The requests:');
  addCallFlags(command, { timeout: 'for each, retries included', yes: 'check production without asking' });
  addConnectionFlags(addProfileFlags(command))
    .optionsGroup('Output:')
    .option('--report <junit=FILE|github>', 'report there as well (repeatable)', collect);
  addQuietFlag(addJsonFlag(command))
    .option('-v, --verbose', 'show the exchanges on standard error, without secrets')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: SmokeFlags) => {
      const choice = chooseOutput(flags);
      if (flags.list === true) await list(host, flags, choice);
      else await check(host, flags, choice);
    });
}

function collectIds(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, ...value.split(',').map((id) => id.trim())];
}

async function list(host: Host, { only }: SmokeFlags, choice: OutputChoice): Promise<void> {
  const plan = planSmoke(only, true);
  const document = { ...documentOf(plan), environment: null, host: null };
  await deliver(host, planReport(document, `${planned(plan)} where a module secret is configured.`), choice);
}

async function check(host: Host, flags: SmokeFlags, choice: OutputChoice): Promise<void> {
  const loaded = await loadProfile(host, flags);
  const chatter = createChatter(host.stderr, choice);
  for (const warning of loaded.warnings) await chatter.note(warning);
  if (loaded.profile.problems.length > 0) throw combine(loaded.profile.problems);
  const story = { host, flags, choice, chatter, profile: withOwnParameters(loaded.profile) };
  const { environment, baseUrl } = story.profile;
  const where = { environment: environment.value, host: baseUrl?.value.host ?? null };
  try {
    const reports = resolveReports(flags.report ?? [], host);
    const inputs = await gatherInputs(story);
    const plan = planSmoke(flags.only, inputs.credentials.moduleSecret !== undefined);
    const document = { ...documentOf(plan), ...where };
    const aim = `${planned(plan)}: to ${where.host ?? 'the sandbox inside the command'}.`;
    if (flags.dryRun === true) {
      await deliver(host, planReport(document, aim), choice);
      return;
    }
    await chatter.note(aim);
    const { end, ...known } = await inEnvironment(story, (url) => run(story, inputs, plan, url));
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

async function gatherInputs({ host, flags, profile }: Story): Promise<SessionInputs> {
  const isDry = flags.dryRun === true;
  const consent = isDry || flags.consent;
  const taken = takeInputs(profile, { consent, extra: {}, ownUrl: undefined });
  const isAsked = host.isInteractive && flags.input && !isDry;
  const wrong = findWrong(taken, profile, 'generated');
  const problems = isAsked ? wrong : [...wrong, ...findMissing(taken, profile, !isDry)];
  if (problems.length > 0) throw combine(problems);
  if (!isAsked) return taken;
  if (consent !== true) {
    throw new Failure('usage', 'The check starts a session, and needs --consent for it.');
  }
  return askForInputs(taken, profile, host.prompter, true);
}

async function inEnvironment<Result>(
  { host, flags, profile }: Story,
  work: (url: URL) => Promise<Result>,
): Promise<Result> {
  if (profile.baseUrl === undefined) {
    const { createSandbox } = await import('../../sandbox/server.js');
    const sandbox = await createSandbox({ requireModuleSecret: true });
    try {
      return await work(new URL(sandbox.url));
    } finally {
      await sandbox.close();
    }
  }
  const url = profile.baseUrl.value;
  if (profile.environment.value !== 'sandbox') refuseUncheckedTls(host);
  if (isProduction(url) && flags.yes !== true) await guardProduction(host, flags, url);
  return work(url);
}

async function guardProduction(host: Host, flags: SmokeFlags, url: URL): Promise<void> {
  if (!host.isInteractive || !flags.input) {
    throw new Failure('usage', `This is production (${url.host}): the check needs --yes for it.`);
  }
  const message = `This goes to production (${url.host}), and may be billed. Go on?`;
  if (!(await host.prompter.confirm({ message })))
    throw new Failure('usage', 'Nothing was sent to production.');
}

async function run(story: Story, inputs: SessionInputs, plan: SmokePlan, url: URL) {
  const connection = await resolveConnection(story.host, story.flags, url);
  return runSmoke(plan, {
    budgetMs: story.flags.budget,
    isGenuine: story.profile.environment.value !== 'sandbox',
    send: (one, referenceId) => send(story, inputs, { url, connection }, one, referenceId),
  });
}

/** Makes one call: a valid one but for what it is made for, which nothing here stops. */
async function send(
  { host, flags, chatter }: Story,
  { credentials, params }: SessionInputs,
  { url: baseUrl, connection }: { readonly url: URL; readonly connection: Connection },
  { id, extra, withoutModuleSecret }: SmokeCall,
  referenceId: string | undefined,
): Promise<CallAnswer> {
  const createId = () => createReferenceId(host.now());
  const sent: Credentials = {
    ...credentials,
    ...(withoutModuleSecret === true && { moduleSecret: undefined }),
  };
  const redirectUrl = params.redirectUrl ?? '';
  let urn: string | null = null;
  try {
    const { facts } = await call(
      INITIATE_SESSION,
      { ...params, extra },
      {
        baseUrl,
        credentials: sent,
        masked: credentials,
        connection,
        referenceId: referenceId ?? createId(),
        createReferenceId: referenceId === undefined ? createId : undefined,
        timeoutMs: flags.timeout,
        retries: flags.retries,
        host,
        observe: async (event) => {
          if (event.type === 'response') urn = readUrn(event.answer);
          if (event.type === 'attempt')
            await host.stderr.write(renderNote(`Reference ID: ${event.referenceId} (${id})`));
          else await chatter.observe(event);
        },
      },
    );
    return { facts, failure: undefined, urn, redirectUrl };
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
  if (end !== undefined && unwritten !== undefined) await host.stderr.write(renderNote(unwritten.message));
  const failure = (end ?? unwritten ?? partial)?.with({ document: { ...document } });
  if (choice.format === 'human') await deliver(host, smokeReport(document, failure === undefined), choice);
  else if (failure === undefined) await deliver(host, smokeReport(document, true), choice);
  // A failure of this kind is otherwise one of standard output, to which nothing more is written.
  else if (failure.kind === 'output') await deliver(host, smokeFailure(failure), choice);
  if (failure !== undefined) throw failure;
}
