import { call, type CallEvent, type CallOptions } from '../../../src/api/call.js';
import { INITIATE_SESSION, type Session } from '../../../src/api/endpoints/initiate-session.js';
import { CANARIES } from '../../support/canaries.js';
import { createFakeHost, type FakeHost, type FakeHostOptions } from '../../support/fake-host.js';

export const PARAMS = {
  consent: true,
  consentPurpose: 'KYC for opening a bank account',
  redirectUrl: 'https://app.example/return',
};

export interface Outcome {
  readonly host: FakeHost;
  readonly events: readonly CallEvent[];
  readonly result?: Session;
  readonly facts?: unknown;
  readonly error?: unknown;
}

export type Options = Partial<Omit<CallOptions, 'host'>> & {
  readonly world?: FakeHostOptions;
  readonly host?: FakeHost;
};

/** Starts a session with a recorder or sandbox, and returns how it ended, whichever way. */
export async function start(baseUrl: string, { world, ...options }: Options = {}): Promise<Outcome> {
  const host = options.host ?? createFakeHost([], world);
  const events: CallEvent[] = [];
  let created = 1;
  try {
    const ended = await call(INITIATE_SESSION, PARAMS, {
      baseUrl: new URL(baseUrl),
      credentials: CANARIES,
      referenceId: 'ref-1',
      createReferenceId: () => `ref-${(created += 1)}`,
      timeoutMs: 30_000,
      retries: 2,
      observe: (event) => Promise.resolve(void events.push(event)),
      ...options,
      host,
    });
    return { host, events, ...ended };
  } catch (error) {
    return { host, events, error };
  }
}
