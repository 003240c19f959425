import path from 'node:path';
import type { Host } from '../../host/host.js';
import type { Proxy } from './proxy.js';

/** How a server is reached and whom it is believed. */
export interface Connection {
  readonly proxy?: Proxy | undefined;
  /** PEM; takes the place of what Node trusts by itself, and so contains it. */
  readonly certificates?: readonly string[] | undefined;
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
  return Object.keys(env).some((name) => /^(https|all)_proxy$/i.test(name));
}
