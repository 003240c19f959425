import { SESSION_CREATED } from '../support/answer.js';
import { createCertificate } from '../support/certificate.js';
import type { FaultConnection, FaultTls } from '../support/fault-server.js';
import { NAMES_LEAD_HERE } from './fixture.js';

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

/** What the server does with a connection. `target` is where its redirects lead. */
type Script = (connection: FaultConnection, target: string) => Promise<void> | void;

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

const { decentroTxnId } = SESSION_CREATED;
const BODY = JSON.stringify(SESSION_CREATED);
const BODY_START = BODY.slice(0, BODY.indexOf('"status"'));
const START = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const HEAD = `${START}Content-Length: ${BODY.length}\r\n\r\n`;
const CHUNKED = `${START}Transfer-Encoding: chunked\r\n\r\n${chunk(BODY_START)}`;
const SSH = 'SSH-2.0-OpenSSH_9.6\r\n';
const LONG = 'x'.repeat(10_000);
const DRIP_MS = 25;

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

function answer(status: string, header: string, body = ''): string {
  return `HTTP/1.1 ${status}\r\n${header}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

const redirect = (target: string) => answer('307 Temporary Redirect', `Location: ${target}`);
const refusal = answer(
  '400 Bad Request',
  'Content-Type: application/json',
  JSON.stringify({ decentroTxnId, status: 'FAILURE', responseKey: 'error_consent_false' }),
);

const UNSENT: End = { code: 7, sent: 'no' };
const LOST: End = { code: 8, sent: 'unknown' };
const BROKEN: End = { code: 8, sent: 'yes', hasTxnId: true };
const CREATED: End = { code: 0, sent: 'yes', hasTxnId: true };
const REDIRECTED: End = { code: 6, sent: 'yes', says: /a redirect \(HTTP 307\) to 127\.0\.0\.1:\d+,/ };
const LATE: Pick<End, 'says' | 'isLate'> = { says: /in time|too long/, isLate: true };
const GONE = /reset|closed/;

/** One after the other. */
function sequence(...scripts: readonly Script[]): Script {
  return async (connection, target) => {
    for (const script of scripts) await script(connection, target);
  };
}

const hang: Script = () => undefined;
const reset: Script = (connection) => {
  connection.reset();
};
const close: Script = (connection) => {
  connection.close();
};
const cut: Script = (connection) => {
  connection.cut();
};
const write =
  (bytes: string): Script =>
  (connection) =>
    connection.write(bytes);
const drip =
  (bytes: string, everyMs = DRIP_MS): Script =>
  (connection) =>
    connection.drip(bytes, everyMs);

type Acts = Partial<Record<Fault, readonly [Script, End]>>;

/** What can happen before a byte of the answer is due. */
const EARLY: Acts = {
  hang: [hang, { ...LOST, ...LATE }],
  reset: [reset, { ...LOST, says: GONE }],
  close: [close, { ...LOST, says: GONE }],
  drip: [drip(`${START}X-Slow: ${LONG}`), { ...LOST, ...LATE }],
  slices: [drip(HEAD + BODY, 0), CREATED],
  garbage: [write(SSH), { ...LOST, says: /not HTTP/ }],
  cut: [sequence(write('HTTP/1.1 20'), cut), LOST],
  redirect: [(connection, target) => connection.write(redirect(target)), REDIRECTED],
};

const ACTS: Partial<Record<Phase, { readonly reach: Script; readonly acts: Acts }>> = {
  connect: { reach: ({ arrival }) => arrival(), acts: EARLY },
  'request headers': {
    reach: ({ take }) => take(20),
    acts: {
      ...EARLY,
      refuse: [
        sequence(write(answer('431 Request Header Fields Too Large', 'Connection: close')), close),
        { code: 5, sent: 'yes', says: /HTTP 431/ },
      ],
    },
  },
  'request body': {
    reach: sequence(
      ({ takeHead }) => takeHead(),
      ({ take }) => take(10),
    ),
    acts: {
      ...EARLY,
      refuse: [
        sequence(write(answer('413 Content Too Large', 'Connection: close')), close),
        { code: 5, sent: 'yes', says: /HTTP 413/ },
      ],
    },
  },
  wait: {
    reach: ({ takeRequest }) => takeRequest(),
    acts: {
      ...EARLY,
      refuse: [write(refusal), { code: 5, sent: 'yes', hasTxnId: true, says: /error_consent_false/ }],
      drip: [drip('HTTP/1.1 102 Processing\r\n\r\n'.repeat(100), 2), { ...LOST, ...LATE }],
      slices: [drip(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${HEAD}${BODY}`, 0), CREATED],
      cut: [sequence(write('HTTP/1.1 102 Proc'), cut), LOST],
    },
  },
  'response headers': {
    reach: sequence(({ takeRequest }) => takeRequest(), write(START)),
    acts: {
      hang: [hang, { ...LOST, ...LATE }],
      reset: [reset, { ...LOST, says: GONE }],
      close: [close, LOST],
      drip: [drip(`X-Slow: ${LONG}`), { ...LOST, ...LATE }],
      slices: [drip(`Content-Length: ${BODY.length}\r\n\r\n${BODY}`, 0), CREATED],
      garbage: [write('\0\u0001\r\n\r\n'), { ...LOST, says: /not HTTP/ }],
      cut: [sequence(write('Content-Le'), cut), LOST],
      redirect: [({ write: send, close: end }, target) => send(`Location: ${target}\r\n`).then(end), LOST],
    },
  },
  'response body': {
    reach: ({ takeRequest }) => takeRequest(),
    acts: {
      hang: [write(HEAD + BODY_START), { ...BROKEN, ...LATE }],
      reset: [sequence(write(HEAD + BODY_START), reset), { ...BROKEN, says: GONE }],
      close: [sequence(write(HEAD + BODY_START), close), { ...BROKEN, says: GONE }],
      drip: [sequence(write(HEAD + BODY_START), drip(BODY.slice(-60))), { ...BROKEN, ...LATE }],
      slices: [
        sequence(write(CHUNKED), drip(`${chunk(BODY.slice(BODY_START.length))}0\r\n\r\n`, 0)),
        CREATED,
      ],
      garbage: [write(`${CHUNKED}zz\r\n`), { ...BROKEN, says: /not HTTP/ }],
      cut: [sequence(write(`${CHUNKED}40\r\n"status`), cut), { ...BROKEN, says: GONE }],
      redirect: [
        ({ write: send }, target) => {
          const page = `<meta http-equiv="refresh" content="0; url=${target}">`;
          return send(answer('200 OK', `Content-Type: text/html\r\nRefresh: 0; url=${target}`, page));
        },
        { code: 6, sent: 'yes', says: /not what Decentro promises/ },
      ],
    },
  },
};

const CERTIFICATE = createCertificate();

/** The faults whose way through the program differs under TLS. */
const DIFFERENT_UNDER_TLS: readonly Fault[] = ['reset', 'close', 'cut', 'slices'];

function httpCells(): Cell[] {
  return PHASES.flatMap((phase) => {
    const { reach, acts } = ACTS[phase] ?? { reach: hang, acts: {} };
    return FAULTS.flatMap((fault) => {
      const [act, end] = acts[fault] ?? [];
      if (act === undefined || end === undefined) return [];
      const plain: Cell = { phase, fault, scheme: 'http', script: sequence(reach, act), end };
      const isDifferent = phase !== 'connect' && DIFFERENT_UNDER_TLS.includes(fault);
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
  { ...handshake, fault: 'refuse', script: write(ALERT), end: { ...UNSENT, says: /no TLS connection/ } },
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
