import { Argument, type Command } from 'commander';
import type { ConfigFile } from '../../settings/config-file.js';
import type { ConfigInitFlags } from './init.js';
import { resolveConnection } from '../../api/http/connection.js';
import { Failure, combine } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { loadProfile } from '../../settings/load-profile.js';
import { changedReport, NOTHING_CHANGED, NOTHING_WRITTEN, writtenReport } from './init-report.js';
import type { SetFlags } from './set.js';
import { deliver } from '../../output/deliver.js';
import { plainFailure } from '../../output/failure-report.js';
import { chooseOutput } from '../../output/format.js';
import { renderNote, writeNote } from '../../output/note.js';
import type { Block, Report } from '../../output/report.js';
import { shownSettings, type ShownSetting } from '../../settings/shown-settings.js';
import type { Profile, ProfileFlags } from '../../settings/profile.js';
import { shownProxy, type Proxy } from '../../api/http/proxy.js';
import { addJsonFlag, addProfileFlags, completedBy, createCommand, type CommandModule } from '../flags.js';
import { visible } from '../../safety/visible.js';

const SCHEMA = 'digilocker.config/1';

export const config: CommandModule = {
  declare: declareConfig,
  reportFailure: (failure) => plainFailure(SCHEMA, failure),
};

type ShowFlags = ProfileFlags & { readonly config?: string; readonly json?: boolean };

function declareConfig(command: Command, host: Host): void {
  const show = createCommand('show', 'Print every setting, its value or a mask, and where it came from')
    .addHelpText(
      'after',
      '\nExamples:\n  digilocker config show --env production\n  digilocker config show --config other.yaml --json',
    )
    .action(async (flags: ShowFlags) => {
      await showSettings(host, flags);
    });
  const path = createCommand('path', 'List the config files in use, highest priority first')
    .option('--config <file>', 'use this config file instead of those found')
    .addHelpText('after', '\nExamples:\n  digilocker config path\n  digilocker config path --json')
    .action(async (flags: { config?: string; json?: boolean }) => {
      await printPaths(host, flags);
    });
  command
    .helpCommand(false)
    .addCommand(addJsonFlag(createInit(host)))
    .addCommand(addProfileFlags(addJsonFlag(show)))
    .addCommand(addJsonFlag(path))
    .addCommand(addJsonFlag(createSet(host)))
    .addCommand(addJsonFlag(createUnset(host)))
    .addHelpText(
      'after',
      '\nExamples:\n  digilocker config init\n  digilocker config show --env production\n  digilocker config set defaults.consentPurpose "KYC for a new account"',
    );
}

/** Gives a failure the keys of the document, all of which are always present. */
async function orEmpty<Result>(
  work: Promise<Result>,
  document: Readonly<Record<string, unknown>>,
): Promise<Result> {
  return work.catch((error: unknown) => {
    throw error instanceof Failure ? error.with({ document }) : error;
  });
}

const INIT_EXAMPLES = `
Examples:
  digilocker config init
  digilocker config init --client-id ID \\
    --client-secret-ref env:DECENTRO_STAGING_SECRET
  printf '%s\\n' "$SECRET" | digilocker config init --global --env production \\
    --client-id ID --client-secret-stdin`;

function createInit(host: Host): Command {
  return createCommand('init', 'Store the credentials of one environment in .decentrorc')
    .option('-e, --env <name>', 'staging, production, or one that the file defines')
    .option('--client-id <id>', 'the client ID')
    .option('--client-secret-ref <ref>', 'a reference to the client secret: env:NAME or file:PATH')
    .option('--module-secret-ref <ref>', 'a reference to the module secret')
    .option('--client-secret-stdin', 'read the client secret from standard input, and store it')
    .option('--module-secret-stdin', 'read the module secret from the next line, and store it')
    .option('--global', 'write your user file instead')
    .option('--force', 'replace credentials that are there already')
    .option('--no-input', 'never ask')
    .addHelpText('after', INIT_EXAMPLES)
    .action(async (flags: ConfigInitFlags & { json?: boolean }) => {
      const { initConfig } = await import('./init.js');
      const written = await orEmpty(initConfig(host, flags), NOTHING_WRITTEN);
      for (const note of written.notes) await writeNote(host.stderr, note);
      await deliver(host, writtenReport(written, host.platform), chooseOutput(flags));
    });
}

const SET_EXAMPLES = `
Examples:
  digilocker config set defaults.redirectUrl https://app.example/return
  digilocker config set environments.staging.clientSecret env:DECENTRO_SECRET
  digilocker config set --global environments.staging.clientSecret \\
    "exec:op read op://vault/decentro/secret"`;

function createSet(host: Host): Command {
  return createCommand('set', 'Change one setting of the project file')
    .addArgument(settingArgument(host))
    .argument('<value>', 'the value; for a secret a reference, never the secret itself')
    .option('--global', 'change your user file instead')
    .addHelpText('after', SET_EXAMPLES)
    .action(async (key: string, value: string, flags: SetFlags) => {
      await changeSetting(host, key, value, flags);
    });
}

function createUnset(host: Host): Command {
  return createCommand('unset', 'Remove one setting of the project file')
    .addArgument(settingArgument(host))
    .option('--global', 'change your user file instead')
    .addHelpText('after', '\nExamples:\n  digilocker config unset defaults.redirectUrl')
    .action(async (key: string, flags: SetFlags) => {
      await changeSetting(host, key, undefined, flags);
    });
}

function settingArgument(host: Host): Argument {
  return completedBy(
    new Argument('<key>', 'such as defaults.consentPurpose; help config lists them'),
    async ({ operands }) => {
      if (operands.length > 0) return [];
      const { settingNames } = await import('./set.js');
      const { loadConfigFiles } = await import('../../settings/config-file.js');
      const { files } = await loadConfigFiles(host).catch(() => ({ files: [] }));
      return [...new Set(files.flatMap(({ config }) => settingNames(config)).concat(settingNames({})))];
    },
  );
}

async function changeSetting(
  host: Host,
  key: string,
  value: string | undefined,
  flags: SetFlags,
): Promise<void> {
  const { setSetting } = await import('./set.js');
  const changed = await orEmpty(setSetting(host, key, value, flags), NOTHING_CHANGED);
  for (const note of changed.notes) await writeNote(host.stderr, note);
  await deliver(host, changedReport(changed, value), chooseOutput(flags));
}

async function showSettings(host: Host, flags: ShowFlags): Promise<void> {
  const nothing = { files: [], settings: [], notes: [] };
  const { profile, files, warnings } = await orEmpty(loadProfile(host, flags), nothing);
  for (const warning of warnings) await writeNote(host.stderr, warning);
  const choice = chooseOutput(flags);
  const { proxy, problems } = await findProxyInForce(host, profile);
  const settings = shownSettings(profile, {
    proxy: proxy && { variable: proxy.variable, text: shownProxy(proxy) },
    caFile: host.env['NODE_EXTRA_CA_CERTS'],
  });
  const report = settingsReport(profile, files, settings);
  const isSound = problems.length === 0;
  if (isSound || choice.format === 'human') await deliver(host, report, choice);
  if (!isSound) throw combine(problems).with({ document: report.document });
}

/** The proxy, if it can be used, and every problem. */
async function findProxyInForce(
  host: Host,
  { baseUrl, problems }: Profile,
): Promise<{ proxy?: Proxy | undefined; problems: readonly Failure[] }> {
  if (baseUrl === undefined) return { problems };
  try {
    const { proxy } = await resolveConnection(host, {}, baseUrl.value);
    return { proxy, problems };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { problems: [...problems, error] };
  }
}

async function printPaths(host: Host, flags: { config?: string; json?: boolean }): Promise<void> {
  const { loadConfigFiles } = await import('../../settings/config-file.js');
  const { files, hints } = await orEmpty(loadConfigFiles(host, flags.config), { files: [] });
  for (const hint of hints) await writeNote(host.stderr, hint);
  if (files.length === 0) await writeNote(host.stderr, 'No config file is in use.');
  const document = { schema: SCHEMA, ok: true, files: files.map(fileEntry), error: null };
  const choice = chooseOutput(flags);
  if (choice.format === 'json') await deliver(host, { document, blocks: [] }, choice);
  else await host.stdout.write(files.map((file) => renderNote(file.path)).join(''));
}

function fileEntry({ role, path }: ConfigFile): Record<string, string> {
  return { role, path };
}

/** The settings as rows for a person. */
function settingsBlock(settings: readonly ShownSetting[]): Block {
  return {
    type: 'fields',
    rows: settings.map(({ name, value, source }) => [
      name,
      value === null ? 'not set' : `${value}  (${source ?? ''})`,
    ]),
  };
}

function settingsReport(
  profile: Profile,
  files: readonly ConfigFile[],
  settings: readonly ShownSetting[],
): Report {
  return {
    document: {
      schema: SCHEMA,
      ok: true,
      files: files.map(fileEntry),
      settings,
      notes: profile.notes,
      error: null,
    },
    blocks: [
      settingsBlock(settings),
      ...profile.notes.map((note) => ({ type: 'text', text: visible(note) }) as const),
    ],
  };
}
