import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
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

type ApiContext = Context<{ Bindings: HttpBindings }>;

/** One request on its way through the checks. */
interface Exchange {
  readonly c: ApiContext;
  readonly route: Route | null;
  /** The parsed JSON, `undefined` when the body was none. */
  readonly json: unknown;
  readonly transactionId: string;
  readonly referenceId: string | null;
  readonly scenario: Scenario | null;
  readonly call: Call;
  readonly isStarted: () => boolean;
}

/** The imitation of Decentro's API: every path under `/v2`. It keeps which reference IDs are burnt. */
export function createApi(parts: ApiParts): Hono<{ Bindings: HttpBindings }> {
  const { rules, chooseScenario, sessions, log, onSession } = parts;
  const burn = createBurntIds();
  const api = new Hono<{ Bindings: HttpBindings }>();

  for (const route of ROUTES) {
    api.on(route.method, route.path, (c) => handle(c, route));
    api.all(route.path, (c) => {
      c.header('Allow', route.method);
      return handle(c, null, 405);
    });
  }
  api.all('/v2/*', (c) => handle(c, null));

  return api;

  async function handle(c: ApiContext, route: Route | null, status?: 405): Promise<Response> {
    const arrival = await readBody(c.req.raw.body, MAX_BODY_BYTES);
    // The client left in the middle: there is no request to answer.
    if (arrival === 'cut-short') return RESPONSE_ALREADY_SENT;
    if (arrival === 'too-large') {
      record({ c, json: undefined, referenceId: null }, 413, arrival);
      return c.text('The request body is too large.', 413);
    }
    const exchange = begin(c, route, parseJson(arrival.bytes));
    const { referenceId, scenario } = exchange;
    if (scenario !== null && !isRedirectScenario(scenario)) {
      if (referenceId !== null) burn(referenceId);
      return play(exchange, scenario);
    }
    if (route === null) return refuse(exchange, { key: 'error_invalid_endpoint' }, status);
    const refusal = check(exchange, route);
    return refusal === null ? succeed(exchange, route.success) : refuse(exchange, refusal);
  }

  function begin(c: ApiContext, route: Route | null, json: unknown): Exchange {
    const body = asObject(json) ?? {};
    const transactionId = sessions.createTransactionId();
    const clientId = c.req.header('client_id') ?? '';
    const given = body['reference_id'];
    const referenceId = typeof given === 'string' && given !== '' ? given : null;
    const scenario = chooseScenario(referenceId, route?.plays ?? []);
    let isStarted = false;
    const call: Call = {
      body,
      clientId,
      session: findSession(c.req.param('id') ?? body['initial_decentro_transaction_id'], clientId),
      nowMs: parts.now(),
      scenario: scenario !== null && isRouteScenario(scenario) ? scenario : null,
      start(terms) {
        isStarted = true;
        return `${parts.url}/digilocker/${sessions.create(transactionId, terms)}`;
      },
    };
    return { c, route, json, transactionId, referenceId, scenario, call, isStarted: () => isStarted };
  }

  function findSession(transactionId: unknown, clientId: string): Session | undefined {
    const session = typeof transactionId === 'string' ? sessions.find(transactionId) : undefined;
    return session?.clientId === clientId ? session : undefined;
  }

  function check({ c, json, call }: Exchange, route: Route): Refusal | null {
    const key = credentialsFault((name) => c.req.header(name), rules);
    if (key !== null) return { key };
    if (route.method === 'POST') {
      const body = asObject(json);
      if (body === null) return { key: 'error_malformed_request' };
      const refusal = checkCommonFields(body, isSso(route), burn);
      if (refusal !== null) return refusal;
    }
    return route.check(call);
  }

  function refuse(exchange: Exchange, { key, message }: Refusal, status?: 405): Response {
    const { c, transactionId } = exchange;
    const reply = REPLIES[key];
    const httpStatus = status ?? reply.httpStatus;
    record(exchange, httpStatus, key);
    c.header('X-DECENTRO-URN', transactionId);
    return c.json(
      {
        decentroTxnId: transactionId,
        status: 'FAILURE',
        responseCode: reply.responseCode,
        message: message ?? reply.message,
        responseKey: key,
      },
      httpStatus,
    );
  }

  async function succeed(exchange: Exchange, key: ResponseKey): Promise<Response> {
    const { c, transactionId, isStarted } = exchange;
    const { httpStatus } = REPLIES[key];
    record(exchange, httpStatus, key);
    c.header('X-DECENTRO-URN', transactionId);
    const envelope = await success(exchange, key);
    if (isStarted())
      c.env.outgoing.once('finish', () => {
        onSession(transactionId);
      });
    return c.json(envelope, httpStatus);
  }

  async function success({ route, transactionId, call }: Exchange, key: ResponseKey): Promise<object> {
    const { responseCode, message } = REPLIES[key];
    const data = await route?.answer(call);
    return { decentroTxnId: transactionId, status: 'SUCCESS', responseCode, message, data, responseKey: key };
  }

  async function play(exchange: Exchange, scenario: Exclude<Scenario, RedirectScenario>): Promise<Response> {
    const { c, route, transactionId } = exchange;
    if (isResponseKey(scenario)) {
      return isSuccess(scenario) ? succeed(exchange, scenario) : refuse(exchange, { key: scenario });
    }
    if (isRouteScenario(scenario)) {
      const message = EAADHAAR_REFUSALS[scenario];
      if (message !== undefined) return refuse(exchange, { key: 'error_provider_error', message });
      return succeed(exchange, route?.success ?? 'success_initiate_session');
    }
    if (isGatewayScenario(scenario)) {
      const { httpStatus, headers, body, isFromFront } = GATEWAY_ANSWERS[scenario];
      record(exchange, httpStatus, scenario);
      if (!isFromFront) c.header('X-DECENTRO-URN', transactionId);
      return c.body(body, httpStatus, headers);
    }
    record(exchange, BREAKAGE_STATUS[scenario], scenario);
    c.env.outgoing.setHeader('X-DECENTRO-URN', transactionId);
    const json = JSON.stringify(await success(exchange, route?.success ?? 'success_initiate_session'));
    await BREAKAGES[scenario](c.env.outgoing, json);
    return RESPONSE_ALREADY_SENT;
  }

  function record(
    { c, json, referenceId }: Pick<Exchange, 'c' | 'json' | 'referenceId'>,
    status: number | null,
    outcome: string,
  ): void {
    const { method, path } = c.req;
    log.record({ method, path, body: json ?? null, referenceId, status, outcome });
  }
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
