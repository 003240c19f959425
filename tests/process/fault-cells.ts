import { createCertificate } from '../support/certificate.js';
import { dealt } from '../support/generated.js';
import type { FaultTls } from '../support/fault-server.js';
import { ACTS } from './fault-acts.js';
import {
  answer,
  BODY,
  close,
  CREATED,
  DRIP_MS,
  GONE,
  hang,
  HEAD,
  LATE,
  LOST,
  redirect,
  reset,
  sequence,
  UNSENT,
  write,
  type Script,
} from './fault-scripts.js';
import { NAMES_LEAD_HERE } from '../support/preload.js';

export const PHASES = [
  'look-up',
  'connect',
  'TLS',
  'request headers',
  'request body',
  'wait',
  'response headers',
  'response body',
] as const;

export const FAULTS = [
  'refuse',
  'hang',
  'reset',
  'close',
  'drip',
  'slices',
  'garbage',
  'cut',
  'redirect',
] as const;

export type Phase = (typeof PHASES)[number];
export type Fault = (typeof FAULTS)[number];

export interface End {
  readonly code: 0 | 5 | 6 | 7 | 8;
  readonly sent: 'no' | 'unknown' | 'yes';
  /** Whether the transaction ID could be read. */
  readonly hasTxnId?: boolean;
  /** What the message has to say. */
  readonly says?: RegExp;
  /** Whether only the time limit ends it. */
  readonly isLate?: boolean;
}

export interface Cell {
  readonly phase: Phase;
  readonly fault: Fault;
  /** What tells it from other cells of its phase and fault. */
  readonly variant?: string;
  readonly scheme: 'http' | 'https';
  /** Absent where nobody listens. */
  readonly script?: Script;
  readonly tls?: FaultTls;
  /** Whether the program does not trust the certificate. */
  readonly isDistrusted?: boolean;
  /** The name of the server, where it goes by one. */
  readonly host?: string;
  /** What the program runs before its own first line. */
  readonly preload?: readonly string[];
  readonly end: End;
}

/** Why there is no cell for these. */
export const UNREACHABLE: Readonly<Partial<Record<Phase, Partial<Record<Fault, string>>>>> = {
  'look-up': {
    reset: 'the resolver of the system answers a call, not a connection',
    close: 'the resolver of the system answers a call, not a connection',
    drip: 'a look-up brings an address or none, never half of one',
    slices: 'a look-up brings an address or none, never half of one',
    cut: 'a look-up brings an address or none, never half of one',
    redirect: 'an alias is followed inside the resolver',
  },
  'response headers': { refuse: 'what has begun to answer does not refuse to' },
  'response body': { refuse: 'what has begun to answer does not refuse to' },
};
const CERTIFICATE = createCertificate();

/** The faults whose way through the program differs under TLS. */
const DIFFERENT_UNDER_TLS: readonly Fault[] = ['reset', 'close', 'cut', 'slices'];

function httpCells(): Cell[] {
  return PHASES.flatMap((phase, index) => {
    const underTls = dealt(DIFFERENT_UNDER_TLS, index, 2);
    const { reach, acts } = ACTS[phase] ?? { reach: hang, acts: {} };
    return FAULTS.flatMap((fault) => {
      const [act, end] = acts[fault] ?? [];
      if (act === undefined || end === undefined) return [];
      const plain: Cell = { phase, fault, scheme: 'http', script: sequence(reach, act), end };
      const isDifferent = phase !== 'connect' && underTls.includes(fault);
      return isDifferent ? [plain, { ...plain, scheme: 'https', variant: 'TLS', tls: CERTIFICATE }] : [plain];
    });
  });
}

/** Lines for `preload`: every look-up ends like this. */
function lookingUp(end: string): string[] {
  return ["import dns from 'node:dns';", `dns.lookup = (name, options, done) => { ${end} };`];
}

const NEVER_CONNECTED = [
  "import net from 'node:net';",
  'net.Socket.prototype.connect = function () {',
  '  this.connecting = true;',
  '  setInterval(() => undefined, 60_000);',
  '  return this;',
  '};',
];

const GATEWAY = 'gateway.example';
const lookUp: Pick<Cell, 'phase' | 'scheme' | 'host'> = { phase: 'look-up', scheme: 'https', host: GATEWAY };
const handshake: Pick<Cell, 'phase' | 'scheme'> = { phase: 'TLS', scheme: 'https' };
const certificate: Pick<Cell, 'phase' | 'fault' | 'scheme'> = { ...handshake, fault: 'refuse' };

const ALERT = Buffer.from('15030300020228', 'hex').toString('latin1');

/** Every fault in every phase where it can be. */
export const CELLS: readonly Cell[] = [
  {
    ...lookUp,
    fault: 'refuse',
    variant: 'no such name',
    preload: lookingUp("done(Object.assign(new Error('no ' + name), { code: 'ENOTFOUND' }));"),
    end: { ...UNSENT, says: /gateway\.example was not found \(ENOTFOUND\)/ },
  },
  {
    ...lookUp,
    fault: 'refuse',
    variant: 'not now',
    preload: lookingUp("done(Object.assign(new Error('later'), { code: 'EAI_AGAIN' }));"),
    end: { ...UNSENT, says: /EAI_AGAIN/ },
  },
  {
    ...lookUp,
    fault: 'hang',
    preload: lookingUp('setInterval(() => undefined, 60_000);'),
    end: { ...UNSENT, ...LATE },
  },
  {
    ...lookUp,
    fault: 'garbage',
    preload: lookingUp(
      "options.all ? done(null, [{ address: 'nowhere', family: 4 }]) : done(null, 'nowhere', 4);",
    ),
    end: UNSENT,
  },
  { phase: 'connect', fault: 'refuse', scheme: 'http', end: { ...UNSENT, says: /ECONNREFUSED/ } },
  {
    phase: 'connect',
    fault: 'hang',
    variant: 'no answer to the connection',
    scheme: 'http',
    preload: NEVER_CONNECTED,
    end: { ...UNSENT, ...LATE },
  },
  {
    ...handshake,
    fault: 'refuse',
    script: write(ALERT),
    end: { ...UNSENT, says: /refused the TLS handshake/ },
  },
  { ...handshake, fault: 'hang', script: hang, end: { ...UNSENT, ...LATE } },
  { ...handshake, fault: 'reset', script: reset, end: { ...UNSENT, says: GONE } },
  { ...handshake, fault: 'close', script: close, end: { ...UNSENT, says: GONE } },
  {
    ...handshake,
    fault: 'drip',
    script: hang,
    tls: { ...CERTIFICATE, handshake: { everyMs: DRIP_MS } },
    end: { ...UNSENT, ...LATE },
  },
  {
    ...handshake,
    fault: 'slices',
    script: sequence(({ takeRequest }) => takeRequest(), write(HEAD + BODY)),
    tls: { ...CERTIFICATE, handshake: { everyMs: 0 } },
    end: CREATED,
  },
  {
    ...handshake,
    fault: 'garbage',
    variant: 'plain text on the port of TLS',
    script: sequence(write(answer('400 Bad Request', 'Connection: close')), close),
    end: { ...UNSENT, says: /no TLS connection/ },
  },
  {
    ...handshake,
    fault: 'cut',
    script: hang,
    tls: { ...CERTIFICATE, handshake: { cutAfter: 100 } },
    end: UNSENT,
  },
  {
    ...handshake,
    fault: 'redirect',
    script: (connection, target) => connection.write(redirect(target)),
    end: { ...UNSENT, says: /no TLS connection/ },
  },
  {
    ...certificate,
    variant: 'signed by itself',
    script: hang,
    tls: CERTIFICATE,
    isDistrusted: true,
    end: { ...UNSENT, says: /certificate/ },
  },
  {
    ...certificate,
    variant: 'expired',
    script: hang,
    tls: createCertificate({ expired: true }),
    end: { ...UNSENT, says: /CERT_HAS_EXPIRED/ },
  },
  {
    ...certificate,
    variant: 'of another name',
    script: hang,
    tls: CERTIFICATE,
    host: GATEWAY,
    preload: NAMES_LEAD_HERE,
    end: { ...UNSENT, says: /ALTNAME/ },
  },
  {
    ...certificate,
    variant: 'asked of the client',
    script: hang,
    tls: { ...CERTIFICATE, requestCert: true },
    end: LOST,
  },
  ...httpCells(),
];
