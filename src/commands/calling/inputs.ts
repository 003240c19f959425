// Fills the holes of a profile by asking, or names all of them where nobody can be asked.
import {
  objectTo,
  objectToPurpose,
  objectToRedirectUrl,
  type InitiateSessionParams,
} from '../../api/endpoints/initiate-session.js';
import { CREDENTIAL_VARIABLES, type CredentialName } from '../../settings/credential-source.js';
import { isHeaderValue, type Credentials } from '../../safety/redact.js';
import { Failure } from '../../failure/failure.js';
import type { Profile } from '../../settings/profile.js';
import type { Prompter } from '../../host/prompter.js';
import { visible } from '../../safety/visible.js';
import { wrongValue, type Origin } from '../../settings/setting.js';

export interface SessionInputs {
  readonly credentials: Credentials;
  readonly params: InitiateSessionParams;
}

export interface Given {
  readonly consent: boolean | undefined;
  readonly extra: Readonly<Record<string, unknown>>;
  /** Where this command itself catches the redirect. */
  readonly ownUrl: string | undefined;
}

const SUGGESTED_PURPOSE = 'Verifying who opens an account';
const SUGGESTED_REDIRECT_URL = 'http://localhost:3000/digilocker/callback';

/** Takes what a profile and the command line hold, checked by nobody. */
export function takeInputs(profile: Profile, { consent, extra, ownUrl }: Given): SessionInputs {
  const { clientId, clientSecret, moduleSecret } = profile.credentials;
  return {
    credentials: {
      clientId: clientId?.value,
      clientSecret: clientSecret?.value,
      moduleSecret: moduleSecret?.value,
    },
    params: {
      consent,
      consentPurpose: profile.consentPurpose?.value,
      redirectUrl: ownUrl ?? profile.redirectUrl?.value,
      redirectToSignup: profile.redirectToSignup?.value,
      abstractAccessToken: profile.abstractAccessToken.value,
      extra,
    },
  };
}

/** What Decentro would refuse: `usage` for what was typed, `config` for what was stored. */
export function findWrong({ params }: SessionInputs, profile: Profile, referenceId: string): Failure[] {
  const origins: Record<string, Origin> = {
    referenceId: { kind: 'flag', label: '--reference-id' },
    consent: { kind: 'flag', label: 'The consent' },
    consentPurpose: profile.consentPurpose?.origin ?? { kind: 'answer', label: 'The consent purpose' },
    redirectUrl: profile.redirectUrl?.origin ?? { kind: 'answer', label: 'The redirect URL' },
  };
  return objectTo(params, referenceId).map(({ parameter, what, responseKey }) =>
    wrongValue(
      origins[parameter] ?? { kind: 'flag', label: parameter },
      `${what}; Decentro would answer ${responseKey}`,
    ),
  );
}

/** Everything that is missing and where to put it, as one failure: `config` if a setting is among it, else `usage`. */
export function findMissing(
  { credentials, params }: SessionInputs,
  profile: Profile,
  needsCredentials: boolean,
): Failure[] {
  const environment = profile.environment.value;
  const credential = (name: CredentialName, title: string) =>
    credentials[name] === undefined && needsCredentials
      ? [`${title}: ${CREDENTIAL_VARIABLES[name]}, or environments.${environment}.${name} in .decentrorc`]
      : [];
  const settings = [
    ...credential('clientId', 'the client ID'),
    ...credential('clientSecret', 'the client secret'),
    ...(params.consentPurpose === undefined
      ? ['the consent purpose: --consent-purpose, DECENTRO_CONSENT_PURPOSE, or defaults.consentPurpose']
      : []),
    ...(params.redirectUrl === undefined
      ? ['the redirect URL: --redirect-url, DECENTRO_REDIRECT_URL, or defaults.redirectUrl']
      : []),
  ];
  const missing = [
    ...settings,
    ...(params.consent === undefined ? ['the consent: --consent, which says that the end user agreed'] : []),
  ];
  if (missing.length === 0) return [];
  const list = missing.map((line) => `- ${line}`).join('\n');
  return [
    new Failure(settings.length > 0 ? 'config' : 'usage', `Missing, and nobody can be asked here:\n${list}`, {
      hint: profile.notes.length > 0 ? profile.notes.join('\n') : undefined,
    }),
  ];
}

/** Asks for what is missing, in the order in which it is needed. */
export async function askForInputs(
  { credentials, params }: SessionInputs,
  profile: Profile,
  prompter: Prompter,
  needsCredentials: boolean,
): Promise<SessionInputs> {
  const environment = profile.environment.value;
  const asksForBoth = credentials.clientId === undefined && credentials.clientSecret === undefined;
  const askCredential = async (name: CredentialName): Promise<string | undefined> => {
    if (credentials[name] !== undefined || !needsCredentials) return credentials[name];
    if (name === 'clientId') {
      return await prompter.text({ message: `Client ID (${environment}):`, check: checkCredential });
    }
    // The module secret depends on the account: it completes what is typed, never what is configured.
    if (name === 'moduleSecret' && !asksForBoth) return undefined;
    const isOptional = name === 'moduleSecret';
    const message = isOptional ? 'Module secret (Enter if the account has none):' : 'Client secret:';
    const answer = await prompter.secret({ message, isOptional, check: checkCredential });
    return answer === '' ? undefined : answer;
  };
  const clientId = await askCredential('clientId');
  const clientSecret = await askCredential('clientSecret');
  const moduleSecret = await askCredential('moduleSecret');
  const consentPurpose =
    params.consentPurpose ??
    (await prompter.text({
      message: 'Consent purpose (20 to 50 characters):',
      suggestion: SUGGESTED_PURPOSE,
      check: (answer) => said(objectToPurpose(answer)?.what),
      progress: (answer) => `[${Array.from(answer).length}]`,
    }));
  const redirectUrl =
    params.redirectUrl ??
    (await prompter.text({
      message: 'Redirect URL:',
      suggestion: SUGGESTED_REDIRECT_URL,
      check: (answer) => said(objectToRedirectUrl(answer)?.what),
    }));
  const consent =
    params.consent ??
    (await prompter.confirm({
      message: `Consent purpose: “${visible(consentPurpose)}”\nDid the end user agree to it? Yes asserts that to Decentro.`,
    }));
  if (!consent) {
    throw new Failure(
      'usage',
      'Without consent there is no session; Decentro would answer error_consent_false.',
    );
  }
  return {
    credentials: { clientId, clientSecret, moduleSecret },
    params: { ...params, consent, consentPurpose, redirectUrl },
  };
}

function checkCredential(answer: string): string | undefined {
  if (answer === '') return 'A value is needed.';
  return isHeaderValue(answer) ? undefined : 'That holds a character that no HTTP header can carry.';
}

function said(what: string | undefined): string | undefined {
  return what === undefined ? undefined : `That ${what}.`;
}
