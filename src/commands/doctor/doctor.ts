import { Option, type Command } from 'commander';
import type { CheckGroup } from './check.js';
import { examine, loadSubject, type ExamineFlags, type Examination, type Subject } from './examine.js';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import type { Sandbox } from '../../sandbox/server.js';
import type { Caller } from '../calling/caller.js';
import { createChatter } from '../calling/chatter.js';
import { checkUnattended, confirmProduction, startSandbox } from '../calling/target.js';
import { deliver } from '../../output/deliver.js';
import { doctorReport, failureOf, unexamined } from './report.js';
import { failureBlocks } from '../../output/failure-report.js';
import { chooseOutput, type OutputChoice } from '../../output/format.js';
import {
  addConnectionFlags,
  addJsonFlag,
  addParameterFlags,
  addProfileFlags,
  parseDuration,
  type CommandModule,
} from '../flags.js';

export const doctor: CommandModule = {
  declare: declareDoctor,
  reportFailure: (failure) => ({
    document: { ...unexamined(failure), ...failure.details.document },
    blocks: failureBlocks(failure),
  }),
};

interface DoctorFlags extends ExamineFlags {
  readonly live?: boolean;
  readonly consent?: boolean;
  readonly timeout: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  digilocker doctor
  digilocker doctor --env sandbox --live --consent
  digilocker doctor --json | jq '.checks[] | select(.status == "problem")'`;

function declareDoctor(command: Command, host: Host): void {
  command
    .option('--live', 'start one real session as well, which may be billed (needs --consent)')
    .option('--consent', 'with --live: the end user agreed')
    .option('--consent-purpose <text>', 'why the data is wanted, in 20 to 50 characters')
    .option('--redirect-url <url>', 'where DigiLocker sends the end user, with the code')
    .addOption(
      new Option('--timeout <duration>', 'time limit for all checks')
        .argParser(parseDuration)
        .default(10_000, '10s'),
    )
    .option('-y, --yes', 'with --live: do not ask before a request to production');
  addParameterFlags(command, ['suite']);
  addJsonFlag(addConnectionFlags(addProfileFlags(command)).optionsGroup('Output:'))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: DoctorFlags) => {
      await run(host, flags);
    });
}

async function run(host: Host, flags: DoctorFlags): Promise<void> {
  checkFlags(flags);
  const choice = chooseOutput(flags);
  const deadline = host.elapsed() + flags.timeout;
  const signal = AbortSignal.any([host.signal, AbortSignal.timeout(flags.timeout)]);
  const subject = await loadSubject(host, flags);
  const { profile } = subject;
  const caller: Caller = {
    host,
    flags: { ...flags, retries: 0, input: true },
    choice,
    chatter: createChatter(host.stderr, choice),
    profile,
    answers: {},
  };
  if (flags.live === true) checkUnattended(caller, '--live');
  const sandbox = profile.problems.length > 0 ? undefined : await startSandbox(profile, {});
  try {
    const baseUrl = sandbox === undefined ? profile.baseUrl?.value : new URL(sandbox.url);
    const examination = await examine(host, flags, subject, baseUrl, signal);
    host.signal.throwIfAborted();
    const groups = [...examination.groups];
    if (flags.live === true) {
      const timeout = Math.max(1, deadline - host.elapsed());
      const live = { ...caller, flags: { ...caller.flags, timeout } };
      groups.push(await goLive(live, subject, examination, baseUrl, sandbox));
    }
    await tell(host, choice, profile.environment.value, groups);
  } finally {
    await sandbox?.close();
  }
}

function checkFlags({ live, consent, yes }: DoctorFlags): void {
  if (live === true && consent !== true) {
    throw new Failure('usage', '--live needs --consent, which says that the end user agreed.', {
      hint: 'It starts a real session. Without --live nothing is started.',
    });
  }
  const other = consent === true ? '--consent' : yes === true ? '--yes' : undefined;
  if (live !== true && other !== undefined) throw new Failure('usage', `${other} requires --live.`);
}

async function tell(
  host: Host,
  choice: OutputChoice,
  environment: string,
  groups: readonly CheckGroup[],
): Promise<void> {
  const report = doctorReport(environment, groups);
  const failure = failureOf(groups);
  if (failure === undefined || choice.format === 'human') await deliver(host, report, choice);
  if (failure !== undefined) throw failure.with({ document: report.document });
}

async function goLive(
  caller: Caller,
  { profile, files }: Subject,
  { groups, connection }: Examination,
  baseUrl: URL | undefined,
  sandbox: Sandbox | undefined,
): Promise<CheckGroup> {
  const { checkLive, withoutLive } = await import('./live-check.js');
  const group = (...checks: CheckGroup['checks']) => ({ title: 'Live', checks });
  if (failureOf(groups) !== undefined || 'failure' in files || baseUrl === undefined)
    return group(withoutLive('the problems above come first'));
  const missing = [
    ...(profile.consentPurpose === undefined ? ['--consent-purpose'] : []),
    ...(profile.redirectUrl === undefined ? ['--redirect-url'] : []),
  ];
  if (missing.length > 0) return group(withoutLive('a setting is missing', missing));
  if (!(await confirmProduction(caller))) return group(withoutLive('declined at the prompt'));
  await caller.chatter.note(`Starting one session at ${baseUrl.host}, because of --live.`);
  return group(await checkLive(caller, { baseUrl, connection: connection ?? {}, sandbox }));
}
