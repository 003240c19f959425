import { beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES } from '../../src/failure/exit-codes.js';
import { RESPONSE_KEYS } from '../../src/api/response-keys.js';
import { SETTINGS } from '../../src/settings/parameters.js';
import { createRecorder, type Recorder } from '../support/recorder.js';
import { assertNoSecrets, runShell, startShell, temporaryDirectory } from '../support/run.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const BLOCKS = [...README.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, script = '']) => script);

let staging: Recorder;

beforeAll(async () => {
  staging = await createRecorder();
});

/** A folder and a home in which the recorder stands for staging, whoever brings the credentials. */
function surroundings() {
  const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
  const example = readFileSync(path.join(ROOT, '.decentrorc.example'), 'utf8');
  writeFileSync(
    path.join(cwd, '.decentrorc.example'),
    example.replace('  staging:\n', `  staging:\n    baseUrl: ${staging.url}\n`),
  );
  mkdirSync(path.join(home, '.config', 'decentro'), { recursive: true });
  writeFileSync(path.join(home, '.config', 'decentro', 'config.yaml'), 'allowHosts: [127.0.0.1]\n');
  return { cwd, home };
}

function environment(script: string, cwd: string): Record<string, string> {
  const usesVariables = script.includes('export DECENTRO_CLIENT_ID');
  return {
    GITHUB_OUTPUT: path.join(cwd, 'github-output'),
    ...(usesVariables
      ? { DECENTRO_BASE_URL: staging.url }
      : { DECENTRO_STAGING_SECRET: 'made-up-staging-secret' }),
  };
}

describe('README', () => {
  test('shows commands', () => {
    expect(BLOCKS.length).toBeGreaterThanOrEqual(10);
  });

  test.each(BLOCKS.filter((script) => !script.includes('digilocker sandbox')))(
    'runs as it stands:\n%s',
    async (script) => {
      const { cwd, home } = surroundings();
      const result = await runShell(`set -e\n${script}`, { cwd, home, env: environment(script, cwd) });
      expect(result.code).toBe(0);
      assertNoSecrets(result, ['made-up-staging-secret', 'your-staging-client-secret', 'your-kyc-secret']);
    },
  );

  test.each(BLOCKS.filter((script) => script.includes('digilocker sandbox')))(
    'serves until Ctrl-C:\n%s',
    async (script) => {
      const running = startShell(`exec ${script}`);
      await running.waitForStdout(/^http:\/\/127\.0\.0\.1:\d+\n/);
      running.kill('SIGINT');
      expect(await running.done).toMatchObject({ code: 0, signal: null });
    },
  );

  test('documents every exit code', () => {
    for (const { code, kind, meaning, session } of EXIT_CODES) {
      const name = kind === null ? '–' : `\`${kind}\``;
      expect(README).toContain(`| ${code} | ${name} | ${meaning} | ${session} |`);
    }
  });

  test('documents every setting, and no other', () => {
    const [, table = ''] = /^## Settings\n\n([^]*?)\n\n/m.exec(README) ?? [];
    const codes = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || '–';
    expect(table.split('\n').slice(2)).toEqual(
      SETTINGS.map(({ name, flags, variable, key, note }) => {
        const places = [flags, variable ?? [], key ?? []].map((names) => codes([names].flat()));
        return `| ${[name, ...places].join(' | ')}${note === undefined ? '' : ` (${note})`} |`;
      }),
    );
  });

  test('documents every response key', () => {
    for (const [key, { meaning }] of Object.entries(RESPONSE_KEYS)) {
      expect(README).toContain(`| \`${key}\` | ${meaning} |`);
    }
  });

  test('names every file and folder that it links to', () => {
    const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = '']) => link);
    expect(links).not.toHaveLength(0);
    for (const link of links) expect(existsSync(path.join(ROOT, link))).toBe(true);
  });
});
