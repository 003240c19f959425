import { createSandbox } from '../../src/sandbox/server.js';
import type { Answer } from './answer.js';
import { cleanUp } from './cleanup.js';
import { createRecorder, type RecordedRequest, type Recorder } from './recorder.js';

/** Changes one answer: told the request, what it would be answered, and its number. */
export type Twist = (
  request: RecordedRequest,
  answer: Answer,
  index: number,
) => Answer | undefined | Promise<Answer | undefined>;

/** A recorder that answers as the sandbox does, but for what `twist` returns. */
export async function createTwistedSandbox(twist: Twist = () => undefined): Promise<Recorder> {
  const sandbox = await createSandbox();
  cleanUp(() => sandbox.close());
  const recorder = await createRecorder(async (request, index) => {
    const answer = await ask(sandbox.url, request, recorder.url);
    return (await twist(request, answer, index)) ?? answer;
  });
  return recorder;
}

/** Hands a request on to the sandbox; the links of its answer are at `url`. */
async function ask(sandboxUrl: string, request: RecordedRequest, url: string): Promise<Answer> {
  const skipped = ['host', 'connection', 'content-length', 'accept-encoding'];
  const headers = request.headers.filter(([name]) => !skipped.includes(name.toLowerCase()));
  const response = await fetch(sandboxUrl + request.path, {
    method: request.method,
    headers: Object.fromEntries(headers),
    body: request.body,
  });
  const text = (await response.text()).replaceAll(sandboxUrl, url);
  const urn = response.headers.get('x-decentro-urn');
  return {
    status: response.status,
    ...(urn !== null && { headers: { 'X-DECENTRO-URN': urn } }),
    body: JSON.parse(text) as object,
  };
}
