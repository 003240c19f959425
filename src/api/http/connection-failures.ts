// Puts into words why a connection, or the proxy on its way, failed.
import { maxHeaderSize } from 'node:http';
import { ALLOW_NETWORK, DENIED } from '../../failure/permission.js';
import { certificateFault } from './certificate-faults.js';
import type { Proxy } from './proxy.js';

/** What a library said of it: an error code, or the phase whose time was up. */
export type Cause = { readonly code: string } | { readonly overtime: string };

/** The code of an error that has none. */
export const NO_CODE = 'no error code';

/** The code of an error, or {@link NO_CODE}. What TLS says while the request is written hides behind EPROTO. */
export function codeOf(error: unknown): string {
  const { code = NO_CODE, message = '' } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  // As OpenSSL writes it: `…:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:…`, since 3.2 `ssl/tls alert …`.
  const [, reason] = /:SSL routines:\w*:([\w /]{1,80}):/.exec(message) ?? [];
  const named =
    code !== 'EPROTO' || reason === undefined ? code : `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`;
  return named.replaceAll('/', '_');
}

export interface Description {
  /** In words that hold nothing of request or answer. */
  readonly reason: string;
  readonly hint?: string;
  /** Whether the same request may well succeed a moment later. */
  readonly isTransient: boolean;
  /** The answer came, but is of no use: its connection did not fail. */
  readonly isUnreadable?: boolean;
}

/** Describes what happened on a connection to a host. */
export function describeFailure(cause: Cause, hostname: string): Description {
  if ('overtime' in cause)
    return { reason: TIMEOUTS[cause.overtime] ?? 'no answer came in time', isTransient: true };
  const { code } = cause;
  const reason = REASONS[code]?.replace('{host}', hostname);
  if (reason !== undefined) return { reason: `${reason} (${code})`, isTransient: true };
  if (code === DENIED) {
    const reason = `Node's permission model denies the network (${code})`;
    return { reason, hint: ALLOW_NETWORK, isTransient: false };
  }
  const fault = certificateFault(code, hostname);
  if (fault !== undefined) return { ...fault, isTransient: false };
  if (/^(EPROTO|ERR_SSL|ERR_TLS)/.test(code)) {
    return { reason: `no TLS connection to ${hostname} could be made (${code})`, isTransient: false };
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    const reason = `the headers of the answer are larger than ${maxHeaderSize / 1024} KiB (${code})`;
    return { reason, isTransient: false };
  }
  if (code.startsWith('HPE_')) return { reason: `the answer is not HTTP (${code})`, isTransient: false };
  if (/^(Z_|ZSTD_|ERR_ZLIB|ERR_BROTLI|ERR_ZSTD|ERR__ERROR|TOO_MANY_CODINGS)/.test(code)) {
    return {
      reason: `the answer could not be decompressed (${code})`,
      isTransient: false,
      isUnreadable: true,
    };
  }
  return { reason: `the connection failed (${code})`, isTransient: false };
}

/**
 * Describes what kept a proxy from connecting to the target.
 *
 * @param status the HTTP status of its answer to CONNECT, if one came: `NaN` where the answer was not HTTP
 */
export function describeProxyFailure(
  cause: Cause,
  { label, url, variable, isOption }: Proxy,
  status: number | undefined,
): Description {
  const name = `the proxy ${label}`;
  const hint =
    isOption === true
      ? 'The proxy is the one that the option proxy names.'
      : `The proxy comes from ${variable}; NO_PROXY names the hosts that are reached without one.`;
  // tinyproxy answers 401 to a wrong password, and 407 to none.
  if (status === 401 || status === 407) {
    const form = `${variable}=${url.protocol}//USER:PASSWORD@${label}`;
    return {
      reason: `${name} refused the tunnel (HTTP ${status})`,
      hint: `The proxy needs valid credentials: ${form}, both percent-encoded.`,
      isTransient: false,
    };
  }
  if (status !== undefined && !Number.isNaN(status)) {
    // From 500 on it could not reach the target, or does too much already.
    return { reason: `${name} refused the tunnel (HTTP ${status})`, hint, isTransient: status >= 500 };
  }
  if ('overtime' in cause || cause.code === 'ABORT_ERR')
    return { reason: `${name} opened no tunnel in time`, hint, isTransient: true };
  if (status !== undefined || cause.code === NO_CODE)
    return { reason: `${name} gave no answer that is HTTP`, hint, isTransient: false };
  const description = describeFailure(cause, url.hostname);
  return {
    ...description,
    reason: `${name} opened no tunnel: ${description.reason}`,
    hint: description.hint ?? hint,
  };
}

const TIMEOUTS: Record<string, string> = {
  lookup: 'the look-up of the name took too long',
  connect: 'the connection took too long',
  secureConnect: 'the TLS handshake took too long',
  send: 'the request could not be sent in time',
};

const REASONS: Record<string, string> = {
  ENOTFOUND: 'the name {host} was not found',
  EAI_AGAIN: 'the look-up of {host} failed for now',
  ECONNREFUSED: 'the connection to {host} was refused',
  ENETUNREACH: 'the network of {host} cannot be reached',
  EHOSTUNREACH: '{host} cannot be reached',
  EADDRNOTAVAIL: 'no local address is left for a connection to {host}',
  ETIMEDOUT: 'the connection to {host} took too long',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
};
