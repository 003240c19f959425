import { afterAll, afterEach, beforeEach } from '@jest/globals';
import { accessSync, constants, mkdtempSync, readFileSync, realpathSync, statfsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

// Memory of Linux in the place of a disk, which is slow to sync the thousands of small files that tests write.
const IN_MEMORY = '/dev/shm';
const NEEDED_BYTES = 2 ** 30;

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
 * when the test file, or the group that it runs in, ends. An error that the task throws fails the test.
 */
export function cleanUp(task: Task): void {
  tasks.push(task);
}

const parent = isMemoryUsable() ? IN_MEMORY : realpathSync(os.tmpdir());

/** Whether it has room, and lets programs be run: containers often have little of it, and for data alone. */
function isMemoryUsable(): boolean {
  try {
    accessSync(IN_MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    const [, options = 'noexec'] =
      /^\S+ \/dev\/shm tmpfs (\S+)/m.exec(readFileSync('/proc/mounts', 'utf8')) ?? [];
    return bavail * bsize >= NEEDED_BYTES && !options.split(',').includes('noexec');
  } catch {
    return false;
  }
}

/** A fresh empty directory, as a real path (macOS links its own one), gone when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(parent, 'digilocker-test-'));
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
