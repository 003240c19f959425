// Which proxy serves a URL, by the environment variables and rules of curl. Pure.
import { BlockList, isIP } from 'node:net';
import { Failure } from '../../failure/failure.js';
import { MASKED_SECRET } from '../../safety/redact.js';
import { parseUrl, isLiteralLoopback } from '../../safety/url.js';

export interface Proxy {
  /** Where it came from. */
  readonly variable: string;
  /** Whether a program gave it: NO_PROXY says nothing of it. */
  readonly isOption?: true;
  /** `http:` or `https:`, host and port; never the userinfo, which is a secret. */
  readonly url: URL;
  /** Host and port, as they may be shown. */
  readonly label: string;
  /** The value of Proxy-Authorization: a secret, which is for the proxy alone. */
  readonly authorization: string | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

// The lower case wins, and what is about https wins over what is about everything.
const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

// curl's own: an http proxy without a port is at 1080, and not at 80.
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 1080, 'https:': 443 };

/**
 * The proxy for requests to a URL, or `undefined` for a direct connection. Only https goes through one, so that the
 * secrets travel inside TLS; literal loopback never does, because a proxy's loopback is another machine's.
 * Fails with `config` where the variable that counts names no usable proxy. Never quotes its value.
 */
export function findProxy(url: URL, variables: Variables): Proxy | undefined {
  if (url.protocol !== 'https:' || isLiteralLoopback(url)) return undefined;
  const variable = VARIABLES.find((name) => isSet(variables[name]));
  if (variable === undefined) return undefined;
  const exceptions = ['no_proxy', 'NO_PROXY'].map((name) => variables[name]).find(isSet);
  if (exceptions !== undefined && isException(url, exceptions)) return undefined;
  return parseProxy(variable, variables[variable] ?? '');
}

const OPTION = 'proxy';

/** The proxy that a program gives for requests to a URL. Fails with `config`, and never quotes it. */
export function givenProxy(url: URL, value: string): Proxy | undefined {
  if (url.protocol !== 'https:' || isLiteralLoopback(url)) return undefined;
  return { ...parseProxy(OPTION, value), isOption: true };
}

/** The variables whose proxy URL holds a user name or password, for whatever protocol. */
export function secretProxyVariables(variables: Variables): string[] {
  return Object.keys(variables).filter(
    (name) => /^\w+_proxy$/i.test(name) && !/^no_/i.test(name) && variables[name]?.includes('@') === true,
  );
}

/** A proxy as it may be shown. */
export function shownProxy({ url, label, authorization }: Proxy): string {
  return `${url.protocol}//${authorization === undefined ? '' : `${MASKED_SECRET}@`}${label}`;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function parseProxy(variable: string, value: string): Proxy {
  const text = value.trim();
  const wrong = (what: string, hint: string) => new Failure('config', `${variable} ${what}.`, { hint });
  const [, scheme = 'http'] = /^([a-z][a-z\d+.-]*):\/\//i.exec(text) ?? [];
  if (!/^https?$/i.test(scheme)) {
    const way = variable === OPTION ? '' : ', or NO_PROXY for the host';
    const hint = `Only HTTP proxies are supported: ${variable}=http://proxy.example:3128${way}.`;
    throw wrong('names a proxy of a kind that is not supported', hint);
  }
  const href = text.includes('://') ? text : `http://${text}`;
  const url = parseUrl(href);
  // A `#`, `?` or `/` in a password ends the host early: the rest of the userinfo would pass for a path.
  const [, authority = '', rest = ''] = /^[^:]+:\/\/([^/?#\\]*)(.*)$/s.exec(href) ?? [];
  const authorization = url && parseUserinfo(url);
  if (url === undefined || authorization === null || rest.includes('@')) {
    const hint =
      'Use the form http://proxy.example:3128. Characters such as @, / and # in a user name or password are percent-encoded.';
    throw wrong('is not the URL of a proxy', hint);
  }
  // URL drops the port that it takes for the scheme's own, which is not what curl takes for it.
  const [, written] = /:(\d+)$/.exec(authority) ?? [];
  const port = Number(written ?? DEFAULT_PORTS[url.protocol]);
  return {
    variable,
    url: new URL(`${url.protocol}//${url.hostname}:${port}`),
    label: `${url.hostname}:${port}`,
    authorization,
  };
}

/** `null` where it cannot be decoded. */
function parseUserinfo({ username, password }: URL): string | null | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const userinfo = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(userinfo).toString('base64')}`;
  } catch {
    return null;
  }
}

/**
 * The rules of curl and of Node's own proxy support: a name covers its subdomains, a name that begins with `*` whatever
 * ends with the rest of it, an address may be a network or a range; and an entry may end in a port.
 */
function isException(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const port = url.port === '' ? '443' : url.port;
  return list.split(/[\s,]+/).some((entry) => {
    const [, name = '', ownPort = port] = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry) ??
      /^([^:]*)(?::(\d+))?$/.exec(entry) ?? ['', entry];
    if (ownPort !== port) return false;
    return name === '*' || (isIP(host) === 0 ? isWithinDomain(host, name) : isWithinNetwork(host, name));
  });
}

function isWithinDomain(host: string, name: string): boolean {
  const domain = name.toLowerCase().replace(/\.$/, '');
  if (domain.startsWith('*')) return host.endsWith(domain.slice(1));
  const bare = domain.replace(/^\./, '');
  return bare !== '' && (host === bare || host.endsWith(`.${bare}`));
}

function isWithinNetwork(address: string, text: string): boolean {
  const list = new BlockList();
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  const [, first = text, separator, last = ''] = /^([^/-]*)([/-])(.*)$/.exec(text) ?? [];
  if (isIP(first) !== isIP(address) || (separator === '/' && !/^\d{1,3}$/.test(last))) return false;
  try {
    if (separator === undefined) list.addAddress(first, family);
    else if (separator === '/') list.addSubnet(first, Number(last), family);
    else list.addRange(first, last, family);
  } catch {
    // The prefix is too long, or the end is not an address, or the end comes before the beginning.
    return false;
  }
  return list.check(address, family);
}
