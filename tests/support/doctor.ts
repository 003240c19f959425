import type { FakeHostOptions } from './fake-host.js';
import { freePort } from './loopback.js';
import type { Recorder } from './recorder.js';
import { credentials, fails, type MainRun } from './run-main.js';

/** What `doctor --json` says of one thing. */
export interface Entry {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly detail: string;
  readonly remedy: string | null;
}

/** That of the fake host's clock. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** What was found, by the ID of the check. */
export function entries({ document }: MainRun): Readonly<Record<string, Entry>> {
  const checks = document['checks'] as readonly Entry[];
  return Object.fromEntries(checks.map((check) => [check.id, check]));
}

/** The command line that examines a server on this machine. */
export function at({ url }: Pick<Recorder, 'url'>): string[] {
  return ['doctor', '--json', '--base-url', url, '--allow-host', '127.0.0.1'];
}

/** What `doctor` says of a machine where nothing listens, with everything else in order. */
export async function examined(options: FakeHostOptions, code: number, ...flags: readonly string[]) {
  const port = await freePort();
  const args = [...at({ url: `http://127.0.0.1:${port}` }), ...flags];
  return entries(await fails(args, code, { env: credentials, ...options }));
}
