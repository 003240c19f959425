import { readFileSync } from 'node:fs';
import type * as Os from 'node:os';
// By name: of a default import, esbuild copies every property.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import type * as Program from '../main.js';
import { placeFault } from '../host/own-place.js';
import { cachePlace, openCodeCache, type CodeCache } from './code-cache.js';

/** Version and content hash of the bundle. This and the next are filled in by the build. */
declare const BUILD_ID: string;
/** The modules of Node that are loaded when something of theirs is used. */
declare const LATE: readonly string[];

type Load = (name: string) => unknown;

/** What a file of the bundle is: a function as CommonJS has them. */
type Run = (exports: unknown, load: Load, module: { exports: unknown }, meta: { url: string }) => void;

/**
 * Runs the program in the folder of the bundle and returns its exit code. Compiling the source takes a good part of a
 * run's time: the code that V8 made of it is kept for the next run.
 *
 * @param loadBuiltin loads a module of Node
 */
export async function start(process: NodeJS.Process, folder: string, loadBuiltin: Load): Promise<number> {
  const args = process.argv.slice(2);
  const cache = openCache(process, args, folder, loadBuiltin);
  const { load, compiled } = createLoader(folder, loadBuiltin, cache);
  const { createHost, main } = load('./main.cjs') as typeof Program;
  const exitCode = await main(createHost(process, { stdout: 1, stderr: 2 }));
  if (cache !== undefined && exitCode === 0) remember(cache, compiled, flagsOf(args));
  return exitCode;
}

// One cache for each command, and one each for the help and the version: it holds the functions that are called there,
// and no others.
function openCache(process: NodeJS.Process, [command = '']: string[], bundle: string, loadBuiltin: Load) {
  const { env, platform, version, arch, pid, getuid } = process;
  const place = cachePlace(env, platform);
  if (place === undefined) return undefined;
  const [, kind = 'digilocker'] = /^(?:--)?([a-z][a-z-]{1,30})$/.exec(command) ?? [];
  // V8 itself refuses what it made with other flags. With the code it keeps the path of the file, which the stack of a
  // bug shows: each installation has its own.
  const key = [BUILD_ID, version, arch, checksum(bundle), kind].join('-');
  const { folder, base } = place;
  const surroundings = {
    cwd: attempt(() => process.cwd()),
    get accountHome() {
      return attempt(() => (loadBuiltin('node:os') as typeof Os).userInfo().homedir);
    },
  };
  if (placeFault(join(folder, key), base, surroundings) !== undefined) return undefined;
  return openCodeCache({ folder, key, userId: getuid?.(), processId: pid });
}

function attempt<Value>(find: () => Value): Value | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

/** 32 bits of FNV-1a: what Node computes hashes with takes its time to load. */
function checksum(text: string): string {
  let sum = 0x811c9dc5;
  for (const byte of Buffer.from(text)) sum = Math.imul(sum ^ byte, 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, '0');
}

interface Compiled {
  readonly script: Script;
  readonly isCached: boolean;
}

function createLoader(folder: string, loadBuiltin: Load, cache: CodeCache | undefined) {
  const compiled = new Map<string, Compiled>();
  const compile = (name: string): Run => {
    const filename = join(folder, name);
    const cachedData = cache?.find(name);
    const script = new Script(readPart(filename), { filename, cachedData });
    compiled.set(name, { script, isCached: script.cachedDataRejected === false });
    return script.runInThisContext() as Run;
  };

  const modules = new Map<string, { exports: unknown }>();
  const meta = {
    get url() {
      return pathToFileURL(join(folder, 'main.cjs')).href;
    },
  };
  const load = (name: string): unknown => {
    if (!name.startsWith('./')) return LATE.includes(name) ? loadLate(name, loadBuiltin) : loadBuiltin(name);
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: Object.create(null) as object };
    modules.set(name, module);
    compile(name)(module.exports, load, module, meta);
    return module.exports;
  };
  return { load, compiled };
}

/** Reads a file of the bundle; an error of this name tells a bug from an installation that lacks a part. */
function readPart(file: string): string {
  try {
    // Node 20 reads UTF-8 in one step, and Latin-1 in several. The bundle is ASCII.
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw Object.assign(new Error('A part is missing'), { name: 'IncompleteInstallation', code });
  }
}

/** What is loaded when something of it is used. */
function loadLate(name: string, loadBuiltin: Load): unknown {
  let builtin: object | undefined;
  const get = (_target: object, key: string | symbol) =>
    Reflect.get((builtin ??= loadBuiltin(name) as object), key) as unknown;
  return new Proxy({}, { get });
}

// After the run, when V8 has compiled what the run called. Another flag calls other functions. The first run leaves a note
// alone: what runs once, as in a container, would only lose the time that it takes to keep code. Browsers do the same.
function remember(cache: CodeCache, compiled: ReadonlyMap<string, Compiled>, flags: readonly string[]): void {
  if (cache.knows(flags) && [...compiled.values()].every(({ isCached }) => isCached)) return;
  if (cache.isNew) cache.save(new Map(), []);
  else
    cache.save(new Map([...compiled].map(([name, { script }]) => [name, script.createCachedData()])), flags);
}

/** Their names alone. */
function flagsOf(args: readonly string[]): string[] {
  return args.flatMap((arg) => /^(?:--[a-z][a-z-]*|-[a-zA-Z])/.exec(arg) ?? []);
}
