import { Failure } from '../failure/failure.js';
import type { Host } from '../host/host.js';
import { renderForPeople } from './for-people.js';
import type { Format, OutputChoice } from './format.js';
import type { Report } from './report.js';
import { renderEnv, renderField, renderShell } from './scripted.js';
import { writeJson } from './write-json.js';

/**
 * Writes a command's result to standard output, in one piece but for documents in JSON. Fails with `output`, or `upstream` (see `scripted.ts`);
 * the details of the failure are the document that could not be written.
 */
export async function deliver(
  { stdout }: Pick<Host, 'stdout'>,
  report: Report,
  choice: OutputChoice,
): Promise<void> {
  try {
    const { format, field } = choice;
    if (format === 'json') await writeJson(stdout, report.document);
    else await stdout.write(await render(report, format, field, stdout));
  } catch (error) {
    throw error instanceof Failure ? error.with({ document: report.document }) : error;
  }
}

/**
 * Writes what a person asked for by itself to standard output, and the report of it to standard error. Fails as
 * {@link deliver} does.
 */
export async function deliverContent(
  { stdout, stderr }: Pick<Host, 'stdout' | 'stderr'>,
  report: Report,
  { isQuiet }: OutputChoice,
  content: string | Uint8Array,
): Promise<void> {
  if (!isQuiet) await stderr.write(await renderForPeople(report, stderr));
  await stdout.write(content);
}

/** A script gets the values of a session that exists, whatever has become of it since. */
export async function deliverInSpiteOf(
  failure: Failure,
  host: Pick<Host, 'stdout'>,
  report: Report,
  choice: OutputChoice,
): Promise<void> {
  const isScripted = choice.field !== undefined || choice.format === 'env' || choice.format === 'shell';
  if (!isScripted || !['declined', 'timeout', 'interrupted'].includes(failure.kind)) return;
  await deliver(host, report, choice);
}

async function render(
  report: Report,
  format: Exclude<Format, 'json'>,
  field: string | undefined,
  stdout: Host['stdout'],
): Promise<string> {
  if (field !== undefined) return renderField(report, field);
  switch (format) {
    case 'human':
      return await renderForPeople(report, stdout);
    case 'env':
      return renderEnv(report);
    case 'shell':
      return renderShell(report);
  }
}
