// After a call that brought no answer: offers to store what was typed for it.
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { loadConfigFiles } from '../../settings/config-file.js';
import type { CredentialName } from '../../settings/credential-source.js';
import { resolveHostProfile } from '../../settings/load-profile.js';
import { parameterOf, type ParameterName } from '../../settings/parameters.js';
import type { Profile, ProfileFlags } from '../../settings/profile.js';
import { changedConfig, type Change } from '../storing/edit.js';
import { environmentOfNewFile, findUserStore, storeChanges, type Store } from '../storing/store.js';
import type { Chatter } from './chatter.js';

type AnswerName = CredentialName | ParameterName;

/** What was typed at questions and a config file may hold. */
export type Answers = Partial<Record<AnswerName, string | undefined>>;

/** A command whose questions were answered. */
interface Interview {
  readonly host: Host;
  readonly flags: ProfileFlags;
  readonly chatter: Chatter;
  readonly profile: Profile;
  readonly answers: Answers;
}

const CREDENTIALS: Readonly<Record<CredentialName, string>> = {
  clientId: 'client ID',
  clientSecret: 'client secret',
  moduleSecret: 'module secret',
};

/**
 * Asks whether the answers go into the user file, as `config init --global` would write them. Never fails, unless a
 * signal of the system ended the question.
 */
export async function offerToKeep(interview: Interview): Promise<void> {
  const { host, profile, chatter } = interview;
  try {
    const store = await findUserStore(host);
    const names = await usableFrom(interview, store);
    if (names.length === 0) return;
    const origin = profile.baseUrl === undefined ? '' : ` from ${profile.baseUrl.value.host}`;
    const list = names.map(titleOf).join(', ');
    const message = `No answer came${origin}.\nKeep your answers (${list}) in ${store.file}?`;
    if (!(await host.prompter.confirm({ message }))) return;
    const { notes } = await storeChanges(host, store, changesFor(interview, store, names));
    for (const note of [`Your answers are in ${store.file}.`, ...notes]) await chatter.note(note);
  } catch (error) {
    // After Ctrl-C here, too, the command ends as the call did.
    if (!(error instanceof Failure) || host.signal.aborted) throw error;
    if (error.kind === 'config') await chatter.note(`warning: Your answers were not kept. ${error.message}`);
  }
}

/**
 * The answers that the next run would use if they were in the user file. Credentials are left out where another source
 * provides some, and where the file already has an entry for one of them.
 */
async function usableFrom(interview: Interview, store: Store): Promise<AnswerName[]> {
  const { host, flags, profile, answers } = interview;
  const { files } = await loadConfigFiles(host);
  const names = (Object.keys(answers) as AnswerName[]).filter((name) => answers[name] !== undefined);
  const environment = profile.environment.value;
  const { environments = {} } = store.config ?? {};
  const entry = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  const isUsed = (some: readonly AnswerName[]): boolean => {
    const config = changedConfig(store.config ?? {}, changesFor(interview, store, some));
    const file = { role: 'user', path: store.file, config, exposesSecrets: false } as const;
    const others = files.filter(({ role }) => role !== 'user');
    const found = resolveHostProfile(host, { ...flags, env: environment }, [...others, file]);
    return (
      found.problems.length === 0 &&
      some.every((name) =>
        isCredential(name)
          ? entry?.[name] === undefined && found.credentials[name]?.value === answers[name]
          : found[name]?.value === answers[name],
      )
    );
  };
  const withoutCredentials = names.filter((name) => !isCredential(name));
  return [names, withoutCredentials].find(isUsed) ?? [];
}

function changesFor({ profile, answers }: Interview, store: Store, names: readonly AnswerName[]): Change[] {
  const environment = profile.environment.value;
  const changes = names.map((name): Change => {
    const keys = isCredential(name)
      ? (['environments', environment, name] as const)
      : (['defaults', name] as const);
    return { keys, value: answers[name] };
  });
  return names.some(isCredential) ? [...environmentOfNewFile(store, environment), ...changes] : changes;
}

function isCredential(name: AnswerName): name is CredentialName {
  return Object.hasOwn(CREDENTIALS, name);
}

function titleOf(name: AnswerName): string {
  return isCredential(name) ? CREDENTIALS[name] : parameterOf(name).title.replace(/^the /, '');
}
