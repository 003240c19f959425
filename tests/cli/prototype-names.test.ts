import { describe, expect, test } from '@jest/globals';
import { temporaryDirectory } from '../support/cleanup.js';
import { dealt } from '../support/generated.js';
import { createRecorder } from '../support/recorder.js';
import { privateFile } from '../support/private-file.js';
import { credentials, fails, runMain, succeeds } from '../support/run-main.js';
import { PAIR, sessionAt } from '../support/session.js';

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

const START = ['init-session', '--consent', '--consent-purpose', 'KYC for opening a bank account'];
const WITH_URL = [...START, '--redirect-url', 'https://app.example/return'];

type Line = readonly [args: readonly string[], code: number, env?: Record<string, string>];

const linesWith = (name: string): readonly Line[] => [
  [[...WITH_URL, '--env', name], 2],
  [WITH_URL, 3, { DECENTRO_ENV: name }],
  [[...WITH_URL, '--field', name], 2],
  [[...WITH_URL, '--field', `raw.${name}.x`, '--env', 'sandbox', '--no-open'], 0],
  [[...WITH_URL, '--field', `attempts.0.${name}`], 2],
  [['--field', name], 2],
  [['explain', name], 2],
  [['help', name], 2],
  [[name], 2],
  [['init-session', `--${name}`], 2],
  [['sandbox', '--scenario', name], 2],
  [['smoke', '--env', 'sandbox', '--consent', '--only', name], 2],
  [['smoke', '--env', 'sandbox', '--consent', '--report', name], 2],
  [[...WITH_URL, '--output', name], 2],
  [[...WITH_URL, '--print', name], 2],
  [['completion', name], 2],
  [['completion', 'suggest', name, '--', ''], 2],
  [['config', name], 2],
  [['config', 'show', '--env', name], 2],
  [['config', 'init', '--env', name, '--client-id', 'abcdefgh', '--client-secret-ref', 'env:DECENTRO_A'], 2],
  [['callback', `https://app.example/?${name}=1`], 2],
  [['batch', name], 2],
  [['batch', 'status', name], 2],
];

// The others differ from each other less than from the first.
const LINES = NAMES.flatMap((name, index) =>
  dealt(linesWith(name), index, index === 0 ? 1 : NAMES.length - 1),
);

describe('the name of a property that every object has', () => {
  test.each(LINES)('is none of ours: %j ends with %i', async (args, code, env = {}) => {
    const run = await runMain(args, { env });
    expect([run.code, run.stderr]).toEqual([code, expect.not.stringContaining('Internal')]);
  });

  test.each(NAMES)('is no variable that a reference finds: env:%s', async (name) => {
    const config = privateFile(
      temporaryDirectory(),
      'config.json',
      JSON.stringify({ environments: { staging: { clientId: 'abcdefgh', clientSecret: `env:${name}` } } }),
    );
    const { stderr } = await fails([...WITH_URL, '--config', config], 3);
    expect(stderr).toContain(name);
    const doctor = await runMain(['doctor', '--config', config]);
    expect(doctor.code).toBe(3);
  });

  test.each(NAMES)('is a parameter as any other: --param %s', async (name) => {
    const recorder = await createRecorder({});
    await succeeds(sessionAt(recorder, '--param', `${name}=x`), { env: PAIR, stderr: [/^Reference ID/] });
    const body = recorder.requests[0]?.json() as object;
    expect(Object.getOwnPropertyDescriptor(body, name)?.value).toBe('x');
  });

  test.each(NAMES)('is the name of an environment, or refused as one: %s', async (name) => {
    const text = `{"environment": "${name}", "environments": {"${name}": {"baseUrl": "https://gateway.example", "clientId": "env:DECENTRO_A"}}}`;
    for (const line of [
      ['config', 'show'],
      ['doctor'],
      WITH_URL,
      ['config', 'init', '--client-id', 'abcdefgh'],
    ]) {
      const run = await runMain(line, { files: { '.decentrorc': text }, env: credentials });
      expect([0, 2, 3]).toContain(run.code);
    }
  });

  test.each(NAMES)('is kept in an answer: %s', async (name) => {
    const answer = `{"decentroTxnId":"T1","status":"SUCCESS","${name}":{"x":1},"data":{"authorizationUrl":"https://a.example/","${name}":"y"}}`;
    const recorder = await createRecorder({ body: answer });
    const run = await succeeds(sessionAt(recorder, '--json'), { env: PAIR, stderr: [/^Reference ID/] });
    expect(run.stdout).toContain(`"${name}": "y"`);
  });
});
