import { expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { temporaryDirectory } from '../support/cleanup.js';
import { dealt } from '../support/generated.js';
import { writeFiles } from '../support/fake-host.js';
import { credentials, runMain } from '../support/run-main.js';

const FORGED = 'x\nforged: line';
const GIVEN = ['--consent', '--consent-purpose', 'KYC for opening a bank account', '--no-open'];
const START = ['init-session', ...GIVEN, '--redirect-url', 'https://app.example/return'];

const broken = (text: string) => (folder: string) => {
  writeFiles(folder, { '.decentrorc': text });
};

const LAYOUTS: readonly (readonly [what: string, make: (folder: string) => void])[] = [
  ['nothing', () => undefined],
  ['no settings', broken('[]')],
  ['no YAML', broken('a: [')],
  ['an unknown key', broken(JSON.stringify({ [FORGED]: 1 }))],
  ['an unknown environment key', broken(JSON.stringify({ environments: { [FORGED]: { [FORGED]: 'x' } } }))],
  ['an environment', broken(JSON.stringify({ environment: FORGED, environments: { [FORGED]: {} } }))],
  [
    'a base URL',
    broken(JSON.stringify({ environment: 'a', environments: { a: { baseUrl: `https://${FORGED}` } } })),
  ],
  [
    'references',
    broken(
      JSON.stringify({
        environments: { staging: { clientId: `env:DECENTRO_${FORGED}`, clientSecret: `file:${FORGED}` } },
      }),
    ),
  ],
  ['a purpose', broken(JSON.stringify({ defaults: { consentPurpose: FORGED, redirectUrl: FORGED } }))],
  [
    'a link',
    (folder) => {
      symlinkSync('/dev/null', path.join(folder, '.decentrorc'));
    },
  ],
  [
    'a file that others may write',
    (folder) => {
      broken('{"environment":"staging"}')(folder);
      chmodSync(path.join(folder, '.decentrorc'), 0o666);
    },
  ],
  [
    'a file with literal secrets that others may read',
    (folder) => {
      mkdirSync(path.join(folder, '.git'));
      broken('{"environments":{"staging":{"clientId":"abcdefgh","clientSecret":"made-up-secret-1"}}}')(
        folder,
      );
      chmodSync(path.join(folder, '.decentrorc'), 0o644);
    },
  ],
];

const LINES: readonly (readonly string[])[] = [
  START,
  ['config', 'show'],
  ['config', 'path'],
  ['config', 'init', '--client-id', 'abcdefgh', '--client-secret-ref', 'env:DECENTRO_A'],
  ['doctor'],
  ['smoke', '--consent', '--report', `junit=${FORGED}/x.xml`],
  ['smoke', '--consent', '--only', FORGED],
  [...START, '--config', FORGED],
  [...START, '--env', FORGED],
  [...START, '--ca-file', FORGED],
  [...START, '--base-url', FORGED],
  [...START, '--base-url', 'https://gateway.example', '--allow-host', FORGED],
  [...START, `--reference-id=${FORGED}`],
  [...START, '--timeout', FORGED],
  [...START, '--field', FORGED],
  [...START, '--param', FORGED],
  [...START, `--${FORGED}`],
  [FORGED],
  ['explain', FORGED],
  ['help', FORGED],
  ['callback', FORGED],
  ['callback', `https://app.example/?code=x&state=${FORGED}`, '--state', FORGED],
  ['sandbox', '--scenario', FORGED],
  ['batch', 'run', FORGED],
  ['batch', 'status', FORGED],
  ['batch', 'results', FORGED],
];

const ENVIRONMENTS = [{}, credentials, { ...credentials, DECENTRO_CLIENT_SECRET_FILE: FORGED }];

const isPosix = process.platform !== 'win32';

(isPosix ? test : test.skip).each(LAYOUTS.map(([what, make], hand) => [what, make, hand] as const))(
  'a line break in a path, a name or a value begins no line of its own, in a folder with %s (rule 42)',
  async (_what, make, hand) => {
    const found: string[] = [];
    const runs = LINES.flatMap((args) => ENVIRONMENTS.map((env) => ({ args, env })));
    for (const { args, env } of dealt(runs, hand, LAYOUTS.length)) {
      const cwd = path.join(temporaryDirectory(), FORGED);
      mkdirSync(cwd);
      make(cwd);
      const { stdout, stderr } = await runMain(args, { cwd, env, browser: () => undefined });
      const line = `${stdout}\n${stderr}`.split('\n').find((one) => /^\W*forged/.test(one));
      if (line !== undefined) found.push(`${args.join(' ')}: ${stderr}`);
    }
    expect(found).toEqual([]);
  },
);
