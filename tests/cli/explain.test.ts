import { describe, expect, test } from '@jest/globals';
import { EXIT_CODES } from '../../src/failure/exit-codes.js';
import { RESPONSE_KEYS } from '../../src/api/response-keys.js';
import { fails, succeeds } from '../support/run-main.js';

const QUIET = { stderr: [] };

test('a response key has a meaning, a move, a remedy and a word on retries', async () => {
  expect((await succeeds(['explain', 'error_duplicate_reference_id'], QUIET)).stdout).toBe(
    [
      'error_duplicate_reference_id',
      '',
      'Meaning     The reference ID was used before, by any request, successful or not.',
      'Whose move  yours: fix the request',
      'What to do  Use a fresh one. If this was a second try, the first one arrived,',
      '            and what it brought is lost.',
      'Retry       may help, with a fresh reference ID',
      '',
    ].join('\n'),
  );
});

test.each([
  ['error_ip_not_configured', 'yours: fix the account, the credentials or the network', 'does not help'],
  ['error_provider_error', "Decentro's: try again later, or ask its support", 'may help'],
])('%s is the move of %s', async (key, move, retry) => {
  const { stdout } = await succeeds(['explain', key], QUIET);
  expect(stdout).toContain(`Whose move  ${move}\n`);
  expect(stdout).toContain(`Retry       ${retry}`);
});

test('a success is nobody’s move', async () => {
  const { stdout } = await succeeds(['explain', 'success_initiate_session'], QUIET);
  expect(stdout).not.toMatch(/Whose move|Retry/);
});

test.each(EXIT_CODES)('exit code $code is explained', async ({ code, kind, meaning }) => {
  const { stdout } = await succeeds(['explain', String(code)], { ...QUIET, columns: 200 });
  expect(stdout).toContain(`Exit code ${code}\n`);
  expect(stdout.replaceAll(/\n +/g, ' ')).toContain(meaning);
  if (kind === null) expect(stdout).not.toContain('Kind');
  else expect(stdout).toContain(`Kind             ${kind}\n`);
});

test('without an argument all of them are', async () => {
  const { stdout } = await succeeds(['explain'], QUIET);
  for (const key of Object.keys(RESPONSE_KEYS)) expect(stdout).toContain(`\n${key}`);
  for (const { code } of EXIT_CODES) expect(stdout).toMatch(new RegExp(`^${code} +\\S`, 'm'));
  expect(stdout).toContain('The account has to change (exit code 4)');
});

describe('as JSON', () => {
  test('a key', async () => {
    const { document } = await succeeds(['explain', 'error_consent_false', '--json'], QUIET);
    expect(document).toEqual({
      schema: 'digilocker.explain/1',
      ok: true,
      responseKeys: [
        {
          responseKey: 'error_consent_false',
          meaning: 'The consent parameter was false.',
          move: 'caller',
          remedy: "Obtain the end user's consent, then say so with --consent.",
          retryable: false,
        },
      ],
      exitCodes: [],
      error: null,
    });
  });

  test('an exit code', async () => {
    const { document } = await succeeds(['explain', '5', '--json'], QUIET);
    expect(document).toMatchObject({ responseKeys: [], exitCodes: [{ code: 5, kind: 'rejected' }] });
  });

  test('all', async () => {
    const { document } = await succeeds(['explain', '--json'], QUIET);
    expect(document['responseKeys']).toHaveLength(Object.keys(RESPONSE_KEYS).length);
    expect(document['exitCodes']).toEqual(EXIT_CODES);
  });
});

test.each(EXIT_CODES.flatMap(({ code, kind }) => (kind === null ? [] : [[kind, code] as const])))(
  'the kind %s is explained as the exit code %i is',
  async (kind, code) => {
    const { stdout } = await succeeds(['explain', kind]);
    expect(stdout).toContain((await succeeds(['explain', String(code)])).stdout);
  },
);

describe('what is unknown', () => {
  test.each([
    ['error_consent_flase', 'Did you mean error_consent_false?'],
    ['duplicate', 'Did you mean error_duplicate_reference_id?'],
    ['constructor', 'Decentro adds response keys without notice'],
  ])('%j is said to be, with near misses', async (asked, hint) => {
    const { stderr } = await fails(['explain', asked], 2);
    expect(stderr).toContain(`error: "${asked}" is neither a known response key nor an exit code.`);
    expect(stderr.replaceAll('\n', ' ')).toContain(hint);
  });

  test('is so in JSON as well', async () => {
    const { document } = await fails(['explain', 'error_new', '--json'], 2);
    expect(document).toMatchObject({
      schema: 'digilocker.explain/1',
      ok: false,
      responseKeys: [],
      exitCodes: [],
      error: { kind: 'usage', exitCode: 2 },
    });
  });

  test('is made visible', async () => {
    const { stderr } = await fails(['explain', 'x\u001B[2J'], 2);
    expect(stderr).toContain('"x\\u001b[2J"');
  });
});
