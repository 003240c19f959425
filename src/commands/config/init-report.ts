import type { WrittenConfig } from './init.js';
import type { ChangedSetting } from './set.js';
import { maskId } from '../../safety/redact.js';
import type { Report } from '../../output/report.js';
import { shellWord } from '../../safety/shell.js';
import { visible } from '../../safety/visible.js';

const SCHEMA = 'digilocker.config/1';

/** The keys of the document where nothing was written. */
export const NOTHING_WRITTEN = {
  path: null,
  environment: null,
  action: null,
  gitignore: null,
  variables: [],
  notes: [],
} as const;

/** The same for `config set` and `config unset`. */
export const NOTHING_CHANGED = { path: null, key: null, action: null, gitignore: null, notes: [] } as const;

/** The report of `config init`: what was written where, and what comes next. */
export function writtenReport(written: WrittenConfig, platform: NodeJS.Platform): Report {
  const { path, environment, action, credentials, gitignore, variables, notes } = written;
  const { clientId, clientSecret, moduleSecret } = credentials;
  const flag = environment === 'staging' ? '' : ` --env ${shellWord(environment)}`;
  const assign = (name: string) => (platform === 'win32' ? `$env:${name} = '…'` : `export ${name}='…'`);
  const steps = [
    ...variables.map(assign),
    `digilocker doctor${flag}`,
    `digilocker init-session${flag} --consent`,
  ];
  return {
    document: {
      schema: SCHEMA,
      ok: true,
      path,
      environment,
      action,
      gitignore,
      variables,
      notes,
      error: null,
    },
    blocks: [
      {
        type: 'title',
        text: `${action === 'created' ? 'Created' : 'Updated'} ${path}`,
        tone: 'good',
      },
      {
        type: 'fields',
        rows: [
          ['Environment', environment],
          ['Client ID', isReference(clientId) ? clientId : maskId(clientId)],
          ['Client secret', shown(clientSecret)],
          ['Module secret', moduleSecret === undefined ? 'none' : shown(moduleSecret)],
        ],
      },
      { type: 'text', text: `Next:\n${steps.map((step) => `- ${visible(step)}`).join('\n')}` },
    ],
  };
}

/** The report of `config set` and `config unset`. */
export function changedReport(changed: ChangedSetting, value: string | undefined): Report {
  const { path, key, action, gitignore, notes } = changed;
  const verb = value === undefined ? 'Removed' : 'Set';
  const place = `${value === undefined ? 'from' : 'in'} ${path}`;
  return {
    document: { schema: SCHEMA, ok: true, path, key, action, gitignore, notes, error: null },
    blocks:
      action === 'unchanged'
        ? [{ type: 'text', text: 'Nothing to change.' }]
        : [{ type: 'title', text: `${verb} ${key} ${place}`, tone: 'good' }],
  };
}

function shown(secret: string): string {
  return isReference(secret) ? secret : 'in the file, which only you can read';
}

function isReference(text: string): boolean {
  return /^(env|file|exec):/.test(text);
}
