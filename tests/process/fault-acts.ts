import type { End, Fault, Phase } from './fault-cells.js';
import {
  answer,
  BODY,
  BODY_START,
  BROKEN,
  chunk,
  CHUNKED,
  close,
  CREATED,
  cut,
  drip,
  GONE,
  hang,
  HEAD,
  LATE,
  LONG,
  LOST,
  redirect,
  REDIRECTED,
  refusal,
  reset,
  sequence,
  SSH,
  START,
  write,
  type Script,
} from './fault-scripts.js';

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

/** In each phase of HTTP: how a connection gets there, and what can happen then. */
export const ACTS: Partial<Record<Phase, { readonly reach: Script; readonly acts: Acts }>> = {
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
        { code: 6, sent: 'yes', says: /Unexpected response/ },
      ],
    },
  },
};
