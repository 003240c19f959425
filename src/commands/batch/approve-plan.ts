// What happens between the plan and the first request: faults are told, the plan is shown, a person confirms it.
import { SESSION, type InitiateSessionParams } from '../../api/endpoints/initiate-session.js';
import { Failure } from '../../failure/failure.js';
import { deliver } from '../../output/deliver.js';
import { renderForPeople } from '../../output/for-people.js';
import type { Credentials } from '../../safety/redact.js';
import { isProduction } from '../../safety/trust.js';
import { visible } from '../../safety/visible.js';
import { printRequest } from '../calling/print-request.js';
import type { Target } from '../calling/target.js';
import { createErrand, referenceIdOf } from './errand.js';
import type { Job } from './job.js';
import type { Plan } from './plan.js';
import type { Run } from './run-flags.js';
import { batchReport, grouped, countText, summaryBlocks, type BatchDocument } from './summary.js';

/** Fails with `usage` where rows would be refused and were not to be left out. */
export function checkFaults({ flags }: Run, { counts, faults }: Plan, params: InitiateSessionParams): void {
  if (counts.invalid === 0 || flags.skipInvalid === true) return;
  const others = counts.invalid - faults.length;
  const lacking = params.consentPurpose === undefined || params.redirectUrl === undefined;
  throw new Failure(
    'usage',
    [
      `${countText(counts.invalid, 'row')} would be refused:`,
      ...faults.map((line) => visible(line)),
      ...(others > 0 ? [`and ${grouped(others)} more.`] : []),
    ],
    {
      hint: lacking
        ? 'Give what all rows share with --consent-purpose and --redirect-url, or in .decentrorc.'
        : 'Correct them, or leave them out with --skip-invalid.',
    },
  );
}

/** Shows what would be done: the counts, and the first request. */
export async function showPlan(
  run: Run,
  credentials: Credentials,
  job: Job,
  plan: Plan,
  document: BatchDocument,
): Promise<void> {
  const { host, choice, flags } = run;
  if (choice.format === 'json') {
    await deliver(host, batchReport(document), choice);
    return;
  }
  await host.stderr.write(
    await renderForPeople({ document: {}, blocks: summaryBlocks(document) }, host.stderr),
  );
  await run.chatter.note(
    `${countText(Math.min(plan.toSend, flags.limit ?? plan.toSend), 'row')} would be sent.`,
  );
  if (plan.first?.request.type !== 'send') return;
  const errand = createErrand(plan.first, { attempt: plan.first.attempt, isSecondTry: false, records: [] });
  const inputs = { credentials, params: plan.first.request.params };
  await printRequest(run, 'curl', SESSION[job.suite], inputs, referenceIdOf(errand, job));
}

/** Asks for what a person has to say: that the end users agreed, and that production is meant. */
export async function confirm(run: Run, { toSend, first }: Plan, { baseUrl }: Target): Promise<void> {
  const { host, flags } = run;
  const toBeSent = Math.min(toSend, flags.limit ?? toSend);
  const count = grouped(toBeSent);
  if (toSend === 0) return;
  if (flags.consent !== true) {
    const purpose = first?.request.type === 'send' ? visible(first.request.params.consentPurpose ?? '') : '';
    const message = `Consent purpose of the first row: “${purpose}”\nDid the end users of all ${countText(toBeSent, 'row')} agree to theirs? Yes asserts that to Decentro.`;
    if (!(await host.prompter.confirm({ message })))
      throw new Failure('usage', 'Nothing was sent: the end users did not agree.');
  }
  if (!isProduction(baseUrl) || flags.yes === true) return;
  const message = `This sends ${countText(toBeSent, 'request')} to production (${baseUrl.host}), and each may be billed.\nType the number of rows to continue:`;
  const check = (answer: string) =>
    answer.replaceAll(',', '') === count.replaceAll(',', '') ? undefined : `Type ${count}, or press Ctrl-C.`;
  await host.prompter.text({ message, check });
}
