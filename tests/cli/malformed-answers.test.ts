import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { temporaryDirectory } from '../support/cleanup.js';
import { DOCUMENT_KEYS } from '../support/document-keys.js';
import { dealt } from '../support/generated.js';
import { createRecorder, type Answer, type Recorder } from '../support/recorder.js';
import { credentials, fails, succeeds, type MainRun } from '../support/run-main.js';
import { answerOf, type ScriptedAnswer } from '../support/scripted-answer.js';

const fixture = new URL('../fixtures/malformed-answers.json', import.meta.url);
const ANSWERS = JSON.parse(readFileSync(fixture, 'utf8')) as ScriptedAnswer[];

let recorder: Recorder;
let folder: string;
let answer: Answer = {};

function session(code: number, ...more: readonly string[]): Promise<MainRun> {
  const purpose = ['--consent', '--consent-purpose', 'KYC for opening a bank account'];
  const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1', '--timeout', '10s'];
  const args = ['init-session', ...purpose, '--redirect-url', 'https://app.example', ...target, ...more];
  const world = { env: credentials, cwd: folder, home: folder };
  const isHuman = !more.includes('--json');
  return code === 0 ? succeeds(args, world) : fails(args, code, { ...world, ...(isHuman && { stdout: '' }) });
}

/** The text without the breaks and margins of a narrow terminal. */
function unwrapped(text: string): string {
  return text.replaceAll(/\n */g, '');
}

/** That its document says what it has to say. */
async function expectDocument(
  { code, authorizationUrl }: ScriptedAnswer,
  ids: readonly string[],
): Promise<void> {
  const before = recorder.requests.length;
  const { document, stderr } = await session(code, '--json');
  expect(recorder.requests.length).toBe(before + 1);
  expect(Object.keys(document)).toEqual(DOCUMENT_KEYS);
  expect(document['decentroTxnId']).toBe(ids.length === 1 ? ids[0] : null);
  expect(stderr).toContain(`Reference ID: ${String(document['referenceId'])}\n`);
  const link = document['authorizationUrl'];
  if (typeof authorizationUrl === 'object') expect(link).toContain(authorizationUrl.start);
  else expect(link).toBe(authorizationUrl ?? null);
  expect(document['sessionCreated']).toBe(code === 0 ? 'yes' : code === 5 ? 'no' : 'unknown');

  if (ids.length > 1) expect(JSON.stringify(document)).toContain(ids.join(', '));
}

describe('an answer that is not as promised (rules 14, 15, 16)', () => {
  beforeAll(async () => {
    folder = temporaryDirectory();
    recorder = await createRecorder(() => answer);
  });

  test.each(ANSWERS)('$name: $code', async (scripted) => {
    const { code, decentroTxnId } = scripted;
    answer = answerOf(scripted);
    const ids = [decentroTxnId ?? []].flat();
    const forms = dealt(['json', 'human'] as const, ANSWERS.indexOf(scripted), 2);
    if (forms.includes('json')) await expectDocument(scripted, ids);
    if (!forms.includes('human')) return;
    const human = await session(code);
    const shown = unwrapped(human.stdout + human.stderr);
    for (const id of ids) expect(shown).toContain(id);
  });

  test('there are more than sixty', () => {
    expect(ANSWERS.filter(({ code }) => code !== 0).length).toBeGreaterThan(60);
  });
});
