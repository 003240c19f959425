import { afterAll, afterEach, beforeEach } from '@jest/globals';
import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

type Task = () => void | Promise<void>;

const fileTasks: Task[] = [];
let tasks = fileTasks;

beforeEach(() => {
  tasks = [];
});

afterEach(async () => {
  const testTasks = tasks;
  tasks = fileTasks;
  await finish(testTasks);
});

afterAll(async () => {
  await finish(fileTasks);
});

/**
 * Registers what has to be undone, newest first: when the running test ends or, for what `beforeAll` made,
 * when the test file ends. An error that the task throws fails the test.
 */
export function cleanUp(task: Task): void {
  tasks.push(task);
}

/** A fresh empty directory, as a real path (macOS links its own one), gone when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'digilocker-test-'));
  cleanUp(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}

async function finish(pending: Task[]): Promise<void> {
  const errors: unknown[] = [];
  for (let task = pending.pop(); task !== undefined; task = pending.pop()) {
    try {
      await task();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('\n'));
  if (errors.length === 1) throw errors[0];
}
