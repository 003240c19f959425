import { beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { start } from '../../../src/startup/start.js';
import { temporaryDirectory } from '../../support/cleanup.js';

const MAIN = `(function (exports, require, module, importMeta) {
  const { randomUUID } = require('node:crypto');
  exports.createHost = (process) => process;
  exports.main = async ({ argv, seen }) => {
    if (argv.includes('--late')) require('./late.cjs').report(seen, [typeof randomUUID, importMeta.url]);
    return argv.includes('--fail') ? 5 : 0;
  };
})`;

const LATE = `(function (exports, require) {
  const path = require('node:path');
  const main = () => require('./main.cjs');
  exports.report = (seen, found) => seen.push(...found, path.basename('a/b'), main() === main());
})`;

describe('the start of the program', () => {
  let bundle = '';
  let caches = '';

  beforeEach(() => {
    bundle = temporaryDirectory();
    caches = temporaryDirectory();
    writeFileSync(path.join(bundle, 'main.cjs'), MAIN);
    writeFileSync(path.join(bundle, 'late.cjs'), LATE);
    Object.assign(globalThis, { BUILD_ID: '1.2.3-hash', LATE: ['node:crypto'] });
  });

  function run(
    args: readonly string[],
    env: Record<string, string> = { XDG_CACHE_HOME: caches },
    seen: unknown[] = [],
    cwd: () => string = () => '/',
  ) {
    const world = {
      seen,
      argv: ['node', 'digilocker', ...args],
      env,
      cwd,
      platform: process.platform,
      version: process.version,
      arch: process.arch,
      pid: process.pid,
      getuid: process.getuid,
    };
    return start(world as unknown as NodeJS.Process, bundle, createRequire(import.meta.url));
  }

  const cached = () =>
    readdirSync(caches, { recursive: true, encoding: 'utf8' }).filter((name) => /\d/.test(name));

  describe('the start', () => {
    test('runs the program, with the chunks and modules that it asks for', async () => {
      const seen: unknown[] = [];
      await expect(run(['--late'], {}, seen)).resolves.toBe(0);
      expect(seen).toEqual(['function', pathToFileURL(path.join(bundle, 'main.cjs')).href, 'b', true]);
    });

    test('keeps the code of a run that ended well, by command or first flag, version and Node', async () => {
      await run(['explain', '--json']);
      await run(['--version']);
      await run(['/some/path']);
      const key = (kind: string) =>
        expect.stringMatching(
          `digilocker-cli.1\\.2\\.3-hash-${process.version}-${process.arch}-\\w{8}-${kind}$`,
        );
      expect(cached().sort()).toEqual([key('digilocker'), key('explain'), key('version')]);
    });

    test('keeps the code of a command from its second run on', async () => {
      const content = async () => {
        await run(['explain']);
        return readFileSync(path.join(caches, cached()[0] ?? ''), 'latin1');
      };
      const [note, code, same] = [await content(), await content(), await content()];
      expect(note).not.toContain('main.cjs');
      expect(code).toContain('main.cjs');
      expect(same).toBe(code);
    });

    test('keeps the code of each installation apart: it holds the path of the file', async () => {
      await run(['explain']);
      const [first = ''] = cached();
      bundle = temporaryDirectory();
      writeFileSync(path.join(bundle, 'main.cjs'), MAIN);
      await run(['explain']);
      expect(cached()).toHaveLength(2);
      expect(cached()).toContain(first);
    });

    test('keeps nothing of a run that failed, nor where it must not', async () => {
      await expect(run(['--fail'])).resolves.toBe(5);
      await run(['--json'], { XDG_CACHE_HOME: caches, DIGILOCKER_NO_CACHE: '1' });
      expect(cached()).toEqual([]);
    });

    test('keeps nothing, and finds nothing, in a work tree or the working directory (rule 36)', async () => {
      await run(['explain'], { XDG_CACHE_HOME: caches });
      expect(cached()).toHaveLength(1);
      const [file = ''] = cached();
      writeFileSync(path.join(caches, file), 'damaged');
      const isLeftAlone = async (cwd: string) => {
        await run(['explain'], { XDG_CACHE_HOME: caches }, [], () => cwd);
        return readFileSync(path.join(caches, file), 'utf8') === 'damaged';
      };
      expect(await isLeftAlone(caches)).toBe(true);
      mkdirSync(path.join(caches, '.git'));
      expect(await isLeftAlone('/')).toBe(true);
      rmdirSync(path.join(caches, '.git'));
      expect(await isLeftAlone('/')).toBe(false);
    });

    test('needs no working directory', async () => {
      const gone = () => {
        throw new Error('made up: the folder was removed');
      };
      await expect(run(['explain'], { XDG_CACHE_HOME: caches }, [], gone)).resolves.toBe(0);
    });

    test('names an installation that lacks a part for what it is', async () => {
      rmSync(path.join(bundle, 'late.cjs'));
      await expect(run(['--late'])).rejects.toMatchObject({ name: 'IncompleteInstallation', code: 'ENOENT' });
    });
  });
});
