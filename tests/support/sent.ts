import { temporaryDirectory } from './cleanup.js';
import { createRecorder, type RecordedRequest } from './recorder.js';
import { succeeds } from './run-main.js';
import { GIVEN, PAIR } from './session.js';

/** What is sent with these flags, the complete ones unless `base` says others. */
export async function sent(
  flags: readonly string[],
  { env = PAIR, ...options }: { env?: Record<string, string>; cwd?: string; base?: readonly string[] } = {},
): Promise<RecordedRequest> {
  const recorder = await createRecorder([{}]);
  const base = options.base ?? ['--reference-id', 'ref-1', ...GIVEN];
  const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1'];
  const { cwd = temporaryDirectory() } = options;
  await succeeds(['init-session', ...base, ...target, ...flags], { env, cwd });
  const [request] = recorder.requests;
  if (request === undefined) throw new Error('Nothing was sent.');
  return request;
}
