// The credentials that `config init` stores: given by flags and standard input, or asked for.
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { literalFault, referenceFault, suggestVariable } from './stored-secret.js';
import type { Place } from '../storing/store.js';

/** What an environment's entry says of its credentials: literal values or references; `undefined` removes one. */
export interface StoredCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly moduleSecret: string | undefined;
}

/** No flag accepts a secret: it comes from standard input, or from a reference. */
export interface CredentialFlags {
  readonly clientId?: string;
  readonly clientSecretStdin?: boolean;
  readonly clientSecretRef?: string;
  readonly moduleSecretStdin?: boolean;
  readonly moduleSecretRef?: string;
}

const SECRET_NAMES = ['clientSecret', 'moduleSecret'] as const;

type SecretName = (typeof SECRET_NAMES)[number];

/** Secrets, or references to them. */
export type Secrets = Partial<Record<SecretName, string>>;

const SECRET_FLAGS = {
  clientSecret: { title: 'client secret', stdin: '--client-secret-stdin', reference: '--client-secret-ref' },
  moduleSecret: { title: 'module secret', stdin: '--module-secret-stdin', reference: '--module-secret-ref' },
} as const;

/** Takes the secrets of flags and standard input. Fails with `usage` where one cannot be stored. */
export async function gatherSecrets(host: Host, flags: CredentialFlags, place: Place): Promise<Secrets> {
  const piped = SECRET_NAMES.filter((name) => flags[`${name}Stdin`] === true);
  const secrets: Secrets = {};
  for (const name of SECRET_NAMES) {
    const { stdin, reference: flag } = SECRET_FLAGS[name];
    const reference = flags[`${name}Ref`];
    if (reference === undefined) continue;
    if (piped.includes(name)) throw new Failure('usage', `${stdin} cannot be combined with ${flag}.`);
    const objection = referenceFault(reference, place);
    if (objection !== undefined) throw new Failure('usage', `${flag} ${objection}.`);
    secrets[name] = reference;
  }
  const lines = await readLines(
    host,
    piped.map((name) => SECRET_FLAGS[name]),
  );
  for (const [index, name] of piped.entries()) {
    const value = lines[index] ?? '';
    const objection = literalFault(value);
    if (objection !== undefined) throw new Failure('usage', `The ${SECRET_FLAGS[name].title} ${objection}.`);
    secrets[name] = value;
  }
  return secrets;
}

async function readLines(
  host: Host,
  expected: readonly { readonly title: string; readonly stdin: string }[],
): Promise<string[]> {
  const [first] = expected;
  if (first === undefined) return [];
  // What is typed there would be shown.
  if (host.isInteractive) {
    throw new Failure(
      'usage',
      `${first.stdin} reads from a pipe or a file, and standard input is a terminal.`,
      {
        hint: 'Leave it out to be asked.',
      },
    );
  }
  const lines = (await host.readInput())
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  if (lines.length === expected.length) return lines;
  const order = expected.map(({ title }) => `the ${title}`).join(', then ');
  throw new Failure('usage', `Standard input has to hold ${order}, a line each, and nothing else.`);
}

/** Completes what was given with what is asked, or fails with `usage` or `config`. */
export async function completeCredentials(
  { prompter }: Host,
  flags: CredentialFlags,
  place: Place,
  environment: string,
  secrets: Secrets,
  isAsked: boolean,
): Promise<StoredCredentials> {
  const { clientId: givenId } = flags;
  const objection = givenId === undefined ? undefined : literalFault(givenId, true);
  if (objection !== undefined) throw new Failure('usage', `--client-id ${objection}.`);
  const { clientSecret: givenSecret, moduleSecret: givenModule } = secrets;
  if (!isAsked) {
    if (givenId === undefined || givenSecret === undefined) throw missingCredentials(flags, secrets);
    return { clientId: givenId, clientSecret: givenSecret, moduleSecret: givenModule };
  }
  const checkLiteral = (answer: string) => said(literalFault(answer));
  const checkId = (answer: string) => said(literalFault(answer, true));
  const clientId =
    givenId ?? (await prompter.text({ message: `Client ID (${environment}):`, check: checkId }));
  if (givenSecret !== undefined) return { clientId, clientSecret: givenSecret, moduleSecret: givenModule };

  const isReferred = await prompter.confirm({
    message: 'Keep the secret in a variable, so that the file only names it?',
    isDefaultYes: true,
  });
  const ask = async (name: SecretName): Promise<string> => {
    const isOptional = name === 'moduleSecret';
    const aside = isOptional ? ' (Enter if the account has none)' : '';
    const { title } = SECRET_FLAGS[name];
    if (!isReferred) {
      const message = `${title.charAt(0).toUpperCase()}${title.slice(1)}${aside}:`;
      return prompter.secret({ message, isOptional, check: checkLiteral });
    }
    const variable = await prompter.text({
      message: `Variable of the ${title}${aside}:`,
      ...(!isOptional && { suggestion: suggestVariable(environment) }),
      check: (answer) =>
        isOptional && answer === '' ? undefined : said(referenceFault(`env:${answer}`, place)),
    });
    return variable === '' ? '' : `env:${variable}`;
  };
  const clientSecret = await ask('clientSecret');
  const moduleSecret = givenModule ?? (await ask('moduleSecret'));
  return { clientId, clientSecret, moduleSecret: moduleSecret === '' ? undefined : moduleSecret };
}

/** Whether there is all that cannot be left out. */
export function isComplete({ clientId }: CredentialFlags, { clientSecret }: Secrets): boolean {
  return clientId !== undefined && clientSecret !== undefined;
}

/** The failure that names everything that is missing. */
export function missingCredentials({ clientId }: CredentialFlags, { clientSecret }: Secrets): Failure {
  const missing = [
    ...(clientId === undefined ? ['- the client ID: --client-id'] : []),
    ...(clientSecret === undefined
      ? ['- the client secret: --client-secret-stdin, or --client-secret-ref env:NAME']
      : []),
  ];
  return new Failure('config', ['Missing (no terminal to prompt on):', ...missing]);
}

function said(what: string | undefined): string | undefined {
  return what === undefined ? undefined : `That ${what}.`;
}
