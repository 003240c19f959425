import { SESSION_CREATED } from './answer.js';
import { credentials } from './canaries.js';
import { createRecorder, type Recorder } from './recorder.js';

export const TXN_ID = SESSION_CREATED.decentroTxnId;
export const LINK = SESSION_CREATED.data.authorizationUrl;

/** A command line against a recorder that stands for staging, with the canaries for credentials. */
export interface Staging {
  readonly recorder: Recorder;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What the listener answered to each redirect. */
  readonly pages: readonly Promise<string>[];
}

/** Creates every session and, before it says so, sends the end user back with each of `queries`, one after another. */
export async function createStaging(...queries: readonly string[]): Promise<Staging> {
  const pages: Promise<string>[] = [];
  const recorder = await createRecorder((request) => {
    const { redirect_url: redirectUrl } = request.json() as { redirect_url: string };
    for (const query of queries) {
      const earlier = pages.at(-1) ?? Promise.resolve('');
      pages.push(earlier.then(async () => (await fetch(`${redirectUrl}?${query}`)).text()));
      // Whoever never looks at it has nothing to handle either.
      pages.at(-1)?.catch(() => undefined);
    }
    return {};
  });
  const purpose = ['--consent', '--consent-purpose', 'KYC for opening an account'];
  const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1'];
  return { recorder, args: ['init-session', ...purpose, ...target], env: { ...credentials }, pages };
}
