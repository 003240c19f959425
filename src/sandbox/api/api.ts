// Without the framework of the pages, which loads the classes of fetch: most sandboxes never show a page.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { REPLIES, isResponseKey, type ResponseKey } from '../replies.js';
import { parseJson, readBody } from '../request-body.js';
import type { RequestLog } from '../request-log.js';
import { accessToken } from '../routes/access-token.js';
import { checkCommonFields } from '../routes/common-fields.js';
import { EAADHAAR_REFUSALS, eaadhaar } from '../routes/eaadhaar.js';
import { file } from '../routes/file.js';
import { initiateSession } from '../routes/initiate-session.js';
import { issuedFiles } from '../routes/issued-files.js';
import { pullFile } from '../routes/pull-file.js';
import { revoke } from '../routes/revoke.js';
import type { Call, JsonObject, Refusal, Route } from '../routes/route.js';
import type { Session, Sessions } from '../sessions.js';
import { createBurntIds } from './burnt-ids.js';
import { BREAKAGES, BREAKAGE_STATUS } from './breakages.js';
import { credentialsFault, type AccountRules } from './credentials.js';
import { GATEWAY_ANSWERS, isGatewayScenario } from './gateway-answers.js';
import {
  isRedirectScenario,
  isRouteScenario,
  type RedirectScenario,
  type Scenario,
  type ScenarioChooser,
} from './scenarios.js';

const ROUTES: readonly Route[] = [
  ...initiateSession,
  ...accessToken,
  ...issuedFiles,
  ...file,
  ...eaadhaar,
  ...pullFile,
  ...revoke,
];

const MAX_BODY_BYTES = 64 * 1024;

export interface ApiParts {
  readonly url: string;
  readonly rules: AccountRules;
  readonly chooseScenario: ScenarioChooser;
  readonly sessions: Sessions;
  readonly log: RequestLog;
  readonly now: () => number;
  /** Called with the transaction ID of a session once its answer has been sent. */
  readonly onSession: (transactionId: string) => void;
}

/** One request as it came. */
interface Request {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly path: string;
}

/** One request on its way through the checks. */
interface Exchange extends Request {
  readonly route: Route | null;
  /** The parsed JSON, `undefined` when the body was none. */
  readonly json: unknown;
  readonly transactionId: string;
  readonly referenceId: string | null;
  readonly scenario: Scenario | null;
  readonly call: Call;
  readonly isStarted: () => boolean;
}

/**
 * The imitation of Decentro's API: every path under `/v2`. It keeps which reference IDs are burnt.
 *
 * @returns what answers a request; `undefined` for one that is not the API's
 */
export function createApi(
  parts: ApiParts,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> | undefined {
  const { rules, chooseScenario, sessions, log, onSession } = parts;
  const burn = createBurntIds();
  const table = ROUTES.map((route) => ({ route, pattern: patternOf(route) }));

  return (incoming, outgoing) => {
    const path = decoded(new URL(`${parts.url}${incoming.url ?? ''}`).pathname, decodeURI);
    const request = { incoming, outgoing, path };
    for (const { route, pattern } of table) {
      const match = pattern.exec(path);
      if (match === null) continue;
      const id = match[1] && decoded(match[1], decodeURIComponent);
      if (incoming.method === route.method) return handle(request, route, id);
      outgoing.setHeader('Allow', route.method);
      return handle(request, null, id, 405);
    }
    return path.startsWith('/v2/') || path === '/v2' ? handle(request, null) : undefined;
  };

  async function handle(request: Request, route: Route | null, id?: string, status?: 405): Promise<void> {
    const { incoming } = request;
    // Destroyed, it would take the answer along.
    const arrival = await readBody(incoming.iterator({ destroyOnReturn: false }), MAX_BODY_BYTES);
    // The client left in the middle: there is no request to answer.
    if (arrival === 'cut-short') return;
    if (arrival === 'too-large') {
      record({ ...request, json: undefined, referenceId: null }, 413, arrival);
      const headers = { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' };
      send(request, 413, headers, 'The request body is too large.');
      incoming.resume();
      return;
    }
    const exchange = begin(request, route, id, parseJson(arrival.bytes));
    const { referenceId, scenario } = exchange;
    if (scenario !== null && !isRedirectScenario(scenario)) {
      if (referenceId !== null) burn(referenceId);
      return play(exchange, scenario);
    }
    const refusal = route === null ? { key: 'error_invalid_endpoint' as const } : check(exchange, route);
    if (refusal !== null) refuse(exchange, refusal, status);
    else if (route !== null) await succeed(exchange, route.success);
  }

  function begin(request: Request, route: Route | null, id: string | undefined, json: unknown): Exchange {
    const body = asObject(json) ?? {};
    const transactionId = sessions.createTransactionId();
    const clientId = headerOf(request, 'client_id') ?? '';
    const given = body['reference_id'];
    const referenceId = typeof given === 'string' && given !== '' ? given : null;
    const scenario = chooseScenario(referenceId, route?.plays ?? []);
    let isStarted = false;
    const call: Call = {
      body,
      clientId,
      session: findSession(id ?? body['initial_decentro_transaction_id'], clientId),
      nowMs: parts.now(),
      scenario: scenario !== null && isRouteScenario(scenario) ? scenario : null,
      start(terms) {
        isStarted = true;
        return `${parts.url}/digilocker/${sessions.create(transactionId, terms)}`;
      },
    };
    return {
      ...request,
      route,
      json,
      transactionId,
      referenceId,
      scenario,
      call,
      isStarted: () => isStarted,
    };
  }

  function findSession(transactionId: unknown, clientId: string): Session | undefined {
    const session = typeof transactionId === 'string' ? sessions.find(transactionId) : undefined;
    return session?.clientId === clientId ? session : undefined;
  }

  function check(exchange: Exchange, route: Route): Refusal | null {
    const { json, call } = exchange;
    const key = credentialsFault((name) => headerOf(exchange, name), rules);
    if (key !== null) return { key };
    if (route.method === 'POST') {
      const body = asObject(json);
      if (body === null) return { key: 'error_malformed_request' };
      const refusal = checkCommonFields(body, isSso(route), burn);
      if (refusal !== null) return refusal;
    }
    return route.check(call);
  }

  function refuse(exchange: Exchange, { key, message }: Refusal, status?: 405): void {
    const { outgoing, transactionId } = exchange;
    const reply = REPLIES[key];
    const httpStatus = status ?? reply.httpStatus;
    record(exchange, httpStatus, key);
    outgoing.setHeader('X-DECENTRO-URN', transactionId);
    sendJson(exchange, httpStatus, {
      decentroTxnId: transactionId,
      status: 'FAILURE',
      responseCode: reply.responseCode,
      message: message ?? reply.message,
      responseKey: key,
    });
  }

  async function succeed(exchange: Exchange, key: ResponseKey): Promise<void> {
    const { outgoing, transactionId, isStarted } = exchange;
    const { httpStatus } = REPLIES[key];
    record(exchange, httpStatus, key);
    outgoing.setHeader('X-DECENTRO-URN', transactionId);
    const envelope = await success(exchange, key);
    if (isStarted())
      outgoing.once('finish', () => {
        onSession(transactionId);
      });
    sendJson(exchange, httpStatus, envelope);
  }

  async function success({ route, transactionId, call }: Exchange, key: ResponseKey): Promise<object> {
    const { responseCode, message } = REPLIES[key];
    const data = await route?.answer(call);
    return { decentroTxnId: transactionId, status: 'SUCCESS', responseCode, message, data, responseKey: key };
  }

  async function play(exchange: Exchange, scenario: Exclude<Scenario, RedirectScenario>): Promise<void> {
    const { outgoing, route, transactionId } = exchange;
    if (isResponseKey(scenario) && !isSuccess(scenario)) {
      refuse(exchange, { key: scenario });
      return;
    }
    if (isResponseKey(scenario)) return succeed(exchange, scenario);
    if (isRouteScenario(scenario)) {
      const message = EAADHAAR_REFUSALS[scenario];
      if (message === undefined) return succeed(exchange, route?.success ?? 'success_initiate_session');
      refuse(exchange, { key: 'error_provider_error', message });
      return;
    }
    if (isGatewayScenario(scenario)) {
      const { httpStatus, headers, body, isFromFront } = GATEWAY_ANSWERS[scenario];
      record(exchange, httpStatus, scenario);
      if (!isFromFront) outgoing.setHeader('X-DECENTRO-URN', transactionId);
      send(exchange, httpStatus, headers, body);
      return;
    }
    record(exchange, BREAKAGE_STATUS[scenario], scenario);
    outgoing.setHeader('X-DECENTRO-URN', transactionId);
    const json = JSON.stringify(await success(exchange, route?.success ?? 'success_initiate_session'));
    await BREAKAGES[scenario](outgoing, json);
  }

  function record(
    { incoming, path, json, referenceId }: Request & Pick<Exchange, 'json' | 'referenceId'>,
    status: number | null,
    outcome: string,
  ): void {
    log.record({ method: String(incoming.method), path, body: json ?? null, referenceId, status, outcome });
  }
}

/** What a path matches; its first group is the transaction ID, where the route has it in its path. */
function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(':id', '([^/]+)')}$`);
}

function decoded(text: string, decode: (text: string) => string): string {
  try {
    return decode(text);
  } catch {
    return text;
  }
}

function headerOf({ incoming }: Request, name: string): string | undefined {
  const value = incoming.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function sendJson(request: Request, status: number, document: object): void {
  send(request, status, { 'Content-Type': 'application/json' }, JSON.stringify(document));
}

function send({ outgoing }: Request, status: number, headers: OutgoingHttpHeaders, body: string): void {
  outgoing.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body);
}

function isSso({ path }: Route): boolean {
  return path.startsWith('/v2/kyc/sso/');
}

function isSuccess(key: ResponseKey): boolean {
  return REPLIES[key].httpStatus === 200;
}

function asObject(json: unknown): JsonObject | null {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as JsonObject) : null;
}
