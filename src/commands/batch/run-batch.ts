// `digilocker batch run`: from the flags to the plan, through the rows, to the summary.
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { INITIATE_SESSION, type InitiateSessionParams } from '../../api/endpoints/initiate-session.js';
import { Failure } from '../../failure/failure.js';
import { deliver } from '../../output/deliver.js';
import { renderForPeople } from '../../output/for-people.js';
import type { Credentials } from '../../safety/redact.js';
import { shellWord } from '../../safety/shell.js';
import { mayAsk } from '../calling/caller.js';
import { gatherInputs } from '../calling/inputs.js';
import { recordRun } from '../calling/recorded-call.js';
import { atTarget, checkUnattended, type Target } from '../calling/target.js';
import { checkFaults, confirm, showPlan } from './approve-plan.js';
import { claimJournal } from './claim.js';
import { createRowReader, parseColumnMapping } from './columns.js';
import { wrongValue } from '../../settings/setting.js';
import { jobFault, newJob, loadJob, saveJob, type Job, type JobRequest } from './job.js';
import { checkJobFolder, createJobFolder, shardFolder } from './job-folder.js';
import { parseKeyRule } from './keys.js';
import { thisOwner, type Owner } from './owner.js';
import { planBatch, type BatchInput, type Plan } from './plan.js';
import { endOf, nextAttempt } from './row-states.js';
import { formatOf } from './rows.js';
import type { Run, RunFlags } from './run-flags.js';
import { runJob, type JobRun } from './run-job.js';
import { loadJournal, type LoadedJournal } from './segments.js';
import { batchReport, countsFault, grouped, type BatchDocument } from './summary.js';
import { waitForUnknown } from './wait-for-unknown.js';

/** Where a run keeps its journal, and what is there. */
interface Place {
  readonly root: string;
  readonly folder: string;
  readonly job: Job | undefined;
  readonly journal: LoadedJournal | undefined;
}

/** Runs a batch. Fails as the exit codes of `batch.md` have it; the details are the document. */
export async function runBatch(run: Run, file: string): Promise<void> {
  const { host, flags } = run;
  // The young generation stays small: rows die young, and 64 in flight fit into it.
  setFlagsFromString('--max-semi-space-size=2');
  setFlagsFromString('--semi-space-growth-factor=1');
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
    const job = place.job ?? newJob(request, parseColumnMapping([]));
    const fault = place.job && jobFault(job, request);
    if (fault !== undefined) throw fault;
    const batchInput: BatchInput = {
      file: input,
      format: job.format,
      mapping: job.mapping,
      keyRule: job.keyRule,
      shard: job.shard,
      read: createRowReader(job.mapping, params, job.format.type === 'csv'),
    };
    const plan = await planRows(run, batchInput, place.journal);
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
  if (profile.suite.value !== 'classic')
    throw wrongValue(profile.suite.origin, 'chooses sso, and batch starts sessions of classic alone');
  const params: InitiateSessionParams = {
    consentPurpose: profile.consentPurpose?.value,
    redirectUrl: profile.redirectUrl?.value,
    redirectToSignup: profile.redirectToSignup?.value,
    abstractAccessToken: profile.abstractAccessToken.value,
    extra: flags.param ?? {},
  };
  // Production is confirmed by the number of rows, which is not known yet.
  const confirmed = { ...run, flags: { ...flags, yes: true } };
  const { credentials } = await gatherInputs<InitiateSessionParams>(confirmed, {
    endpoint: { faultsOf: () => INITIATE_SESSION.faultsOf(params, 'derived') },
    parameters: [],
    given: {},
    referenceId: 'derived',
    needsConsent: false,
    isSent: flags.dryRun !== true,
  });
  return { credentials, params };
}

async function findPlace(run: Run, input: string, here: Owner): Promise<Place> {
  const { host, flags, chatter } = run;
  const root = flags.job === undefined ? `${input}.batch` : path.resolve(host.cwd, flags.job);
  const folder = shardFolder(root, flags.shard);
  const job = loadJob(folder);
  if (job === undefined) return { root, folder, job, journal: undefined };
  await checkJobFolder(host, folder);
  const rules = { takesOver: flags.takeOver === true, note: chatter.note };
  const journal =
    flags.dryRun === true ? loadJournal(host, folder) : await claimJournal(host, folder, here, rules);
  for (const segment of journal.damaged)
    await chatter.note(`${segment} has a damaged last line: its process ended without warning.`);
  return { root, folder, job, journal };
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
    clientId: clientId ?? '',
    file,
    format: formatOf(file, flags.delimiter),
    keyRule: flags.key === undefined ? undefined : parseKeyRule(flags.key),
    mapping: flags.column === undefined ? undefined : parseColumnMapping(flags.column),
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
  return planBatch(input, journal?.lastRun?.input, (row) => {
    const state = journal?.states.stateOf(row) ?? 'open';
    const isNote = state === 'withheld' || state === 'invalid';
    return {
      end: isNote ? 'open' : endOf(state),
      isSettled: nextAttempt(state, journal?.states.attemptOf(row) ?? 0, retries) === undefined,
    };
  });
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
  await checkJobFolder(host, place.folder);
  const job = place.job ?? saveJob(place.folder, sending.job);
  const end = await runJob(run, { ...sending, folder: place.folder, job, journal: place.journal });
  const { created, unknown } = end.counts;
  if (end.requests > 0) {
    const effect = created > 0 ? 'yes' : unknown > 0 ? 'unknown' : 'no';
    await recordRun(
      run,
      sending.target,
      { call: 'batch', suite: 'classic' },
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
  const without = grouped(rows.total - rows.created);
  return end.isLimited
    ? new Failure(
        'partial',
        `Stopped after --limit ${grouped(flags.limit ?? 0)}: ${without} rows have no link yet.`,
        {
          hint: 'Run the same command without --limit to go on.',
        },
      )
    : new Failure('partial', `${without} of ${grouped(rows.total)} rows have no link.`, {
        hint: '`digilocker batch results` lists them; --retry sends some of them again.',
      });
}
