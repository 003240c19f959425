// Every scenario of the sandbox, as the commands after a session tell of it.
import { expect, test } from '@jest/globals';
import { RESPONSE_KEYS } from '../../src/api/response-keys.js';
import { SCENARIOS } from '../../src/sandbox/api/scenarios.js';
import { CONSENT } from '../support/calls.js';
import { dealt } from '../support/generated.js';
import { runMain } from '../support/run-main.js';

const URN = 'in.gov.pan-PANCR-XXXXX0000X';
const COMMANDS: readonly (readonly string[])[] = [
  ['eaadhaar', 'TXN-1', '--pdf', 'a.pdf'],
  ['file', 'TXN-1', URN, '--to', 'a.pdf'],
  ['file', 'TXN-1', URN, '--data'],
  ['issued-files', 'TXN-1'],
  ['access-token', 'TXN-1', '--code', 'c-1'],
  ['pull-file', 'TXN-1', '--suite', 'sso', '--type', 'PAN', '--id-number', 'N-1', '--full-name', 'Asha'],
];

type Ending = readonly [code: number, effect: 'no' | 'yes' | 'unknown'];

const ENDINGS: Readonly<Record<string, Ending>> = {
  'http-401': [4, 'no'],
  'http-403-html': [4, 'no'],
  'http-429': [6, 'unknown'],
  'http-500': [6, 'unknown'],
  'http-502-html': [8, 'unknown'],
  'http-503': [6, 'unknown'],
  reset: [8, 'unknown'],
  cut: [8, 'unknown'],
  malformed: [6, 'unknown'],
  slow: [8, 'unknown'],
  hang: [8, 'unknown'],
};

// Played by these alone; the others look for a session, which there is not.
const DOCUMENTS: Readonly<Record<string, Readonly<Record<string, Ending>>>> = {
  'data-not-found': { eaadhaar: [6, 'no'] },
  'not-linked': { eaadhaar: [6, 'no'] },
  'bad-base64': { eaadhaar: [6, 'yes'], 'file --to': [6, 'yes'] },
  'wrong-type': { eaadhaar: [6, 'yes'], 'file --to': [6, 'yes'] },
  'huge-file': { eaadhaar: [6, 'unknown'], 'file --to': [6, 'unknown'] },
};

const CODES = { caller: 5, operator: 4, decentro: 6 } as const;

function endingOf(scenario: string, args: readonly string[]): Ending {
  const known = ENDINGS[scenario];
  if (known !== undefined) return known;
  if (scenario.startsWith('success_')) return [0, 'yes'];
  const key = RESPONSE_KEYS[scenario];
  if (key?.move) return [CODES[key.move], scenario === 'error_duplicate_reference_id' ? 'unknown' : 'no'];
  const name = args[0] === 'file' ? `file ${args[3] ?? ''}` : (args[0] ?? '');
  return DOCUMENTS[scenario]?.[name] ?? [6, 'no'];
}

test.each(SCENARIOS.map((scenario, index) => ({ scenario, index })))(
  '$scenario ends each call as its exit code and effect say',
  async ({ scenario, index }) => {
    const lasts = scenario === 'slow' || scenario === 'hang';
    const isDocuments = Object.hasOwn(DOCUMENTS, scenario);
    // Half of them for a huge file, which takes a second to make and to read.
    const hands = scenario === 'huge-file' ? 2 : 1;
    const chosen = isDocuments ? dealt(COMMANDS, 0, hands) : dealt(COMMANDS, index, COMMANDS.length);
    for (const args of chosen) {
      const flags = ['--reference-id', `sbx-${scenario}-1`, '--env', 'sandbox', '--json', ...CONSENT];
      const [code, effect] = endingOf(scenario, args);
      const run = await runMain([...args, ...flags, ...(lasts ? ['--timeout', '500ms'] : [])]);
      expect([args, run.code, run.document['effect']]).toEqual([args, code, effect]);
      expect(run.document).toMatchObject({ sessionTxnId: 'TXN-1', ok: code === 0, raw: null });
    }
  },
  30_000,
);
