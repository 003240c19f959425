import { BREAKAGES, type Breakage } from './breakages.js';
import { GATEWAY_ANSWERS, type GatewayScenario } from './gateway-answers.js';
import { REPLIES, type ResponseKey } from '../replies.js';

/** What only some routes can play. The others answer as if it had not been asked for. */
const REDIRECT_SCENARIOS = ['redirect-failure', 'redirect-other-session', 'redirect-without-id'] as const;
const DOCUMENT_SCENARIOS = ['data-not-found', 'not-linked', 'bad-base64', 'wrong-type', 'huge-file'] as const;
const ROUTE_SCENARIOS = [...REDIRECT_SCENARIOS, ...DOCUMENT_SCENARIOS] as const;

export type RedirectScenario = (typeof REDIRECT_SCENARIOS)[number];
export type RouteScenario = (typeof ROUTE_SCENARIOS)[number];
export type Scenario = ResponseKey | GatewayScenario | Breakage | RouteScenario;

/** A scenario for all requests, or for the first n of them. */
export type ScenarioChoice = Scenario | `${Scenario}*${number}`;

const NAMES = [
  ...Object.keys(REPLIES),
  ...Object.keys(GATEWAY_ANSWERS),
  ...Object.keys(BREAKAGES),
  ...ROUTE_SCENARIOS,
] as Scenario[];

/** The names of all scenarios: every response key, the answers and failures without one, and what some routes play. */
export const SCENARIOS: readonly Scenario[] = NAMES;

// One name may begin with another, and a reference ID means the longer of the two.
const LONGEST_FIRST = NAMES.toSorted((a, b) => b.length - a.length);

export type ScenarioChooser = (
  referenceId: string | null,
  plays: readonly RouteScenario[],
) => Scenario | null;

/** A scenario that does not exist, or a count that is none; `scenario` is the name as given, without the count. */
export class UnknownScenario extends Error {
  override readonly name = 'UnknownScenario';

  constructor(
    message: string,
    readonly scenario: string,
  ) {
    super(message);
  }
}

/**
 * Decides which scenario a request plays, if any, of those that every route can play and those that its own
 * route `plays`. `wanted` is `NAME` for all requests or `NAME*n` for the
 * first n; a request that it leaves alone can still choose one with a reference ID that begins with
 * `sbx-NAME-`.
 *
 * @throws UnknownScenario for a name that does not exist or an n that is not a whole number from 1
 */
export function createScenarioChoice(wanted?: string): ScenarioChooser {
  const always = wanted === undefined ? null : parseScenario(wanted);
  let timesLeft = always?.times ?? 0;

  return (referenceId, plays) => {
    if (always !== null && timesLeft > 0 && canPlay(always.name, plays)) {
      timesLeft -= 1;
      return always.name;
    }
    const named = LONGEST_FIRST.find((name) => referenceId?.startsWith(`sbx-${name}-`));
    return named !== undefined && canPlay(named, plays) ? named : null;
  };
}

function canPlay(name: Scenario, plays: readonly RouteScenario[]): boolean {
  return !isRouteScenario(name) || plays.includes(name);
}

/** The redirect goes wrong later; the request that asks for it is checked as every other. */
export function isRedirectScenario(name: Scenario): name is RedirectScenario {
  return (REDIRECT_SCENARIOS as readonly string[]).includes(name);
}

export function isRouteScenario(name: Scenario): name is RouteScenario {
  return (ROUTE_SCENARIOS as readonly string[]).includes(name);
}

function parseScenario(wanted: string): { name: Scenario; times: number } {
  const [given = '', ...rest] = wanted.split('*');
  const name = NAMES.find((known) => known === given);
  if (name === undefined) {
    throw new UnknownScenario(`There is no scenario ${JSON.stringify(given)}.`, given);
  }
  if (rest.length === 0) return { name, times: Infinity };
  const count = rest.join('*');
  if (!/^[1-9]\d{0,8}$/.test(count)) {
    const message = `Scenario ${name}: ${JSON.stringify(count)} after the asterisk must be a whole number from 1.`;
    throw new UnknownScenario(message, given);
  }
  return { name, times: Number(count) };
}
