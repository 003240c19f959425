import { InvalidArgumentError, Option, type Command } from 'commander';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { deliver } from '../../output/deliver.js';
import { chooseOutput } from '../../output/format.js';
import { writeNote } from '../../output/note.js';
import { withCaller } from '../calling/caller.js';
import { addJsonFlag, createCommand, repeatable, type CommandModule } from '../flags.js';
import { ROW_ENDS, type RowEnd } from './row-states.js';
import { addRunFlags, checkRunFlags, type RunFlags } from './run-flags.js';
import { batchFailure } from './summary.js';
import type { ResultsFlags } from './results.js';

export const batch: CommandModule = { declare: declareBatch, reportFailure: batchFailure };

const EXAMPLES = `
Examples:
  digilocker batch run customers.csv --env sandbox --consent
  digilocker batch run customers.csv --key customer_no --consent --dry-run
  digilocker batch status customers.csv.batch
  digilocker batch results customers.csv.batch -o csv --to links.csv`;

function declareBatch(command: Command, host: Host): void {
  command.helpCommand(false).addHelpText('after', EXAMPLES);
  command.addCommand(runCommand(host));
  command.addCommand(statusCommand(host));
  command.addCommand(resultsCommand(host));
  command.addCommand(forgetCommand(host));
}

const RUN_NOTES = `
Columns are named as Decentro's parameters: reference_id, consent,
consent_purpose, redirect_url, redirect_to_signup, abstract_access_token; with
--suite sso not the last one, but pinless_signin, pinless_signup,
usernameless_signup, clear_cookies and documents_for_consent (a JSON array).
Others are ignored. Run the same command again to go on. Each request may
be billed. Through a proxy, each request opens a tunnel of its own.

Exit codes: 0 every row has a link, 4 to 7 stopped, 10 some rows have none,
74 the journal or stdout could not be written, 129, 130, 143 stopped by a
signal.

Examples:
  digilocker batch run customers.csv --env sandbox --consent
  digilocker batch run customers.csv --key customer_no --limit 10 --consent
  digilocker batch run customers.csv --retry unknown --consent`;

function runCommand(host: Host): Command {
  const command = createCommand('run', 'Start a session for every row of a CSV or NDJSON file').argument(
    '<file>',
    'CSV with a header, or .ndjson with one object a line; UTF-8',
  );
  return addRunFlags(command)
    .addHelpText('after', RUN_NOTES)
    .action(async (file: string, flags: RunFlags) => {
      checkRunFlags(file, flags);
      const format = flags.json === true || flags.output === 'json' ? 'json' : 'human';
      const { quiet = false, verbose = false } = flags;
      const choice = { format, isQuiet: quiet, isVerbose: verbose } as const;
      const { runBatch } = await import('./run-batch.js');
      await withCaller(host, flags, choice, (run) => runBatch(run, file));
    });
}

function statusCommand(host: Host): Command {
  const command = createCommand('status', 'Show what is done and what is open').argument(
    '<job>',
    'the folder of the job',
  );
  command.addHelpText(
    'after',
    '\nExamples:\n  digilocker batch status customers.csv.batch\n  digilocker batch status rekyc --json',
  );
  return addJsonFlag(command).action(async (job: string, flags: { readonly json?: boolean }) => {
    const { statusReport } = await import('./status.js');
    await deliver(host, await statusReport(host, job), chooseOutput(flags));
  });
}

const RESULTS_EXAMPLES = `
Examples:
  digilocker batch results customers.csv.batch --only unknown,lost
  digilocker batch results customers.csv.batch -o csv --to links.csv
  digilocker batch results rekyc -o csv --with customers.csv --to links.csv`;

function resultsCommand(host: Host): Command {
  return createCommand('results', 'Print every row with its end, in the order of the file')
    .argument('<jobs...>', 'the folder of the job, or of all its shards')
    .addOption(
      new Option('-o, --output <form>', 'one line per row (default: ndjson)').choices(['ndjson', 'csv']),
    )
    .addOption(
      repeatable(
        '--only <ends>',
        `print only rows with these ends: ${ROW_ENDS.join(', ')}`,
        (text, earlier: readonly RowEnd[] | undefined = []) => [...earlier, ...parseEnds(text)],
      ),
    )
    .option('--to <file>', 'write to a new file that only you can read')
    .option('--with <file>', 'add the columns of the input, matched by key')
    .option('--spreadsheet', 'begin cells that look like formulas with an apostrophe')
    .addHelpText('after', RESULTS_EXAMPLES)
    .action(async (jobs: string[], flags: ResultsFlags) => {
      const { writeResults } = await import('./results.js');
      await writeResults(host, jobs, flags);
    });
}

function forgetCommand(host: Host): Command {
  return createCommand('forget', 'Remove links, keys and IDs from a job, and keep the counts')
    .argument('<job>', 'the folder of the job, or of all its shards')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExamples:\n  digilocker batch forget customers.csv.batch --yes')
    .action(async (job: string, { yes }: { readonly yes?: boolean }) => {
      const { forgetJob } = await import('./forget.js');
      if (yes !== true) {
        const message = 'Links and keys of this job are removed for good. Continue?';
        if (!host.isInteractive) throw new Failure('usage', 'Removing links for good needs --yes.');
        if (!(await host.prompter.confirm({ message }))) throw new Failure('usage', 'Nothing was removed.');
      }
      await forgetJob(host, job);
      await writeNote(host.stderr, 'Links, keys and IDs are removed.');
    });
}

function parseEnds(text: string): RowEnd[] {
  return text.split(',').map((name) => {
    const end = ROW_ENDS.find((one) => one === name.trim());
    if (end === undefined) throw new InvalidArgumentError(`Expected ${ROW_ENDS.join(', ')}.`);
    return end;
  });
}
