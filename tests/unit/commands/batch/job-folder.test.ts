import { describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { checkJobFile, checkJobFolder, createJobFolder } from '../../../../src/commands/batch/job-folder.js';
import { parseColumnMapping } from '../../../../src/commands/batch/columns.js';
import { loadJob, newJob, saveJob } from '../../../../src/commands/batch/job.js';
import { parseKeyRule } from '../../../../src/commands/batch/keys.js';
import { formatOf } from '../../../../src/commands/batch/rows.js';
import { beginSegment, RecordFinder } from '../../../../src/commands/batch/segments.js';
import { isAlive, thisOwner } from '../../../../src/commands/batch/owner.js';
import { guardFolder } from '../../../../src/commands/batch/guard.js';
import { temporaryDirectory } from '../../../support/cleanup.js';
import { createFakeHost } from '../../../support/fake-host.js';

const WHOLE = { index: 1, count: 1 };

describe('the folder of a job', () => {
  test('a folder that is there already is left as it is', () => {
    const job = path.join(temporaryDirectory(), 'job');
    createJobFolder(job, WHOLE);
    writeFileSync(path.join(job, '.gitignore'), 'mine\n');
    createJobFolder(job, WHOLE);
    createJobFolder(job, { index: 2, count: 3 });
    expect(readFileSync(path.join(job, '.gitignore'), 'utf8')).toBe('mine\n');
    expect(readFileSync(path.join(job, 'shard-2-of-3', '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('a folder that was made beforehand is kept out of git, and one that is to hold shards is left alone', () => {
    const [job, shards] = ['job', 'shards'].map((name) => path.join(temporaryDirectory(), name));
    if (job === undefined || shards === undefined) throw new Error('Two folders were named');
    for (const folder of [job, shards]) mkdirSync(folder, { mode: 0o700 });
    createJobFolder(job, WHOLE);
    expect(readFileSync(path.join(job, '.gitignore'), 'utf8')).toBe('*\n');
    createJobFolder(shards, { index: 1, count: 2 });
    expect(readdirSync(shards)).toEqual(['shard-1-of-2']);
  });

  test('what is not there, a file, and the folder of another user are refused', async () => {
    const host = createFakeHost([], { platform: 'linux' });
    const folder = temporaryDirectory();
    const job = path.join(folder, 'job');
    await expect(checkJobFolder(host, job)).rejects.toMatchObject({
      kind: 'usage',
      message: `${job} does not exist.`,
    });
    writeFileSync(job, '');
    await expect(checkJobFolder(host, job)).rejects.toMatchObject({ message: `${job} is not a folder.` });
    chmodSync(folder, 0o700);
    await expect(checkJobFolder({ ...host, userId: 4_000_000 }, folder)).rejects.toMatchObject({
      message: expect.stringContaining('belongs to another user (uid '),
    });
    expect(() => {
      checkJobFile(host, folder);
    }).toThrow('is not a file.');
  });

  test('Windows has neither users nor modes to compare', async () => {
    const host = { ...createFakeHost([], { platform: 'win32' }), userId: undefined };
    const folder = temporaryDirectory();
    mkdirSync(path.join(folder, 'job'), { mode: 0o755 });
    await expect(checkJobFolder(host, path.join(folder, 'job'))).resolves.toBeUndefined();
    await guardFolder(folder, 'win32');
    await expect(guardFolder(folder, 'win32')).resolves.toEqual(expect.any(Function));
  });
});

const onlyLinux = process.platform === 'linux' ? test : test.skip;

describe('who may write a job', () => {
  onlyLinux('one process of a machine guards a folder at a time', async () => {
    const folder = temporaryDirectory();
    const release = await guardFolder(folder, 'linux');
    await expect(guardFolder(folder, 'linux')).rejects.toMatchObject({
      kind: 'usage',
      message: `Another process of this machine is at work on ${folder}.`,
    });
    release();
  });

  test('a segment belongs to the process that began it, until another one begins the next', () => {
    const folder = temporaryDirectory();
    const input = { bytes: 0, sha256: '', rows: 0, mine: 0 };
    const header = { t: 'run', v: 1, ...thisOwner({ processId: process.pid }), at: 0, input } as const;
    const first = beginSegment(folder, 0, header);
    expect(() => beginSegment(folder, 0, header)).toThrow(
      'Another process started this job at the same moment.',
    );
    expect(first.objection()).toBeUndefined();
    const second = beginSegment(folder, 1, header);
    expect(first.objection()).toMatchObject({
      kind: 'usage',
      message: `Another process took over the job in ${folder}.`,
    });
    for (const { descriptor } of [first, second]) closeSync(descriptor);
  });

  test.each<[what: string, disturb: (file: string) => void]>([
    [
      'removed from',
      (file) => {
        rmSync(file);
      },
    ],
    [
      'shortened in',
      (file) => {
        truncateSync(file, statSync(file).size - 1);
      },
    ],
  ])('a segment whose last write was %s its folder is lost for good', async (what, disturb) => {
    const folder = temporaryDirectory();
    const input = { bytes: 0, sha256: '', rows: 0, mine: 0 };
    const header = { t: 'run', v: 1, ...thisOwner({ processId: process.pid }), at: 0, input } as const;
    const { descriptor, file, objection } = beginSegment(folder, 0, header);
    await file.write(Buffer.from('{"t":"alive"}\n'));
    expect(objection()).toBeUndefined();
    await file.write(Buffer.from('{"t":"alive"}\n'));
    disturb(path.join(folder, 'run-000001.ndjson'));
    const message = `The journal of the job was ${what} ${folder}.`;
    expect(objection()).toMatchObject({ kind: 'output', message });
    await file.write(Buffer.from('{"t":"alive"}\n'));
    expect(objection()).toMatchObject({ kind: 'output', message });
    closeSync(descriptor);
  });

  test.each([
    ['was cut off', '{"t":"i","r":1'],
    ['has another line there', '{"t":"i","r":1}\n'],
  ])('a record of a segment that %s is not made up', (_what, text) => {
    const folder = temporaryDirectory();
    writeFileSync(path.join(folder, 'run-000001.ndjson'), text, { mode: 0o600 });
    const finder = new RecordFinder(folder);
    expect(() => finder.find({ segment: 1, start: 0 })).toThrow(
      `The journal in ${folder} changed while it was read.`,
    );
    finder.close();
  });

  test('a job that another process wrote at the same moment is the one that counts', () => {
    const host = createFakeHost([]);
    const folder = temporaryDirectory();
    const request = {
      environment: 'sandbox',
      origin: 'sandbox',
      batch: undefined,
      suite: 'classic',
      clientId: 'made-up',
      file: 'rows.csv',
      format: formatOf('rows.csv', ','),
      keyRule: parseKeyRule(undefined),
      mapping: undefined,
      shard: WHOLE,
      now: 0,
    } as const;
    const [one, other] = [1, 2].map(() => newJob(request, parseColumnMapping([], 'classic')));
    if (one === undefined || other === undefined) throw new Error('Two jobs were made');
    expect(saveJob(host, folder, one)).toEqual(one);
    expect(saveJob(host, folder, other)).toEqual(one);
    expect(loadJob(host, folder)).toEqual(one);
    const gone = path.join(folder, 'gone');
    expect(() => saveJob(host, gone, one)).toThrow(
      expect.objectContaining({
        kind: 'output',
        message: 'The journal of the job cannot be written (ENOENT).',
      }),
    );

    const file = path.join(folder, 'job.json');
    const damage = (text: string) => {
      writeFileSync(file, text);
      return () => loadJob(host, folder);
    };
    for (const text of ['', '{', 'null', '[]', '7', JSON.stringify(one).slice(0, -1)])
      expect(damage(text)).toThrow('job.json is damaged');
    for (const name of Object.keys(one).filter((key) => key !== 'schema' && key !== 'suite')) {
      for (const value of [undefined, null, [], {}, { type: 'column' }, { index: 2, count: 1 }, true])
        expect(damage(JSON.stringify({ ...one, [name]: value }))).toThrow('job.json is damaged');
    }
    expect(damage(JSON.stringify({ ...one, suite: 'new' }))).toThrow('job.json is damaged');
    // A job of before there was a choice.
    expect(damage(JSON.stringify({ ...one, suite: undefined }))()).toEqual(one);
  });
});

describe('the process that has a job', () => {
  const here = { host: 'a', boot: 'b', namespace: 'n', pid: 1, start: null };
  const running = { isRunning: (): boolean => true };
  const ended = { isRunning: (): boolean => false };

  test.each([
    ['on another machine', { host: 'z' }, running, 'unknown'],
    ['in another container', { namespace: 'z' }, running, 'unknown'],
    ['before the machine started again', { boot: 'z' }, running, false],
    ['that ended', {}, ended, false],
    ['whose start the system does not tell', {}, running, true],
    ['whose number another process has now', { start: 'another time' }, running, false],
  ] as const)('a process %s', (_what, other, host, expected) => {
    expect(isAlive({ ...here, ...other }, here, host)).toBe(expected);
  });

  test('this process is alive, and one that never was has no start', () => {
    const owner = thisOwner({ processId: process.pid });
    expect(isAlive(owner, owner, running)).toBe(true);
    expect(thisOwner({ processId: 2 ** 30 }).start).toBeNull();
  });
});
