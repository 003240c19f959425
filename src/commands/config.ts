import type { Command } from 'commander';
import type { ConfigFile } from '../config-file.js';
import type { Host } from '../host.js';
import { combine, loadProfile } from '../load-profile.js';
import { deliver } from '../output/deliver.js';
import { plainFailure } from '../output/failure-report.js';
import { chooseOutput } from '../output/format.js';
import { renderNote } from '../output/human.js';
import type { Report } from '../output/report.js';
import type { Profile, ProfileFlags } from '../profile.js';
import { maskId, MASKED_SECRET } from '../redact.js';
import type { Setting } from '../setting.js';
import { addJsonFlag, addProfileFlags, createCommand, type CommandModule } from './flags.js';

const SCHEMA = 'digilocker.config/1';

export const config: CommandModule = {
  declare: declareConfig,
  reportFailure: (failure) => plainFailure(SCHEMA, failure),
};

type ShowFlags = ProfileFlags & { readonly config?: string; readonly json?: boolean };

function declareConfig(command: Command, host: Host): void {
  const show = createCommand(
    'show',
    'Print every setting, its value or a mask, and where it came from',
  ).action(async (flags: ShowFlags) => {
    await showSettings(host, flags);
  });
  const path = createCommand('path', 'Print the config files in force, the stronger first')
    .option('--config <file>', 'use this config file instead of those found')
    .action(async (flags: { config?: string; json?: boolean }) => {
      await printPaths(host, flags);
    });
  command
    .helpCommand('help [command]', 'Print the help of a command')
    .addCommand(addProfileFlags(addJsonFlag(show)))
    .addCommand(addJsonFlag(path))
    .addHelpText('after', '\nExamples:\n  digilocker config show --env production\n  digilocker config path');
}

async function showSettings(host: Host, flags: ShowFlags): Promise<void> {
  const { profile, files, warnings } = await loadProfile(host, flags);
  for (const warning of warnings) await host.stderr.write(renderNote(warning));
  const choice = chooseOutput(flags);
  const report = settingsReport(profile, files);
  const isSound = profile.problems.length === 0;
  if (isSound || choice.format === 'human') await deliver(host, report, choice);
  if (!isSound) throw combine(profile.problems).with(report.document);
}

async function printPaths(host: Host, flags: { config?: string; json?: boolean }): Promise<void> {
  const { loadConfigFiles } = await import('../config-file.js');
  const files = await loadConfigFiles(host, flags.config);
  if (files.length === 0) await host.stderr.write(renderNote('No config file is in force.'));
  const document = { schema: SCHEMA, ok: true, files: files.map(fileEntry), error: null };
  const choice = chooseOutput(flags);
  if (choice.format === 'json') await deliver(host, { document, blocks: [] }, choice);
  else await host.stdout.write(files.map((file) => renderNote(file.path)).join(''));
}

function fileEntry({ role, path }: ConfigFile): Record<string, string> {
  return { role, path };
}

interface Shown {
  readonly name: string;
  readonly value: string | boolean | null;
  readonly source: string | null;
}

function settingsReport(profile: Profile, files: readonly ConfigFile[]): Report {
  const settings = shownSettings(profile);
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
      {
        type: 'fields',
        rows: settings.map(({ name, value, source }) => [
          name,
          value === null ? 'not set' : `${value}  (${source ?? ''})`,
        ]),
      },
      ...profile.notes.map((text) => ({ type: 'text', text }) as const),
    ],
  };
}

function shownSettings(profile: Profile): Shown[] {
  const { credentials, baseUrl } = profile;
  const show = <Value>(
    name: string,
    setting: Setting<Value> | undefined,
    text: (value: Value) => string | boolean,
  ) => ({
    name,
    value: setting === undefined ? null : text(setting.value),
    source: setting?.origin.label ?? null,
  });
  const asIs = <Value extends string | boolean>(value: Value) => value;
  const isInProcess = profile.environment.value === 'sandbox' && baseUrl === undefined;
  return [
    show('environment', profile.environment, asIs),
    isInProcess
      ? { name: 'baseUrl', value: 'the sandbox inside the command', source: 'built in' }
      : show('baseUrl', baseUrl, (url) => url.href),
    show('clientId', credentials.clientId, maskId),
    show('clientSecret', credentials.clientSecret, () => MASKED_SECRET),
    show('moduleSecret', credentials.moduleSecret, () => MASKED_SECRET),
    show('consentPurpose', profile.consentPurpose, asIs),
    show('redirectUrl', profile.redirectUrl, asIs),
    show('redirectToSignup', profile.redirectToSignup, asIs),
    show('abstractAccessToken', profile.abstractAccessToken, asIs),
    show('open', profile.open, asIs),
    ...(profile.allowedHosts.length === 0 ? [undefined] : profile.allowedHosts).map((host) =>
      show('allowHosts', host, asIs),
    ),
  ];
}
