import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream';

const JSON_TYPE = { 'Content-Type': 'application/json' };

/**
 * Ways of failing that no well-formed answer can show. Each gets the JSON that would have been sent and
 * ends when the sandbox has nothing more to do for the request.
 */
export const BREAKAGES = {
  slow: (outgoing: ServerResponse) => untilGone(outgoing),
  reset: (outgoing: ServerResponse) => {
    outgoing.socket?.resetAndDestroy();
    return Promise.resolve();
  },
  cut: (outgoing: ServerResponse, json: string) => {
    outgoing.writeHead(200, { ...JSON_TYPE, 'Content-Length': Buffer.byteLength(json) });
    // Destroying before the half is flushed would lose the headers too, which is another failure.
    outgoing.write(json.slice(0, json.length / 2), () => outgoing.destroy());
    return untilGone(outgoing);
  },
  malformed: (outgoing: ServerResponse, json: string) => {
    outgoing.writeHead(200, JSON_TYPE).end(json.replaceAll('"', "'"));
    return Promise.resolve();
  },
} as const;

export type Breakage = keyof typeof BREAKAGES;

/** The HTTP status that the client gets to see, `null` when it sees none. */
export const BREAKAGE_STATUS: Readonly<Record<Breakage, number | null>> = {
  slow: null,
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
