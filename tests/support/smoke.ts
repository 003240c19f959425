import type { CaseResult } from '../../src/commands/smoke/run-smoke.js';
import type { MainRun } from './run-main.js';
import { createTwistedSandbox, type Twist } from './twisted-sandbox.js';

/** What a run tells on standard error. */
export const CHATTER = { stderr: [/^Reference ID: /, /^\d+ calls?, which may create/] } as const;

/** A command line against a recorder that stands for staging, and answers as the sandbox does. */
export async function createImitatedStaging(twist?: Twist) {
  const recorder = await createTwistedSandbox(twist);
  const args = ['smoke', '--consent', '--base-url', recorder.url, '--allow-host', '127.0.0.1'];
  return { recorder, args, json: [...args, '--json'] };
}

/** The cases of a document, by their IDs. */
export function casesOf({ document }: Pick<MainRun, 'document'>): Record<string, CaseResult> {
  return Object.fromEntries((document['cases'] as CaseResult[]).map((one) => [one.id, one]));
}

/** How each case ended, by its ID. */
export function statusesOf(run: Pick<MainRun, 'document'>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(casesOf(run)).map(([id, { status }]) => [id, status]));
}

/** An object without some of its keys. */
export function without<Value>(
  object: Readonly<Record<string, Value>>,
  ...keys: readonly string[]
): Record<string, Value> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Changes the body of the answers to requests that a call makes. */
export function changed(
  isMeant: (body: Record<string, unknown>) => boolean,
  change: (body: object) => object,
): Twist {
  return (request, answer) =>
    isMeant(request.json() as Record<string, unknown>)
      ? { ...answer, body: change(answer.body as object) }
      : undefined;
}

/** How the cases end where every answer is as documented. */
export const ALL_OK = {
  'session-starts': 'ok',
  'answer-shape': 'ok',
  'answer-spelling': 'recorded',
  'urn-is-transaction-id': 'recorded',
  'redirect-to-localhost': 'recorded',
  'consent-refused': 'ok',
  'refusal-shape': 'ok',
  'consent-of-wrong-type': 'recorded',
  'purpose-too-short': 'ok',
  'purpose-too-long': 'ok',
  'reference-id-reused': 'ok',
  'refusal-burns-id': 'recorded',
  'module-secret-missing': 'recorded',
  'no-session-token': 'recorded',
  'no-session-files': 'recorded',
  'no-session-file': 'recorded',
  'no-session-data': 'recorded',
  'no-session-eaadhaar': 'recorded',
};
