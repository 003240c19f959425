import { beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { SESSION_CREATED } from '../support/answer.js';
import { createFakeHost } from '../support/fake-host.js';
import { createFaultServer, type FaultRecord } from '../support/fault-server.js';
import { freePort } from '../support/loopback.js';
import { createRecorder, type Recorder } from '../support/recorder.js';
import { runHost } from '../support/run-main.js';
import { assertFailed, assertSucceeded, run, temporaryDirectory, type Run } from '../support/run.js';
import { CELLS, FAULTS, PHASES, UNREACHABLE, type Cell } from './fault-cells.js';
import { preload } from '../support/preload.js';
import { privateFile } from '../support/private-file.js';
import { documentOf, GIVEN, PAIR } from '../support/session.js';

const SHORT = '1s';
const LONG = '10s';
// Most of their time these programs wait: that is done side by side.
const SIDE_BY_SIDE = 4;

interface Outcome {
  readonly result: Run;
  readonly connections: readonly FaultRecord[];
}

let target: Recorder;
const outcomes: Promise<Outcome>[] = [];

async function play(cell: Cell, ...more: readonly string[]): Promise<Outcome> {
  const { script, scheme, tls, host = '127.0.0.1', end } = cell;
  const to = `${target.url}/elsewhere`;
  const server = script && (await createFaultServer((connection) => script(connection, to), tls));
  const url = `${scheme}://${host}:${server?.port ?? (await freePort())}`;
  const authority = tls?.cert === undefined || cell.isDistrusted === true ? undefined : String(tls.cert);
  const trust = authority ? ['--ca-file', privateFile(temporaryDirectory(), 'ca.pem', authority)] : [];
  const args = [
    'init-session',
    ...GIVEN,
    '--base-url',
    url,
    '--allow-host',
    host,
    '--timeout',
    end.isLate ? SHORT : LONG,
    ...trust,
    ...more,
  ];
  // A process has what needs code of its own in the program, and what server and client would compute by turns for long.
  const isProcess = cell.preload !== undefined || cell.fault === 'slices';
  const result = isProcess
    ? await run(args, { env: { ...PAIR, ...(cell.preload && preload(...cell.preload)) } })
    : await runHere(args);
  return { result, connections: server?.connections ?? [] };
}

/** Runs the command line in this process, by the real clock. */
function runHere(args: readonly string[]): Promise<Run> {
  const host = createFakeHost(args, { env: PAIR });
  const sleep = (durationMs: number) => delay(durationMs, undefined, { signal: host.signal });
  return runHost({ ...host, now: Date.now, sleep });
}

beforeAll(async () => {
  target = await createRecorder([]);
  const lanes = Array.from({ length: SIDE_BY_SIDE }, () => Promise.resolve());
  for (const [index, cell] of CELLS.entries()) {
    const lane = index % SIDE_BY_SIDE;
    const outcome = (lanes[lane] ?? Promise.resolve()).then(() => play(cell, '--json'));
    outcomes.push(outcome);
    lanes[lane] = outcome.then(
      () => undefined,
      () => undefined,
    );
  }
  await Promise.all(lanes);
}, 120_000);

/** Whether an answer, informational ones aside, has a whole head in these bytes. */
function isAnswer(bytes: Buffer): boolean {
  return /HTTP\/1\.1 [2-5]\d\d [^]*?\r\n\r\n/.test(bytes.toString('latin1'));
}

function outcomeOf(index: number): Promise<Outcome> {
  return outcomes[index] ?? Promise.reject(new Error(`Cell ${index} was not played`));
}

describe.each(PHASES)('%s (rules 14, 18, 20)', (phase) => {
  const cells = CELLS.map(({ fault, variant, ...cell }, index) => {
    return { ...cell, index, name: variant === undefined ? fault : `${fault} (${variant})` };
  }).filter((cell) => cell.phase === phase);

  test.each(cells)('$name ends with $end.code, sent: $end.sent', async ({ index, end }) => {
    const { result, connections } = await outcomeOf(index);
    const { code, sent, hasTxnId = false, says = /./ } = end;
    const raw =
      code === 0 ? assertSucceeded(result, { json: true }) : assertFailed(result, code, { json: true });
    const document = documentOf({ ...result, document: raw });
    const { referenceId, attempts, error } = document;

    expect(result.stderr).toMatch(new RegExp(`^Reference ID: ${referenceId}$`, 'm'));
    expect(document.decentroTxnId).toBe(hasTxnId ? SESSION_CREATED.decentroTxnId : null);
    expect(error?.message ?? '-').toMatch(says);
    expect(error?.sent ?? attempts.at(-1)?.sent).toBe(sent);
    expect(new Set(attempts.map((attempt) => attempt.referenceId))).toEqual(new Set([referenceId]));
    const isSettled = code === 0 || code === 5;
    expect(document.sessionCreated).toBe(sent === 'no' || code === 5 ? 'no' : isSettled ? 'yes' : 'unknown');

    for (const [number, { received, sent: answered }] of connections.entries()) {
      if (received.length > 0) expect(attempts[number]?.sent).not.toBe('no');
      if (attempts[number]?.sent === 'yes') expect(isAnswer(answered)).toBe(true);
    }
    if (sent !== 'no') expect([attempts.length, connections.length]).toEqual([1, 1]);
  });
});

test('a redirect has led nobody to its target (rule 13)', async () => {
  await Promise.all(outcomes);
  expect(target.connections).toBe(0);
});

test('every fault in every phase has a cell, or a reason why it cannot be', () => {
  const pairs = PHASES.flatMap((phase) => FAULTS.map((fault) => ({ phase, fault })));
  for (const { phase, fault } of pairs) {
    const isReached = CELLS.some((cell) => cell.phase === phase && cell.fault === fault);
    const isExcused = UNREACHABLE[phase]?.[fault] !== undefined;
    expect({ phase, fault, isReached, isExcused }).toEqual({
      phase,
      fault,
      isReached: !isExcused,
      isExcused,
    });
  }
  expect(CELLS.length).toBeGreaterThanOrEqual(70);
});
