// The reports of `smoke` beside its result: files for CI systems.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { appendToFile } from '../../host/append-to-file.js';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { renderAnnotations, renderOutputs, renderSummary } from './github.js';
import { renderJunit } from './junit.js';
import { countCases, type SmokeDocument } from './report.js';
import { isFolder } from '../../host/document-file.js';
import { replacingFault, replaceFile } from '../../host/replace-file.js';
import { version } from '../../version.js';

export interface ReportTargets {
  /** Absolute paths of JUnit files. */
  readonly junit: readonly string[];
  readonly isForGithub: boolean;
}

/**
 * Reads the values of `--report`, and looks whether they can be written, before anything is sent. A file is replaced,
 * but never through a link. Fails with `usage`.
 */
export function resolveReports(values: readonly string[], { cwd, env }: Host): ReportTargets {
  const junit = values
    .filter((value) => value.startsWith('junit='))
    .map((value) => path.resolve(cwd, value.slice('junit='.length)));
  const isForGithub = values.includes('github');
  if (values.some((value) => value !== 'github' && !/^junit=./.test(value)))
    throw new Failure('usage', 'Valid reports: junit=FILE, github.');
  for (const file of junit) {
    const folder = path.dirname(file);
    if (!isFolder(folder)) throw new Failure('usage', `--report junit: the folder ${folder} does not exist.`);
    const objection = replacingFault(file);
    if (objection !== undefined) throw new Failure('usage', `--report junit: ${file} ${objection}.`);
  }
  if (isForGithub && filesOfGithub(env).length === 0) {
    throw new Failure('usage', '--report github needs GitHub Actions.', {
      hint: 'Neither GITHUB_STEP_SUMMARY nor GITHUB_OUTPUT is set.',
    });
  }
  for (const [name, file] of isForGithub ? filesOfGithub(env) : []) {
    const objection = replacingFault(file);
    if (objection !== undefined) throw new Failure('usage', `--report github: $${name} ${objection}.`);
  }
  return { junit, isForGithub };
}

/** Writes the reports, annotations to standard error. Returns what kept one of them from being written, if so. */
export async function writeReports(
  { junit, isForGithub }: ReportTargets,
  document: SmokeDocument,
  end: Failure | undefined,
  host: Host,
): Promise<Failure | undefined> {
  const writes: (readonly [name: string, write: () => void])[] = junit.map((file) => [
    file,
    () => {
      replaceFile(file, renderJunit(document, host.now(), version), 0o666);
    },
  ]);
  if (isForGithub) {
    await host.stderr.write(renderAnnotations(document, end));
    const isOk = end === undefined && countCases(document.cases, 'failed') === 0;
    const texts = {
      GITHUB_STEP_SUMMARY: renderSummary(document, end),
      GITHUB_OUTPUT: renderOutputs(document, isOk, `digilocker_${randomBytes(16).toString('hex')}`),
    };
    for (const [name, file] of filesOfGithub(host.env)) {
      writes.push([
        `$${name}`,
        () => {
          const objection = appendToFile(file, () => texts[name]);
          if (objection !== undefined) throw Object.assign(new Error(objection), { code: objection });
        },
      ]);
    }
  }
  return writes.map(([name, write]) => attempt(name, write)).find((failure) => failure !== undefined);
}

function filesOfGithub(env: Host['env']) {
  return (['GITHUB_STEP_SUMMARY', 'GITHUB_OUTPUT'] as const).flatMap((name) => {
    const file = env[name] ?? '';
    return file === '' ? [] : [[name, file] as const];
  });
}

function attempt(name: string, write: () => void): Failure | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return new Failure('output', `The report ${name} could not be written (${code}).`);
  }
}
