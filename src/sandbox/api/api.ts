import { randomBytes } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { BREAKAGES, BREAKAGE_STATUS } from './breakages.js';
import { refuseCredentials, type AccountRules } from './credentials.js';
import { GATEWAY_ANSWERS, isGatewayScenario } from './gateway-answers.js';
import { checkSession, type JsonObject } from '../routes/initiate-session.js';
import type { Link, Links, Session } from '../sessions.js';
import { REPLIES, isResponseKey, type ResponseKey } from '../replies.js';
import { parseJson, readBody } from '../request-body.js';
import type { RequestLog } from '../request-log.js';
import type { Scenario } from './scenarios.js';

const INITIATE_SESSION = '/v2/kyc/digilocker/initiate_session';
const SUCCESS = 'success_initiate_session';
const MAX_BODY_BYTES = 64 * 1024;

export interface ApiParts {
  readonly url: string;
  readonly rules: AccountRules;
  readonly chooseScenario: (referenceId: string | null) => Scenario | null;
  readonly links: Links;
  readonly log: RequestLog;
  /** Told of a session once its answer has been sent. */
  readonly onSession: (link: Link) => void;
}

interface ApiEnv {
  Bindings: HttpBindings;
  Variables: { transactionId: string; json: unknown };
}

type ApiContext = Context<ApiEnv>;

/** The imitation of Decentro's API: every path under `/v2`. It keeps which reference IDs are burnt. */
export function createApi({ url, rules, chooseScenario, links, log, onSession }: ApiParts): Hono<ApiEnv> {
  const burnt = new Set<string>();
  const api = new Hono<ApiEnv>();

  api.use('/v2/*', async (c: ApiContext, next) => {
    const arrival = await readBody(c.req.raw.body, MAX_BODY_BYTES);
    // The client left in the middle: there was no request, and nobody reads an answer.
    if (arrival === 'cut-short') return RESPONSE_ALREADY_SENT;
    if (arrival === 'too-large') {
      record(c, 413, arrival);
      return c.text('The request body is too large.', 413);
    }
    c.set('json', parseJson(arrival.bytes));
    c.set('transactionId', randomBytes(16).toString('hex').toUpperCase());
    const referenceId = referenceIdOf(c);
    const scenario = chooseScenario(referenceId);
    if (scenario === null) return next();
    if (referenceId !== null) burn(referenceId);
    return play(c, scenario);
  });

  api.post(INITIATE_SESSION, (c) => {
    const refusedWith = refuseCredentials((name) => c.req.header(name), rules);
    return answer(c, refusedWith ?? checkSession(asObject(c.get('json')), burn));
  });

  api.all(INITIATE_SESSION, (c) => {
    c.header('Allow', 'POST');
    return answer(c, 'error_invalid_endpoint', 405);
  });

  api.all('/v2/*', (c) => answer(c, 'error_invalid_endpoint'));

  return api;

  function burn(referenceId: string): boolean {
    const isFresh = !burnt.has(referenceId);
    burnt.add(referenceId);
    return isFresh;
  }

  function answer(c: ApiContext, key: ResponseKey, status: 405 | ReplyStatus = REPLIES[key].httpStatus) {
    record(c, status, key);
    c.header('X-DECENTRO-URN', c.get('transactionId'));
    if (key !== SUCCESS) return c.json(refusal(c, key), status);
    const link = links.create(sessionOf(c));
    c.env.outgoing.once('finish', () => {
      onSession(link);
    });
    return c.json(success(c, link), status);
  }

  async function play(c: ApiContext, scenario: Scenario) {
    if (isResponseKey(scenario)) return answer(c, scenario);

    if (isGatewayScenario(scenario)) {
      const { httpStatus, headers, body, isFromFront } = GATEWAY_ANSWERS[scenario];
      record(c, httpStatus, scenario);
      if (!isFromFront) c.header('X-DECENTRO-URN', c.get('transactionId'));
      return c.body(body, httpStatus, headers);
    }

    record(c, BREAKAGE_STATUS[scenario], scenario);
    c.env.outgoing.setHeader('X-DECENTRO-URN', c.get('transactionId'));
    await BREAKAGES[scenario](c.env.outgoing, JSON.stringify(success(c, links.create(sessionOf(c)))));
    return RESPONSE_ALREADY_SENT;
  }

  function success(c: ApiContext, { token }: Link) {
    const { responseCode, message } = REPLIES[SUCCESS];
    const data = { authorizationUrl: `${url}/digilocker/${token}` };
    const decentroTxnId = c.get('transactionId');
    return { decentroTxnId, status: 'SUCCESS', responseCode, message, data, responseKey: SUCCESS };
  }

  function record(c: ApiContext, status: number | null, outcome: string): void {
    const { method, path } = c.req;
    log.record({ method, path, body: c.get('json') ?? null, referenceId: referenceIdOf(c), status, outcome });
  }
}

type ReplyStatus = (typeof REPLIES)[ResponseKey]['httpStatus'];

function refusal(c: ApiContext, responseKey: ResponseKey) {
  const { responseCode, message } = REPLIES[responseKey];
  return { decentroTxnId: c.get('transactionId'), status: 'FAILURE', responseCode, message, responseKey };
}

function asObject(json: unknown): JsonObject | null {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as JsonObject) : null;
}

function referenceIdOf(c: ApiContext): string | null {
  const value = asObject(c.get('json'))?.['reference_id'];
  return typeof value === 'string' && value !== '' ? value : null;
}

// A scenario can create a session out of a body that would have been refused.
function sessionOf(c: ApiContext): Session {
  const body = asObject(c.get('json'));
  const purpose = body?.['consent_purpose'];
  const redirectUrl = body?.['redirect_url'];
  return {
    transactionId: c.get('transactionId'),
    purpose: typeof purpose === 'string' ? purpose : '',
    redirectUrl: typeof redirectUrl === 'string' ? redirectUrl : '',
    startsWithSignUp: body?.['redirect_to_signup'] === true,
  };
}
