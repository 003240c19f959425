import type { CallEvent } from '../../api/call.js';
import type { Host } from '../../host/host.js';
import type { OutputChoice } from '../../output/format.js';
import { renderNote, writeNote } from '../../output/note.js';

/** What is said on standard error while a command works. */
export interface Chatter {
  /** Says it, unless `--quiet` was given. */
  readonly note: (text: string) => Promise<void>;
  /** Reports what happens in a call. The reference ID is reported in any case, before the request leaves. */
  readonly observe: (event: CallEvent) => Promise<void>;
}

const MAX_SHOWN_BODY_LENGTH = 4096;

/** Creates the chatter of one command. */
export function createChatter(stderr: Host['stderr'], { isQuiet, isVerbose }: OutputChoice): Chatter {
  let shownId: string | null | undefined;
  const say = (text: string) => writeNote(stderr, text);
  // As curl does: a header that is broken could not be copied.
  const show = (text: string) => stderr.write(renderNote(text));
  const note = async (text: string) => {
    if (!isQuiet) await say(text);
  };
  return {
    note,
    observe: async (event) => {
      switch (event.type) {
        case 'attempt':
          if (event.referenceId !== null && event.referenceId !== shownId)
            await say(`Reference ID: ${event.referenceId}`);
          shownId = event.referenceId;
          break;
        case 'retry':
          await note(`Trying again in ${(event.delayMs / 1000).toFixed(1)} s. ${event.reason}`);
          break;
        case 'request': {
          if (!isVerbose) break;
          const { method, url, headers, body } = event.request;
          if (event.proxy !== undefined) await show(`* through the proxy ${event.proxy}`);
          await show(`> ${method} ${url.href}`);
          for (const [name, value] of Object.entries(headers)) await show(`> ${name}: ${value}`);
          if (body !== undefined) await show(`> ${body}`);
          break;
        }
        case 'response': {
          if (!isVerbose) break;
          const { status, headers, body } = event.answer;
          await show(`< HTTP ${status}`);
          for (const [name, value] of Object.entries(headers)) await show(`< ${name}: ${String(value)}`);
          await show(`< ${body.toString('utf8').slice(0, MAX_SHOWN_BODY_LENGTH)}`);
          break;
        }
      }
    },
  };
}
