import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';
import type * as Program from '../index.js';
import { cacheFolder, openCodeCache, type CodeCache } from './code-cache.js';

/** Version and content hash of the bundle, filled in when it is built. */
declare const BUILD_ID: string;

type Load = (name: string) => unknown;

/** A file of the bundle: a function expression, as CommonJS has it. */
type Wrapper = (exports: unknown, load: Load, module: { exports: unknown }, filename: string) => void;

/**
 * Runs the program in `mainFile` of the bundle and returns its exit code. Compiling the source takes a good part of a
 * run's time: the code that V8 made of it is kept for the next run.
 *
 * @param loadBuiltin loads a module of Node
 */
export async function start(process: NodeJS.Process, mainFile: string, loadBuiltin: Load): Promise<number> {
  const args = process.argv.slice(2);
  const cache = openCache(process, args);
  const { load, compiled } = createLoader(path.dirname(mainFile), loadBuiltin, cache);
  const { createHost, main } = load(`./${path.basename(mainFile)}`) as typeof Program;
  const exitCode = await main(createHost(process));
  if (cache !== undefined && exitCode === 0) remember(cache, compiled, flagsOf(args));
  return exitCode;
}

// One cache for each command: it holds the functions that this command calls, and no others.
function openCache({ env, platform, version, arch, pid, getuid }: NodeJS.Process, [command = '']: string[]) {
  const folder = cacheFolder(env, platform);
  if (folder === undefined) return undefined;
  const kind = /^[a-z][a-z-]{1,30}$/.test(command) ? command : 'digilocker';
  // V8 itself refuses what it made with other flags.
  const key = [BUILD_ID, version, arch, kind].join('-');
  return openCodeCache({ folder, key, userId: getuid?.(), processId: pid });
}

interface Compiled {
  readonly script: Script;
  readonly isCached: boolean;
}

function createLoader(folder: string, loadBuiltin: Load, cache: CodeCache | undefined) {
  const modules = new Map<string, { exports: unknown }>();
  const compiled = new Map<string, Compiled>();
  const load = (name: string): unknown => {
    if (!name.startsWith('./')) return loadBuiltin(name);
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const filename = path.join(folder, name);
    const cachedData = cache?.find(name);
    // The bundle is ASCII, which takes no decoding.
    const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });
    compiled.set(name, { script, isCached: script.cachedDataRejected === false });
    const module = { exports: {} };
    modules.set(name, module);
    (script.runInThisContext() as Wrapper)(module.exports, load, module, filename);
    return module.exports;
  };
  return { load, compiled };
}

// After the run, when V8 has compiled what the run called. Another flag calls other functions.
function remember(cache: CodeCache, compiled: ReadonlyMap<string, Compiled>, flags: readonly string[]): void {
  if (cache.knows(flags) && [...compiled.values()].every(({ isCached }) => isCached)) return;
  cache.save(new Map([...compiled].map(([name, { script }]) => [name, script.createCachedData()])), flags);
}

/** Their names alone. */
function flagsOf(args: readonly string[]): string[] {
  return args.flatMap((arg) => /^(?:--[a-z][a-z-]*|-[a-z])/i.exec(arg) ?? []);
}
