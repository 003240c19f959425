import path from 'node:path';
import { isIP } from 'node:net';
import { CA_REMEDY, certificateFault } from '../../api/http/certificate-faults.js';
import { readCertificates } from '../../api/http/ca-certificates.js';
import { resolveConnection, type Connection, type ConnectionFlags } from '../../api/http/connection.js';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { shownProxy } from '../../api/http/proxy.js';
import { nameCheck, type Check, type Endings } from './check.js';
import { lookUp, reach, visit, type Peer, type Probed } from './probe.js';

type Surroundings = Pick<Host, 'cwd' | 'env' | 'now'>;

const PROXY = nameCheck('proxy', 'Proxy');
const VERIFICATION = nameCheck('tls-verification', 'TLS verification');
const CA_FILE = nameCheck('ca-file', 'CA file');
const NAME = nameCheck('name-lookup', 'Name look-up');
const TCP = nameCheck('tcp', 'TCP');
const TLS = nameCheck('tls', 'TLS');
const CLOCK = nameCheck('clock', 'Clock');

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const MAX_SKEW_S = 60;
const BAD_SKEW_S = 300;

/** Whether the server can be reached and its certificate trusted, tried without credentials; a text says why it is not tried. */
export async function checkConnection(
  host: Surroundings,
  flags: ConnectionFlags,
  url: URL | string,
  signal: AbortSignal,
): Promise<{ readonly checks: readonly Check[]; readonly connection: Connection | undefined }> {
  const own = [checkVerification(host), checkCaFile(host, flags)];
  const skipRest = (why: string) => [NAME, TCP, TLS, CLOCK].map((check) => check.skipped(why));
  if (typeof url === 'string')
    return { checks: [PROXY.skipped(url), ...own, ...skipRest(url)], connection: undefined };
  const route = await findRoute(host, flags, url);
  if ('refusal' in route) {
    return {
      checks: [route.refusal, ...own, ...skipRest('the proxy cannot be used')],
      connection: undefined,
    };
  }
  const { connection } = route;
  const { proxy } = connection;
  const check =
    proxy === undefined
      ? PROXY.ok('none: the host is reached directly')
      : PROXY.ok(`${shownProxy(proxy)} (${proxy.variable})`);
  return { checks: [check, ...own, ...(await probeHost(host, url, connection, signal))], connection };
}

async function findRoute(
  host: Surroundings,
  flags: ConnectionFlags,
  url: URL,
): Promise<{ readonly connection: Connection } | { readonly refusal: Check }> {
  try {
    return { connection: await resolveConnection(host, flags, url) };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'config') throw error;
    return { refusal: PROXY.problem('config', error.message.split('\n'), error.hint?.split('\n') ?? null) };
  }
}

function checkVerification({ env }: Surroundings): Check {
  return env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
    ? VERIFICATION.problem(
        'config',
        'NODE_TLS_REJECT_UNAUTHORIZED=0 turns it off: no credentials are sent',
        `Unset it. ${CA_REMEDY}`,
      )
    : VERIFICATION.ok('certificates are checked');
}

/** Node says no more of a file that it could not load than one warning, and goes on. */
function checkCaFile({ cwd, env }: Surroundings, { caFile }: ConnectionFlags): Check {
  const { NODE_EXTRA_CA_CERTS: extra = '' } = env;
  const own = caFile === undefined ? [] : [`${caFile} (--ca-file)`];
  if (extra !== '') {
    const read = readCertificates(path.resolve(cwd, extra));
    if ('wrong' in read) {
      return CA_FILE.warning(
        `${extra} (NODE_EXTRA_CA_CERTS) ${read.wrong}: Node.js ignores it`,
        'Set it to a file with CA certificates in PEM form, or unset it.',
      );
    }
    own.push(`${extra} (NODE_EXTRA_CA_CERTS)`);
  }
  return CA_FILE.ok(own.length === 0 ? 'only those of Node.js' : own.join(', '));
}

async function probeHost(
  host: Surroundings,
  url: URL,
  connection: Connection,
  signal: AbortSignal,
): Promise<Check[]> {
  const first = connection.proxy?.url ?? url;
  const role = connection.proxy === undefined ? '' : 'the proxy ';
  const hostname = first.hostname.replace(/^\[|\]$/g, '');
  const skipped = (checks: readonly Endings[], why: string) => checks.map((check) => check.skipped(why));

  const name = await checkName(hostname, role, signal);
  if (name.status === 'problem') return [name, ...skipped([TCP, TLS, CLOCK], 'the name was not found')];
  const port = Number(first.port === '' ? (first.protocol === 'https:' ? 443 : 80) : first.port);
  const tcp = await reach(hostname, port, signal);
  if ('failure' in tcp) {
    return [name, fail(TCP, tcp.failure), ...skipped([TLS, CLOCK], 'there is no connection')];
  }
  const reached = TCP.ok(`${role}${first.hostname}:${port} accepts connections`);

  const visited = await visit(new URL('/', url), connection, signal);
  const [tls, clock] =
    url.protocol === 'https:'
      ? judgeTls(host, url, visited)
      : [TLS.skipped('plain HTTP, which stays on this machine'), undefined];
  if (clock !== undefined) return [name, reached, tls, clock];
  if ('failure' in visited) return [name, reached, tls, fail(CLOCK, visited.failure)];
  const { date, silence } = visited.value;
  return [name, reached, tls, silence === undefined ? judgeClock(host, date) : fail(CLOCK, silence)];
}

async function checkName(hostname: string, role: string, signal: AbortSignal): Promise<Check> {
  if (isIP(hostname) !== 0) return NAME.ok(`${role}${hostname} is an address`);
  const found = await lookUp(hostname, signal);
  if ('failure' in found) return fail(NAME, found.failure);
  return NAME.ok(`${role}${hostname} is at ${found.value.slice(0, 3).join(', ')}`);
}

function fail(check: Endings, { reason, hint }: { readonly reason: string; readonly hint?: string }): Check {
  const remedy = 'Check the network of this machine; HTTPS_PROXY names a proxy where one is needed.';
  return check.problem('network', reason, hint ?? remedy);
}

/** The check of TLS, and that of the clock where it cannot be made. */
function judgeTls(
  { now }: Surroundings,
  { hostname }: URL,
  visited: Probed<{ readonly peer: Peer | undefined }>,
): [tls: Check, clock: Check | undefined] {
  if ('failure' in visited) {
    return [fail(TLS, visited.failure), CLOCK.skipped('there is no TLS connection')];
  }
  const { peer } = visited.value;
  if (peer === undefined) return [TLS.skipped('the server showed no certificate'), undefined];
  const { issuer, objection, validUntil } = peer;
  if (objection !== undefined) {
    const { reason, hint } = certificateFault(objection, hostname) ?? {
      reason: `the certificate of ${hostname} was not accepted (${objection})`,
      hint: null,
    };
    const detail = `${reason}; it was issued by ${issuer}`;
    return [TLS.problem('network', detail, hint), CLOCK.skipped("the server's certificate is not trusted")];
  }
  const days = Math.floor((validUntil - now()) / DAY_MS);
  const detail = `issued by ${issuer}, valid until ${new Date(validUntil).toISOString().slice(0, 10)} (${days} days)`;
  if (days >= SOON_DAYS) return [TLS.ok(detail), undefined];
  return [TLS.warning(detail, 'Ask the operator of the server to renew it soon.'), undefined];
}

function judgeClock({ now }: Surroundings, date: string | undefined): Check {
  const serverMs = Date.parse(date ?? '');
  if (Number.isNaN(serverMs)) return CLOCK.skipped('the answer has no date');
  const seconds = Math.round((now() - serverMs) / 1000);
  const skew = Math.abs(seconds);
  const detail =
    skew <= 1 ? 'as the server has it' : `${skew} s ${seconds > 0 ? 'ahead of' : 'behind'} the server`;
  if (skew <= MAX_SKEW_S) return CLOCK.ok(detail);
  const remedy = 'Set the clock by NTP: certificates and codes depend on it.';
  return skew > BAD_SKEW_S ? CLOCK.problem('network', detail, remedy) : CLOCK.warning(detail, remedy);
}
