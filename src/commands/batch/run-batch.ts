// `digilocker batch run`: from the flags to the plan, through the rows, to the summary.
import path from 'node:path';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import {
  FOREIGN_PARAMETERS,
  SESSION,
  type InitiateSessionParams,
} from '../../api/endpoints/initiate-session.js';
import { Failure } from '../../failure/failure.js';
import { deliver } from '../../output/deliver.js';
import { renderForPeople } from '../../output/for-people.js';
import type { Credentials } from '../../safety/redact.js';
import { shellWord } from '../../safety/shell.js';
import { visible } from '../../safety/visible.js';
import { mayAsk } from '../calling/caller.js';
import { gatherInputs, SESSION_PARAMETERS } from '../calling/inputs.js';
import { recordRun } from '../calling/recorded-call.js';
import { SSO_PARAMETERS } from '../calling/suite-flags.js';
import { atTarget, checkUnattended, type Target } from '../calling/target.js';
import { checkFaults, confirm, showPlan } from './approve-plan.js';
import { createRowReader, parseColumnMapping } from './columns.js';
import { jobFault, newJob, saveJob, type Job, type JobRequest } from './job.js';
import { checkJobFolder, checkShardsFolder, createJobFolder } from './job-folder.js';
import { findPlace, type Place } from './job-place.js';
import { parseKeyRule } from './keys.js';
import { thisOwner, type Owner } from './owner.js';
import { finishedPlan, planBatch, type BatchInput, type KnownRow, type Plan } from './plan.js';
import { endOf, needsFreshId, nextAttempt } from './row-states.js';
import { formatOf } from './rows.js';
import { checkSuite, type Run, type RunFlags } from './run-flags.js';
import { runJob, type JobRun } from './run-job.js';
import type { LoadedJournal } from './segments.js';
import { batchReport, countsFault, countText, grouped, have, type BatchDocument } from './summary.js';
import { waitForUnknown } from './wait-for-unknown.js';

const YOUNG_GENERATION_BYTES = 4 * 1024 * 1024;

// As it starts, with 1 MiB, collecting costs a tenth of the processor time; grown to V8's 16, half of the memory.
function limitYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=4');
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    if (young !== undefined && young.space_size < YOUNG_GENERATION_BYTES) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(timer);
  }, 20).unref();
}

/** Runs a batch. Fails as the exit codes of `batch.md` have it; the details are the document. */
export async function runBatch(run: Run, file: string): Promise<void> {
  const { host, flags, profile } = run;
  const suite = profile.suite.value;
  checkSuite(flags, profile.suite);
  if (flags.delimiter !== ',' && formatOf(file, flags.delimiter).type === 'ndjson')
    throw new Failure('usage', '--delimiter is for CSV, and this file is NDJSON.');
  limitYoungGeneration();
  if (flags.dryRun !== true) checkUnattended(run, 'A batch');
  if (flags.consent !== true && flags.dryRun !== true && !mayAsk(run)) {
    throw new Failure('usage', ['Missing (no terminal to prompt on):', '- the consent: --consent'], {
      hint: '--consent says that every end user of the rows that are sent agreed.',
    });
  }
  const { credentials, params } = await gatherDefaults(run);
  const input = path.resolve(host.cwd, file);
  const here = thisOwner(host);
  const place = await findPlace(run, input, here);
  await atTarget(run, {}, async (target) => {
    const request = jobRequest(run, input, target, credentials);
    const job = place.job ?? newJob(request, parseColumnMapping([], suite));
    const fault = place.job && jobFault(job, request);
    if (fault !== undefined) throw fault;
    const batchInput: BatchInput = {
      file: input,
      format: job.format,
      mapping: job.mapping,
      keyRule: job.keyRule,
      shard: job.shard,
      read: createRowReader(suite, job.mapping, params, job.format.type === 'csv'),
    };
    const plan = await planRows(run, batchInput, place.journal);
    if (plan.foreignColumns.length > 0) {
      const names = plan.foreignColumns.map(visible).join(', ');
      await run.chatter.note(`The ${suite} suite has no ${names}: ignored.`);
    }
    if (plan.usedUp > 0) await run.chatter.note(usedUpText(plan.usedUp));
    const document = documentOf(place.folder, job, file, plan);
    try {
      checkFaults(run, plan, params);
      if (flags.dryRun === true) {
        await showPlan(run, credentials, job, plan, document);
        return;
      }
      await confirm(run, plan, target);
      if (place.journal !== undefined) await waitForUnknown(run, place.folder, place.journal);
      await send(run, { target, credentials, batchInput, plan, place, job, here }, document);
    } catch (error) {
      throw error instanceof Failure ? error.with({ ...document, ...error.details }) : error;
    }
  });
}

async function gatherDefaults(
  run: Run,
): Promise<{ readonly credentials: Credentials; readonly params: InitiateSessionParams }> {
  const { flags, profile } = run;
  const suite = profile.suite.value;
  const foreign: readonly string[] = FOREIGN_PARAMETERS[suite];
  const names = [...SESSION_PARAMETERS, ...SSO_PARAMETERS].filter((name) => !foreign.includes(name));
  const params: InitiateSessionParams = {
    ...Object.fromEntries(names.map((name) => [name, profile[name]?.value])),
    documentsForConsent: flags.documentsForConsent,
    extra: flags.param ?? {},
  };
  // Production is confirmed by the number of rows, which is not known yet.
  const confirmed = { ...run, flags: { ...flags, yes: true } };
  const { credentials } = await gatherInputs<InitiateSessionParams>(confirmed, {
    endpoint: { faultsOf: () => SESSION[suite].faultsOf(params, 'derived') },
    parameters: [],
    given: {},
    referenceId: 'derived',
    needsConsent: false,
    isSent: flags.dryRun !== true,
  });
  return { credentials, params };
}

function jobRequest(
  { host, flags, profile }: Run,
  file: string,
  { baseUrl, sandbox }: Target,
  { clientId }: Credentials,
): JobRequest {
  return {
    environment: profile.environment.value,
    origin: sandbox === undefined ? baseUrl.href : 'sandbox',
    batch: flags.batch,
    suite: profile.suite.value,
    clientId: clientId ?? '',
    file,
    format: formatOf(file, flags.delimiter),
    keyRule: flags.key === undefined ? undefined : parseKeyRule(flags.key),
    mapping: flags.column === undefined ? undefined : parseColumnMapping(flags.column, profile.suite.value),
    shard: flags.shard,
    now: host.now(),
  };
}

async function planRows(
  { flags }: Run,
  input: BatchInput,
  journal: LoadedJournal | undefined,
): Promise<Plan> {
  const retries = new Set(flags.retry);
  const knownOf = (row: number): KnownRow => {
    const state = journal?.states.stateOf(row) ?? 'open';
    const isNote = state === 'withheld' || state === 'invalid';
    return {
      end: isNote ? 'open' : endOf(state),
      attempt: nextAttempt(state, journal?.states.attemptOf(row) ?? 0, retries),
      needsFreshId: needsFreshId(state),
    };
  };
  const finished = journal && (await finishedPlan(input.file, journal, knownOf));
  return finished ?? planBatch(input, journal?.lastRun?.input, knownOf);
}

function documentOf(folder: string, job: Job, file: string, plan: Plan): BatchDocument {
  return {
    environment: job.environment,
    batch: job.batch,
    job: folder,
    shard: `${job.shard.index}/${job.shard.count}`,
    input: { file, rows: plan.fileRows, sha256: plan.digest.sha256 },
    rows: { total: plan.rows, ...plan.counts },
    responseKeys: {},
    requests: 0,
    pauses: 0,
    durationMs: 0,
    stopped: null,
  };
}

function usedUpText(count: number): string {
  const [are, their, them] = count === 1 ? ['is', 'its', 'it'] : ['are', 'their', 'them'];
  return `${countText(count, 'row')} ${are} not sent again: ${their} own reference_id is used up. Copy ${them} to a new file with another reference_id, and run that.`;
}

interface Sending {
  readonly target: Target;
  readonly credentials: Credentials;
  readonly batchInput: BatchInput;
  readonly plan: Plan;
  readonly place: Place;
  readonly job: Job;
  readonly here: Owner;
}

async function send(run: Run, sending: Sending, document: BatchDocument): Promise<void> {
  const { host, flags, choice } = run;
  const { plan, place } = sending;
  createJobFolder(place.root, sending.job.shard);
  checkShardsFolder(host, place.root);
  await checkJobFolder(host, place.folder);
  const job = place.job ?? saveJob(host, place.folder, sending.job);
  const end = await runJob(run, { ...sending, folder: place.folder, job, journal: place.journal });
  const { created, unknown } = end.counts;
  if (end.requests > 0) {
    const effect = created > 0 ? 'yes' : unknown > 0 ? 'unknown' : 'no';
    await recordRun(
      run,
      sending.target,
      { call: 'batch', suite: job.suite },
      sending.credentials,
      job.batch,
      effect,
    );
  }
  const known = {
    ...document,
    batch: job.batch,
    rows: { total: plan.rows, ...end.counts },
    responseKeys: Object.fromEntries(end.responseKeys),
    requests: end.requests,
    pauses: end.pauses,
    durationMs: Math.round(end.durationMs),
    stopped: end.stopped === undefined ? null : { kind: end.stopped.kind, message: end.stopped.message },
  };
  const failure = failureOf(end, known, flags)?.with({ ...known }, end.requests > 0 ? 'yes' : 'no');
  if (failure?.kind !== 'output') await showSummary(run, known, failure === undefined);
  if (failure !== undefined) throw failure;
  if (choice.format === 'json') await deliver(host, batchReport(known), choice);
}

/** The summary for people: on stdout, or on stderr where stdout carries rows. In JSON it is the document. */
async function showSummary(
  { host, flags, choice }: Run,
  document: BatchDocument,
  isWhole: boolean,
): Promise<void> {
  if (choice.format === 'json') return;
  const job = shellWord(path.relative(host.cwd, document.job ?? ''));
  const next = `Links: digilocker batch results ${job} -o csv --to links.csv`;
  const report = batchReport(document, isWhole ? [{ type: 'text', text: next }] : []);
  if (flags.output === 'ndjson' || flags.output === 'csv') {
    if (!choice.isQuiet) await host.stderr.write(await renderForPeople(report, host.stderr));
  } else await deliver(host, report, choice);
}

/** What ended a run, with what to do about it. */
function goingOn(stopped: Failure): Failure {
  if (stopped.hint !== null) return stopped;
  const { kind, message, exitCode } = stopped;
  const hint = 'Run the same command again to go on.';
  return Object.assign(new Failure(kind, message, { hint }), { exitCode });
}

function failureOf(end: JobRun, { rows }: BatchDocument, flags: RunFlags): Failure | undefined {
  if (end.stopped !== undefined) return goingOn(end.stopped);
  if (end.outputFailure !== undefined) return end.outputFailure;
  if (rows === null) return undefined;
  const wrong = countsFault(rows);
  if (wrong !== undefined) return wrong;
  if (rows.created === rows.total) return undefined;
  const without = rows.total - rows.created;
  const isRetried = rows.refused + rows.unknown + rows.lost > 0;
  return end.isLimited
    ? new Failure(
        'partial',
        `Stopped after --limit ${grouped(flags.limit ?? 0)}: ${countText(without, 'row')} ${have(without)} no link yet.`,
        {
          hint: 'Run the same command without --limit to go on.',
        },
      )
    : new Failure(
        'partial',
        `${grouped(without)} of ${countText(rows.total, 'row')} ${have(without)} no link.`,
        {
          hint: isRetried
            ? '`digilocker batch results` lists them; --retry sends some of them again.'
            : '`digilocker batch results` lists them.',
        },
      );
}
