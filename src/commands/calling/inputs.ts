// Gathers the credentials and parameters of a call: from the settings, and by asking for what is missing.
import { faultSentence, type ParameterFault } from '../../api/checks.js';
import { combine, Failure } from '../../failure/failure.js';
import { credentialFault, type Credentials } from '../../safety/redact.js';
import { visible } from '../../safety/visible.js';
import { CREDENTIAL_VARIABLES, type CredentialName } from '../../settings/credential-source.js';
import { placeOf, unusedVariable } from '../../settings/parameter-settings.js';
import { parameterOf, type ParameterName } from '../../settings/parameters.js';
import type { Profile } from '../../settings/profile.js';
import { wrongValue, type Origin } from '../../settings/setting.js';
import { mayAsk, type Caller } from './caller.js';
import { confirmProduction } from './target.js';

export interface Inputs<Params> {
  readonly credentials: Credentials;
  readonly params: Params;
}

/** What a command needs to make its call. */
export interface Need<Params> {
  readonly endpoint: {
    readonly faultsOf: (params: Params, referenceId: string) => readonly ParameterFault[];
  };
  /** Besides the consent, in the order of the questions. */
  readonly parameters: readonly ParameterName[];
  /** What goes over the settings, such as the address at which the command itself catches the redirect. */
  readonly given: Readonly<Record<string, unknown>>;
  /** The one that will be sent, as far as it is known. */
  readonly referenceId: string;
  readonly needsConsent?: boolean;
  /** Whether the request will be sent, or shown instead. */
  readonly isSent: boolean;
  /** Checks and asks what can only follow when all is known, before a program is run for a credential. */
  readonly confirm?: ((params: Params) => Promise<void>) | undefined;
  /** Whether it is sent as it is, without a check or a question: for tests of what Decentro refuses. */
  readonly isUnchecked?: boolean;
}

/** The parameters of a session that settings may hold, in the order of their questions. */
export const SESSION_PARAMETERS = [
  'consentPurpose',
  'redirectUrl',
  'redirectToSignup',
  'abstractAccessToken',
] as const satisfies readonly ParameterName[];

/** What settings and command line give, unchecked. */
export function resolveInputs<Params>(
  profile: Profile,
  { parameters, given }: Pick<Need<Params>, 'parameters' | 'given'>,
): Inputs<Params> {
  const { clientId, clientSecret, moduleSecret } = profile.credentials;
  const known = parameters.map((name) => [name, given[name] ?? profile[name]?.value]);
  return {
    credentials: {
      clientId: clientId?.value,
      clientSecret: clientSecret?.value,
      moduleSecret: moduleSecret?.value,
      isIdMasked: clientId?.origin.isReference === true,
    },
    params: { ...given, ...Object.fromEntries(known) } as Params,
  };
}

/**
 * Gathers all that a call needs. What Decentro would refuse, and, where no question can be asked, what is missing, is
 * named at once: `usage` for what was typed, `config` for what was stored. Production is confirmed before a question.
 */
export async function gatherInputs<Params>(caller: Caller, need: Need<Params>): Promise<Inputs<Params>> {
  const taken = resolveInputs<Params>(caller.profile, need);
  const isAsked = mayAsk(caller) && need.isUnchecked !== true;
  const wrong = findWrong(caller, need, taken.params);
  const problems = isAsked ? wrong : [...wrong, ...findMissing(caller, need, taken)];
  if (problems.length > 0 && need.isUnchecked !== true) throw combine(problems);
  if (need.isSent && !(await confirmProduction(caller)))
    throw new Failure('usage', 'Nothing was sent to production.');
  const { credentials, params } = isAsked ? await askForMissing(caller, need, taken) : taken;
  await need.confirm?.(params);
  if (!need.isSent || Object.keys(caller.profile.commands).length === 0) return { credentials, params };
  const { runCredentialCommands } = await import('./printed-credentials.js');
  return { credentials: await runCredentialCommands(caller, credentials), params };
}

function findWrong<Params>(
  { profile }: Caller,
  { endpoint, referenceId }: Need<Params>,
  params: Params,
): Failure[] {
  const originOf = (parameter: string): Origin => {
    if (parameter === 'referenceId') return { kind: 'flag', label: '--reference-id' };
    if (parameter === 'consent') return { kind: 'flag', label: 'The consent' };
    if (parameter === 'documentsForConsent') return { kind: 'flag', label: '--document' };
    return profile[parameter as ParameterName]?.origin ?? { kind: 'flag', label: parameter };
  };
  return endpoint
    .faultsOf(params, referenceId)
    .map((fault) => wrongValue(originOf(fault.parameter), faultSentence(fault)));
}

/** Everything that is missing and where to put it, as one failure: `config` if a setting is among it, else `usage`. */
function findMissing<Params>(
  { host, profile }: Caller,
  { parameters, isSent, needsConsent = true }: Need<Params>,
  { credentials, params }: Inputs<Params>,
): Failure[] {
  const environment = profile.environment.value;
  const values = params as Readonly<Record<string, unknown>>;
  const absent = parameters.filter(
    (name) => values[name] === undefined && parameterOf(name).question !== undefined,
  );
  const credentialLines = REQUIRED_CREDENTIALS.filter(
    ([name]) => isSent && credentials[name] === undefined && profile.commands[name] === undefined,
  ).map(
    ([name, title]) =>
      `${title}: ${CREDENTIAL_VARIABLES[name]}, or environments.${environment}.${name} in .decentrorc`,
  );
  const missing = [
    ...credentialLines,
    ...absent.map((name) => `${parameterOf(name).title}: ${placesOf(name)}`),
    ...(needsConsent && values['consent'] === undefined
      ? ['the consent: --consent, which says that the end user agreed']
      : []),
  ];
  if (missing.length === 0) return [];
  const kind = credentialLines.length > 0 || absent.some(isStored) ? 'config' : 'usage';
  const unused = absent.flatMap((name) => unusedVariable(host.env, environment, name) ?? []);
  const hints = [...profile.notes, ...unused, ...(credentialLines.length > 0 ? [NO_CREDENTIALS] : [])];
  return [
    new Failure(kind, ['Missing (no terminal to prompt on):', ...missing.map((line) => `- ${line}`)], {
      hint: hints.length > 0 ? hints : undefined,
    }),
  ];
}

const NO_CREDENTIALS =
  'Store credentials with digilocker config init, or try it without an account: --env sandbox.';

const REQUIRED_CREDENTIALS: readonly (readonly [CredentialName, string])[] = [
  ['clientId', 'the client ID'],
  ['clientSecret', 'the client secret'],
];

function isStored(name: ParameterName): boolean {
  return parameterOf(name).isStored === true;
}

/** Where a parameter may be given, as a list in words. */
function placesOf(name: ParameterName): string {
  const row = parameterOf(name);
  const places = [placeOf(row), row.variable, isStored(name) ? `defaults.${name}` : undefined].filter(
    (place) => place !== undefined,
  );
  return places.length < 3
    ? places.join(' or ')
    : `${places.slice(0, -1).join(', ')}, or ${places.at(-1) ?? ''}`;
}

/** Asks for what is missing, in the order in which it is needed. */
async function askForMissing<Params>(
  caller: Caller,
  need: Need<Params>,
  { credentials, params }: Inputs<Params>,
): Promise<Inputs<Params>> {
  const { host, answers } = caller;
  const completed = need.isSent ? await askForCredentials(caller, credentials) : credentials;
  const values: Record<string, unknown> = { ...(params as object) };
  for (const name of need.parameters) {
    const { question } = parameterOf(name);
    if (values[name] !== undefined || question === undefined) continue;
    const faultOf = (typed: string): string | undefined =>
      need.endpoint
        .faultsOf({ [name]: typed } as Params, need.referenceId)
        .find(({ parameter }) => parameter === name)?.what;
    const answer = await host.prompter.text({
      ...question,
      check: (typed) => sentence(faultOf(typed)),
      ...(question.countsCharacters === true && {
        progress: (typed: string) => `[${Array.from(typed).length}]`,
      }),
    });
    values[name] = answer;
    if (isStored(name)) answers[name] = answer;
  }
  if (need.needsConsent !== false && values['consent'] === undefined) {
    const purpose = visible(String(values['consentPurpose']));
    const message = `Consent purpose: “${purpose}”\nDid the end user agree to it? Yes asserts that to Decentro.`;
    values['consent'] = await host.prompter.confirm({ message });
    if (values['consent'] !== true) {
      const reason = 'Nothing was sent: without consent Decentro would answer error_consent_false.';
      throw new Failure('usage', reason);
    }
  }
  return { credentials: completed, params: values as Params };
}

async function askForCredentials(
  { host, profile, chatter, answers }: Caller,
  credentials: Credentials,
): Promise<Credentials> {
  const { prompter } = host;
  const { commands } = profile;
  const [needsId, needsSecret] = [
    credentials.clientId === undefined && commands.clientId === undefined,
    credentials.clientSecret === undefined && commands.clientSecret === undefined,
  ];
  const asksForBoth = needsId && needsSecret;
  if (asksForBoth)
    await chatter.note(`No credentials for ${profile.environment.value} yet. ${NO_CREDENTIALS}`);
  const clientId = needsId
    ? await prompter.text({
        message: `Client ID (${profile.environment.value}):`,
        check: (answer) => answerFault(answer, true),
      })
    : credentials.clientId;
  const clientSecret = needsSecret
    ? await prompter.secret({ message: 'Client secret:', isOptional: false, check: answerFault })
    : credentials.clientSecret;
  if (needsId) answers.clientId = clientId;
  if (needsSecret) answers.clientSecret = clientSecret;
  // The module secret depends on the account: it completes what is typed, never what is configured.
  if (credentials.moduleSecret !== undefined || !asksForBoth)
    return { ...credentials, clientId, clientSecret };
  const message = 'Module secret (Enter if the account has none):';
  const answer = await prompter.secret({ message, isOptional: true, check: answerFault });
  answers.moduleSecret = answer === '' ? undefined : answer;
  return { clientId, clientSecret, moduleSecret: answers.moduleSecret };
}

function answerFault(answer: string, isId = false): string | undefined {
  return answer === '' ? 'A value is needed.' : sentence(credentialFault(answer, isId));
}

function sentence(what: string | undefined): string | undefined {
  return what === undefined ? undefined : `That ${what}.`;
}

/** What `-` reads from standard input, where at most one parameter may stand. */
export async function readPiped(
  { host, flags }: Caller,
  parameters: readonly ParameterName[],
): Promise<Readonly<Record<string, string>>> {
  const [name, other] = parameters.filter(
    (one) => parameterOf(one).mayBePiped === true && flags[one] === '-',
  );
  if (name === undefined) return {};
  if (other !== undefined) throw new Failure('usage', 'Only one value can be read from standard input.');
  const value = (await host.readInput()).trim();
  if (/[\r\n]/.test(value))
    throw new Failure('usage', 'Standard input holds more than one line: give the value alone.');
  return { [name]: value };
}
