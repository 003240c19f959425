import { expect, test } from '@jest/globals';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { createFakeHost, type FakeHost } from '../../support/fake-host.js';
import { runMain, succeeds } from '../../support/run-main.js';

test('the fake host is a quiet pipe in an empty place', () => {
  const host = createFakeHost(['explain']);
  expect(host).toMatchObject({ args: ['explain'], env: {}, isInteractive: false, sleeps: [] });
  expect(host.stdout).toMatchObject({ isTerminal: false, columns: 80, hasColors: false, text: '' });
  expect(host.cwd).not.toBe(host.homeFolder);
});

test('it writes its files for their owner alone', () => {
  const { cwd } = createFakeHost([], { files: { 'a/b': 'text' } });
  const file = path.join(cwd, 'a/b');
  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['text', 0o600]);
});

test('its clock goes on by sleeping, and an interruption ends that', async () => {
  const host: FakeHost = createFakeHost([], {
    onSleep: (durationMs) => {
      if (durationMs === 2) host.interrupt('SIGHUP');
    },
  });
  const start = host.now();
  await host.sleep(60_000);
  expect(host.now() - start).toBe(60_000);
  await expect(host.sleep(2)).rejects.toMatchObject({ exitCode: 129 });
  expect(host.sleeps).toEqual([60_000, 2]);
});

test('whoever has answers sits at a terminal', async () => {
  const { questions, code } = await runMain(['init-session', '--env', 'sandbox'], {
    answers: [['agree', true]],
  });
  expect([code, questions.length]).toEqual([0, 1]);
});

test('a command line that asks, or says, more than was foreseen fails its test', async () => {
  const asking = ['init-session', '--env', 'sandbox'];
  await expect(runMain(asking, { isInteractive: true })).rejects.toThrow(
    'Unexpected question: Consent purpose',
  );
  await expect(succeeds(['explain', 'nonsense'])).rejects.toThrow('ended with exit code 2');
  await expect(succeeds(['config', 'path'])).rejects.toThrow('unexpected line on stderr: No config file');
});
