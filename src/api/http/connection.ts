import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import type { Proxy } from './proxy.js';

/** How a server is reached and whom it is believed. */
export interface Connection {
  readonly proxy?: Proxy | undefined;
  /** PEM; takes the place of what Node trusts by itself, and so contains it. */
  readonly certificates?: readonly string[] | undefined;
}

/**
 * How long one address of a host may take before the next is tried, as an option of `net.connect`. A handshake may take
 * longer than the 250 ms that Node gives it: an address that does not answer costs a quarter of the time.
 */
export function attemptLimit(limitMs: number): { readonly autoSelectFamilyAttemptTimeout: number } {
  return { autoSelectFamilyAttemptTimeout: Math.ceil(limitMs / 4) };
}

export interface ConnectionFlags {
  readonly caFile?: string | undefined;
}

/**
 * Resolves proxy and CA certificates for requests to a URL. Fails with `config` for a proxy variable, and with `usage`
 * for `--ca-file`, that cannot be used. Loads nothing where neither is set.
 */
export async function resolveConnection(
  { env, cwd }: Pick<Host, 'env' | 'cwd'>,
  { caFile }: ConnectionFlags,
  url: URL,
): Promise<Connection> {
  return {
    proxy: namesProxy(env) ? (await import('./proxy.js')).findProxy(url, env) : undefined,
    certificates: caFile === undefined ? undefined : await loadCertificates(path.resolve(cwd, caFile), env),
  };
}

async function loadCertificates(file: string, env: Host['env']): Promise<readonly string[]> {
  const { trustedWith } = await import('./ca-certificates.js');
  return trustedWith(file, env['NODE_EXTRA_CA_CERTS']);
}

function namesProxy(env: Host['env']): boolean {
  return Object.keys(env).some((name) => ['https_proxy', 'all_proxy'].includes(name.toLowerCase()));
}

/** Fails with `config` where credentials would leave over TLS that anybody may answer. */
export function checkTls({ env }: Pick<Host, 'env'>): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw new Failure(
    'config',
    'NODE_TLS_REJECT_UNAUTHORIZED=0 turns certificate checks off; refusing to send credentials.',
    {
      hint: 'Unset it. For a CA of your own, let --ca-file or NODE_EXTRA_CA_CERTS name the file with its certificate.',
    },
  );
}
