import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream';

const SLOW_MS = 5_000;

const JSON_TYPE = { 'Content-Type': 'application/json' };

export type Breakage = 'slow' | 'hang' | 'reset' | 'cut' | 'malformed';

/** Gets the JSON that would have been sent, and ends when the sandbox has nothing more to do for the request. */
type Break = (outgoing: ServerResponse, json: string) => Promise<void>;

/** Ways of failing that no well-formed answer can show. */
export const BREAKAGES: Readonly<Record<Breakage, Break>> = {
  slow: (outgoing, json) => {
    const timer = setTimeout(() => {
      outgoing.writeHead(200, JSON_TYPE).end(json);
    }, SLOW_MS);
    return untilGone(outgoing).finally(() => {
      clearTimeout(timer);
    });
  },
  hang: (outgoing) => untilGone(outgoing),
  reset: (outgoing) => {
    outgoing.socket?.resetAndDestroy();
    return Promise.resolve();
  },
  cut: (outgoing, json) => {
    outgoing.writeHead(200, { ...JSON_TYPE, 'Content-Length': Buffer.byteLength(json) });
    // Destroying before the half is flushed would lose the headers too, which is another failure.
    outgoing.write(json.slice(0, json.length / 2), () => outgoing.destroy());
    return untilGone(outgoing);
  },
  malformed: (outgoing, json) => {
    outgoing.writeHead(200, JSON_TYPE).end(json.replaceAll('"', "'"));
    return Promise.resolve();
  },
};

/** The HTTP status that the client gets to see, `null` when it sees none. */
export const BREAKAGE_STATUS: Readonly<Record<Breakage, number | null>> = {
  slow: 200,
  hang: null,
  reset: null,
  cut: 200,
  malformed: 200,
};

function untilGone(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    finished(outgoing, () => {
      resolve();
    });
  });
}
