import path from 'node:path';
import process from 'node:process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launch, type ProgramOptions, type Run } from './program.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const LIMIT_MS = 120_000;

/** What npm tells of a package that it packed. */
export interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** Reads a JSON file of the repository. */
export function readJson(name: string): unknown {
  return JSON.parse(readFileSync(path.join(ROOT, name), 'utf8'));
}

export async function node(args: readonly string[], options: ProgramOptions): Promise<Run> {
  return await launch([process.execPath, ...args], { timeoutMs: LIMIT_MS, ...options }).done;
}

/** Runs npm, without a network, and fails where it does. */
export async function npm(args: readonly string[], cwd: string): Promise<Run> {
  const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'];
  // `npm run` says where npm is; on Windows its command could not be started without a shell.
  const script = process.env['npm_execpath'];
  const command: [string, ...string[]] = script === undefined ? ['npm'] : [process.execPath, script];
  return succeeded(await launch([...command, ...args, ...quiet], { cwd, timeoutMs: LIMIT_MS }).done);
}

/** Packs the package as it would be published, into a folder. */
export async function pack(folder: string): Promise<Packed> {
  await buildTypes();
  return packAsBuilt(folder);
}

/** Packs what has been built, into a folder: the types may be older than their source. */
export async function packAsBuilt(folder: string): Promise<Packed> {
  if (!existsSync(path.join(ROOT, 'dist', 'lib', 'index.d.cts'))) await buildTypes();
  const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], ROOT);
  const [packed] = JSON.parse(stdout) as [Packed];
  return packed;
}

// It takes ten seconds.
async function buildTypes(): Promise<void> {
  succeeded(await node([path.join('scripts', 'build-types.js')], { cwd: ROOT }));
}

function succeeded(run: Run): Run {
  if (run.code !== 0) throw new Error(`It ended with ${run.code}.\n${run.stdout}${run.stderr}`);
  return run;
}
