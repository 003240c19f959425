import type { Suite } from '../api/suite.js';
import { copyFault } from '../safety/pasted.js';
import { credentialFault } from '../safety/redact.js';
import type { Connection } from '../api/http/connection.js';
import { checkKeys, membersOf } from './check-keys.js';
import { Failure } from '../failure/failure.js';
import { baseUrlFault, clearTextFault, DECENTRO_HOSTS } from '../safety/trust.js';
import { parseHttpUrl } from '../safety/url.js';

/** One of Decentro's own environments. */
export type Environment = keyof typeof DECENTRO_HOSTS;

/** What Decentro gave you for one environment; in another one they are others. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of the KYC module, where the account has one. */
  readonly moduleSecret?: string | undefined;
}

/** Where the request goes: to Decentro, or to a sandbox or gateway of your own that may have the credentials. */
export type Target =
  | { readonly environment: Environment; readonly baseUrl?: undefined }
  | {
      /** HTTPS, or an address of this machine such as `http://127.0.0.1:4010`. */
      readonly baseUrl: string | URL;
      readonly environment?: undefined;
    };

/** Where a call goes, with what, and how. Nothing is read from variables or files. */
export type CallOptions = Target & {
  readonly credentials: Credentials;
  /** Which of Decentro's two suites: `classic` when absent. Use a session in the suite that started it. */
  readonly suite?: Suite | undefined;
  /** For all of it, repetitions included: 30 000 milliseconds by default. */
  readonly timeoutMs?: number | undefined;
  /** How often to repeat what cannot have had an effect, and HTTP 429 that says when: 2 by default. */
  readonly retries?: number | undefined;
  /** Ends the call with a Failure of the kind `interrupted`, which tells whether the request had left. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told the reference ID of each request before it leaves, so that it can be kept whatever happens. The request
   * waits for a promise; an error ends the call and passes through as it is.
   */
  readonly onAttempt?: ((referenceId: string) => void | Promise<void>) | undefined;
  /** The HTTP proxy to go through, such as `http://user:password@proxy.example:3128`; loopback is reached directly. */
  readonly proxy?: string | URL | undefined;
  /** Certificates of further authorities to trust, in PEM form. */
  readonly ca?: string | readonly string[] | undefined;
};

const OPTION_KEYS: readonly (keyof CallOptions)[] = [
  'environment',
  'baseUrl',
  'credentials',
  'suite',
  'timeoutMs',
  'retries',
  'signal',
  'onAttempt',
  'proxy',
  'ca',
];

const CREDENTIAL_KEYS = ['clientId', 'clientSecret', 'moduleSecret'] as const satisfies (keyof Credentials)[];

// A timer cannot wait longer.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The options that were given; `null` counts as absent. Fails with `usage` for a key that is not known. */
export function givenOptions(untyped: CallOptions): CallOptions {
  checkKeys('options', untyped, OPTION_KEYS);
  const options = withoutNull(membersOf(untyped, OPTION_KEYS));
  // A program without types may have forgotten them.
  const credentials = (options.credentials as Credentials | undefined) ?? ({} as Credentials);
  checkKeys('credentials', credentials, CREDENTIAL_KEYS);
  return Object.assign(options, { credentials: withoutNull(membersOf(credentials, CREDENTIAL_KEYS)) });
}

function withoutNull<Given extends object>(given: Given): Given {
  for (const [key, value] of Object.entries(given) as [string, unknown][])
    if (value === null) Reflect.deleteProperty(given, key);
  return given;
}

/** Checks where a call goes and with what. Fails with `config` that names everything wrong, and no value. */
export function chooseBaseUrl(options: CallOptions): URL {
  const { timeoutMs = 1, retries = 0, suite = 'classic' } = options;
  const baseUrl = parseTarget(options);
  const wrong = [...(typeof baseUrl === 'string' ? [baseUrl] : []), ...findWrongCredentials(options)];
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS))
    wrong.push('timeoutMs must be above 0 and below 2147483648.');
  if (!['classic', 'sso'].includes(suite)) wrong.push('suite is neither classic nor sso.');
  if (!(Number.isInteger(retries) && retries >= 0)) wrong.push('retries must be a whole number, 0 or more.');
  const { signal, onAttempt } = options as Readonly<Record<string, unknown>>;
  if (signal !== undefined && !isSignal(signal)) wrong.push('signal is not an AbortSignal.');
  if (onAttempt !== undefined && typeof onAttempt !== 'function') wrong.push('onAttempt is not a function.');
  if (typeof baseUrl !== 'string' && wrong.length === 0) return baseUrl;
  throw new Failure('config', wrong, { details: { effect: 'no' } });
}

/** How a call reaches its host. Fails with `config` for a proxy or certificates that cannot be used. */
export async function chooseConnection({ proxy, ca }: CallOptions, url: URL): Promise<Connection> {
  const found = proxy === undefined ? undefined : (await import('../api/http/proxy.js')).givenProxy;
  const trusted =
    ca === undefined ? undefined : (await import('../api/http/ca-certificates.js')).trustedBeside;
  return { proxy: found?.(url, String(proxy)), certificates: trusted?.([ca ?? ''].flat().join('\n')) };
}

/** The base URL, or what is wrong with it. */
function parseTarget({ environment, baseUrl }: Target): URL | string {
  if ((environment === undefined) === (baseUrl === undefined)) return 'Give environment, or baseUrl.';
  if (environment !== undefined) {
    return typeof environment === 'string' && Object.hasOwn(DECENTRO_HOSTS, environment)
      ? new URL(DECENTRO_HOSTS[environment])
      : 'environment is neither staging nor production; a sandbox is reached by its baseUrl.';
  }
  const copied = copyFault(String(baseUrl));
  if (copied !== undefined) return `baseUrl ${copied}.`;
  const url = parseHttpUrl(String(baseUrl));
  if (url === undefined) return 'baseUrl is not an absolute http(s) URL.';
  const refusal = baseUrlFault(url);
  if (refusal !== undefined) return `baseUrl ${refusal}.`;
  const exposed = clearTextFault(url);
  return exposed === undefined ? url : `${exposed}.`;
}

// One of another realm, as in jsdom, is no instance of the class here.
function isSignal(value: unknown): boolean {
  const { aborted, addEventListener, removeEventListener } = Object(value) as Partial<AbortSignal>;
  return (
    typeof aborted === 'boolean' &&
    typeof addEventListener === 'function' &&
    typeof removeEventListener === 'function'
  );
}

function findWrongCredentials(options: CallOptions): string[] {
  const credentials = options.credentials as Partial<Record<keyof Credentials, unknown>> | undefined;
  return CREDENTIAL_KEYS.flatMap((name) => {
    const value = credentials?.[name];
    if (value === undefined) return name === 'moduleSecret' ? [] : [`credentials.${name} is missing.`];
    if (typeof value !== 'string') return [`credentials.${name} is not a string.`];
    if (value === '') return [`credentials.${name} is empty.`];
    const fault = credentialFault(value, name === 'clientId');
    return fault === undefined ? [] : [`credentials.${name} ${fault}.`];
  });
}
