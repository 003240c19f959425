// Which host may see which credentials. Pure.
import { isLiteralLoopback, parseUrl } from './url.js';

/** Decentro's two hosts. Source: the reference page of Initiate Session. */
export const DECENTRO_HOSTS = {
  staging: 'https://in.staging.decentro.tech',
  production: 'https://in.decentro.tech',
} as const;

/** The environment whose Decentro host this is, on whatever port and with whatever trailing dot, or `undefined`. */
export function decentroEnvironment(url: URL): string | undefined {
  const name = url.hostname.replace(/\.$/, '');
  return Object.entries(DECENTRO_HOSTS).find(([, origin]) => new URL(origin).hostname === name)?.[0];
}

/** Whether requests to this URL are real ones, under whatever name the environment goes. */
export function isProduction(url: URL): boolean {
  return decentroEnvironment(url) === 'production';
}

/** The URL of this machine by its address, where plain HTTP names it `localhost`; else `undefined`. */
export function addressInsteadOfName(url: URL): URL | undefined {
  if (url.protocol !== 'http:' || url.hostname !== 'localhost') return undefined;
  const address = new URL(url);
  address.hostname = '127.0.0.1';
  return address;
}

/** Says why credentials would travel in the clear, or `undefined`. */
export function clearTextFault(url: URL): string | undefined {
  if (url.protocol === 'https:' || isLiteralLoopback(url)) return undefined;
  const address = addressInsteadOfName(url);
  return address === undefined
    ? `${url.origin} is not HTTPS, so credentials would travel in the clear`
    : `localhost may resolve to any address: use ${address.href.replace(/\/$/, '')}`;
}

/** Says what keeps a URL from being a base URL, or `undefined`. */
export function baseUrlFault(url: URL): string | undefined {
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (url.search !== '' || url.hash !== '') return 'must not hold a query or fragment';
  return undefined;
}

/** Reads a host as `--allow-host` takes it, a name or an address, with or without a port; `undefined` if it is none. */
export function parseAllowedHost(text: string): string | undefined {
  const [, name, port = ''] = /^(\[[\da-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?$/.exec(text) ?? [];
  const url = name === undefined ? undefined : parseUrl(`https://${name}`);
  return url && `${url.hostname}${port}`;
}

/**
 * Says why credentials of an environment may not leave for a host, or `undefined`: Decentro's hosts are each open to
 * their own environment, everything else has to be allowed by name, and needs HTTPS unless it is literal loopback.
 */
export function hostFault(
  url: URL,
  environment: string,
  allowedHosts: readonly string[],
): string | undefined {
  const exposed = clearTextFault(url);
  if (exposed !== undefined) return exposed;
  if (environment === 'sandbox' && isLiteralLoopback(url)) return undefined;
  const owner = decentroEnvironment(url);
  if (owner === environment && url.origin === DECENTRO_HOSTS[owner as keyof typeof DECENTRO_HOSTS])
    return undefined;
  const hasHostOfItsOwn = environment === 'sandbox' || Object.hasOwn(DECENTRO_HOSTS, environment);
  if (owner !== undefined && owner !== environment && hasHostOfItsOwn) {
    return `${url.host} belongs to the environment ${owner}, not to ${environment}`;
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const isAllowed = allowedHosts.some((host) => host === url.hostname || host === `${url.hostname}:${port}`);
  return isAllowed ? undefined : `${url.host} is not a host that credentials may leave for`;
}
