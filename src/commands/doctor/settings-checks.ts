import { purposeFaults, redirectUrlFaults } from '../../api/checks.js';
import type { ConfigFile, LoadedFiles } from '../../settings/config-file.js';
import {
  CREDENTIAL_VARIABLES,
  type CredentialName,
  type Variables,
} from '../../settings/credential-source.js';
import type { Failure } from '../../failure/failure.js';
import { shownSettings } from '../../settings/shown-settings.js';
import type { Profile } from '../../settings/profile.js';
import { isLiteralLoopback, isLocal, parseHttpUrl } from '../../safety/url.js';
import { isProduction } from '../../safety/trust.js';
import { nameCheck, type Check, type Endings } from './check.js';

/** The config files in use or, where one of them cannot be used, why not. */
export type Files = LoadedFiles | { readonly failure: Failure };

const MAX_URL_LENGTH = 2000;

/** Every setting, where it came from, and what is wrong with it. */
export function checkSettings(files: Files, profile: Profile, variables: Variables): Check[] {
  const configFiles = nameCheck('config-files', 'Config files');
  if ('failure' in files) {
    const { message, hint } = files.failure;
    const dependent = [
      ['environment', 'Environment'],
      ['credentials', 'Credentials'],
      ['credentials-environment', 'Their environment'],
      ['consent-purpose', 'Consent purpose'],
      ['redirect-url', 'Redirect URL'],
      ['other-settings', 'Other settings'],
    ] as const;
    return [
      configFiles.problem('config', message.split('\n'), hint?.split('\n') ?? null),
      ...dependent.map(([id, title]) => nameCheck(id, title).skipped('a config file cannot be used')),
    ];
  }
  const { hints } = files;
  const found = files.files.map(({ path, role }) => `${path} (${role})`).join(', ');
  const paths = found === '' ? 'none found' : found;
  return [
    hints.length === 0
      ? configFiles.ok(paths)
      : configFiles.warning([paths, ...hints], 'Make the folder searchable, or use --config.'),
    checkEnvironment(profile),
    checkCredentials(profile),
    checkOwners(files.files, profile, variables),
    checkPurpose(profile),
    checkRedirectUrl(profile),
    nameCheck('other-settings', 'Other settings').ok(
      told(profile, 'redirectToSignup', 'abstractAccessToken', 'suite', 'open', 'allowHosts'),
    ),
  ];
}

/** Values as they may be shown, with where they came from. */
function told(profile: Profile, ...names: readonly string[]): string {
  return shownSettings(profile, { proxy: undefined, caFile: undefined })
    .filter(({ name, value }) => names.includes(name) && value !== null)
    .map(
      ({ name, value, source }) =>
        `${names.length === 1 ? '' : `${name} `}${String(value)} (${source ?? ''})`,
    )
    .join(', ');
}

function checkEnvironment(profile: Profile): Check {
  const check = nameCheck('environment', 'Environment');
  const { problems } = profile;
  if (problems.length > 0) return failed(check, problems);
  return check.ok([told(profile, 'environment'), told(profile, 'baseUrl')]);
}

function failed(check: Endings, problems: readonly Failure[]): Check {
  const hints = problems.flatMap(({ hint }) => hint?.split('\n') ?? []);
  const messages = problems.flatMap(({ message }) => message.split('\n'));
  return check.problem('config', messages, hints.length === 0 ? null : hints);
}

function checkCredentials(profile: Profile): Check {
  const check = nameCheck('credentials', 'Credentials');
  const { credentials, commands, environment, notes, problems } = profile;
  const needed: readonly CredentialName[] = ['clientId', 'clientSecret'];
  const missing = needed.filter((name) => credentials[name] === undefined && commands[name] === undefined);
  if (missing.length === 0) return check.ok(told(profile, 'clientId', 'clientSecret', 'moduleSecret'));
  if (problems.length > 0) return check.skipped('the environment has a problem');
  const places = missing.map((name) => `${CREDENTIAL_VARIABLES[name]} (${name})`).join(' and ');
  return check.problem(
    'config',
    [`missing for ${environment.value}: ${missing.join(' and ')}`, ...notes],
    `Set ${places}, or run digilocker config init.`,
  );
}

/** What can be seen of credentials that stand for another environment than their own. */
function checkOwners(files: readonly ConfigFile[], profile: Profile, variables: Variables): Check {
  const check = nameCheck('credentials-environment', 'Their environment');
  const { environment, baseUrl } = profile;
  const name = environment.value;
  if (baseUrl !== undefined && isProduction(baseUrl.value) && name !== 'production') {
    return check.warning(
      `the environment ${name} leads to production (${baseUrl.value.host})`,
      'Its calls may be billed. Name it production, or give it another baseUrl.',
    );
  }
  const shared = findShared(files, variables);
  if (shared === undefined) return check.ok('no two environments share a credential, as far as can be seen');
  const [credential, one, other] = shared;
  return check.warning(
    `${one} and ${other} have the same ${credential}`,
    'Each environment has its own credentials: replace those that are wrong.',
  );
}

function findShared(
  files: readonly ConfigFile[],
  variables: Variables,
): readonly [credential: string, one: string, other: string] | undefined {
  const owner = variables['DECENTRO_ENV'] ?? '';
  const names = Object.keys(CREDENTIAL_VARIABLES) as CredentialName[];
  const valueOf = (text: string) => (text.startsWith('env:') ? variables[text.slice(4)] : text);
  const found = [
    ...names.map((name) => ({
      environment: owner === '' ? 'staging' : owner,
      name,
      value: variables[CREDENTIAL_VARIABLES[name]],
    })),
    ...files.flatMap(({ config }) =>
      Object.entries(config.environments ?? {}).flatMap(([environment, settings]) =>
        names.map((name) => ({ environment, name, value: valueOf(settings[name] ?? '') })),
      ),
    ),
  ].filter(({ value }) => value !== undefined && value !== '');
  for (const [index, one] of found.entries()) {
    const twin = found
      .slice(index + 1)
      .find(
        (other) =>
          other.environment !== one.environment && other.name === one.name && other.value === one.value,
      );
    if (twin !== undefined) return [one.name, one.environment, twin.environment];
  }
  return undefined;
}

function checkPurpose(profile: Profile): Check {
  const check = nameCheck('consent-purpose', 'Consent purpose');
  const { consentPurpose } = profile;
  if (consentPurpose === undefined) return check.ok('not set: give it with the flag, or at the prompt');
  const [fault] = purposeFaults(consentPurpose.value);
  return fault === undefined
    ? check.ok(told(profile, 'consentPurpose'))
    : check.problem(
        'config',
        `${consentPurpose.origin.label} ${fault.what}`,
        fault.responseKey === undefined ? null : `Decentro would answer ${fault.responseKey}.`,
      );
}

function checkRedirectUrl(profile: Profile): Check {
  const check = nameCheck('redirect-url', 'Redirect URL');
  const { redirectUrl } = profile;
  if (redirectUrl === undefined) return check.ok('not set: give it with the flag, or at the prompt');
  const [fault] = redirectUrlFaults(redirectUrl.value);
  const url = parseHttpUrl(redirectUrl.value);
  if (fault !== undefined || url === undefined) {
    return check.problem(
      'config',
      `${redirectUrl.origin.label} ${fault?.what ?? 'is not a URL'}`,
      'Give a URL such as https://app.example/digilocker/return.',
    );
  }
  const doubt = doubtRedirectUrl(url);
  return doubt === undefined
    ? check.ok(told(profile, 'redirectUrl'))
    : check.warning(`${redirectUrl.origin.label} ${doubt.what}`, doubt.remedy);
}

/** What is allowed, and goes wrong all the same. */
function doubtRedirectUrl(url: URL): { readonly what: string; readonly remedy: string } | undefined {
  if (url.username !== '' || url.password !== '') {
    return {
      what: 'holds a user name or password',
      remedy: 'Everyone who sees the redirect sees it too: leave it out.',
    };
  }
  if (url.hash !== '') {
    return { what: 'holds a fragment', remedy: 'Browsers do not send it: leave it out.' };
  }
  if (url.href.length > MAX_URL_LENGTH) {
    return { what: `has ${url.href.length} characters`, remedy: `Keep it below ${MAX_URL_LENGTH}.` };
  }
  if (url.protocol === 'http:' && !isLocal(url)) {
    return { what: 'is plain HTTP', remedy: 'The code would travel in the clear: use https.' };
  }
  if (isLocal(url) && !isLiteralLoopback(url)) {
    return {
      what: 'leads to localhost, which may be 127.0.0.1 or [::1]',
      remedy: 'Write the address that your application listens on, such as 127.0.0.1.',
    };
  }
  return undefined;
}
