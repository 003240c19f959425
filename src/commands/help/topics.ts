// What `digilocker help TOPIC` prints. The tables are those that the program itself goes by.
import { EXIT_CODES } from '../../failure/exit-codes.js';
import { SETTINGS, VARIABLES } from '../../settings/setting-tables.js';
import { OUTPUT_FORMS } from '../../output/format.js';
import type { Block } from '../../output/report.js';

export interface Topic {
  readonly summary: string;
  readonly blocks: readonly Block[];
}

const EXAMPLE_CONFIG = `environment: staging
defaults:
  consentPurpose: KYC for opening a bank account
  redirectUrl: https://app.example/digilocker/return
environments:
  staging:
    clientId: your-staging-client-id
    clientSecret: env:DECENTRO_STAGING_SECRET
  gateway:
    baseUrl: https://kyc-gateway.example
    clientId: your-gateway-client-id
    clientSecret: file:secrets/gateway
    defaults:
      redirectUrl: https://gateway.example/digilocker/return`;

const title = (text: string): Block => ({ type: 'title', text, tone: 'plain' });
const text = (...sentences: readonly string[]): Block => ({ type: 'text', text: sentences.join(' ') });

/** The topics of `digilocker help`, by their names. */
export const TOPICS: Readonly<Record<string, Topic>> = {
  'exit-codes': {
    summary: 'What the exit code says, and whether a session exists',
    blocks: [
      title('Exit codes'),
      {
        type: 'fields',
        rows: EXIT_CODES.map(({ code, kind, meaning, session, remedy }) => [
          String(code),
          `${kind ?? 'success'}: ${meaning} Session created: ${session}. ${remedy}`,
        ]),
      },
      text(
        'For the calls after a session, "session created" reads "had an effect".',
        'A script may branch on the code, a program on error.kind of the JSON document.',
        '`digilocker explain CODE` prints one of them.',
      ),
    ],
  },
  environment: {
    summary: 'The environment variables that count',
    blocks: [
      title('Environment variables'),
      { type: 'fields', rows: VARIABLES },
      text(
        'An empty variable counts as unset. A flag wins over a variable, a variable over a file.',
        'Credentials and a base URL come from the variables or from one file, never from both.',
      ),
    ],
  },
  output: {
    summary: 'What is printed, where, and in which form',
    blocks: [
      title('Output'),
      { type: 'fields', rows: OUTPUT_FORMS.map(([flags, meaning]) => [flags.join(', '), meaning] as const) },
      text(
        'Standard output carries the result and nothing else. Questions, hints, warnings and, in the human form,',
        'errors go to standard error, where the reference ID appears before the request leaves.',
      ),
      text(
        'env, shell and --field print nothing when there is no session; once there is one they print it whatever',
        'happens later. They fail (exit 6) rather than print a value with a line break, control or bidi character.',
      ),
      text(
        'Every JSON document names its schema, such as digilocker.session/1. Keys are added within /1, never renamed',
        'or removed. Its error is null, or has kind, exitCode, message, hint, sent and retryable.',
      ),
    ],
  },
  config: {
    summary: 'The config files, their keys, and which setting wins',
    blocks: [
      title('Config files'),
      text(
        'The project file is the nearest .decentrorc (JSON or YAML; also .decentrorc.json, .yaml, .yml) from the',
        'working directory up to the repository root or the home folder. The user file is config.json (or .yaml, .yml)',
        'in $XDG_CONFIG_HOME/decentro. --config FILE names one and replaces both.',
      ),
      { type: 'listing', text: EXAMPLE_CONFIG },
      {
        type: 'fields',
        rows: SETTINGS.filter(({ key }) => key !== undefined).map(({ name, key = '', note }) => [
          key,
          note === undefined ? name : `${name} (${note})`,
        ]),
      },
      text(
        'An environment may have defaults of its own, which win there. Precedence, for each parameter: flag, variable,',
        'project file, user file, built in, question.',
      ),
      text(
        'A credential may be env:NAME or file:PATH. In a project file, NAME begins with DECENTRO_ and PATH stays below',
        "the file's folder. In the user file it may be exec:COMMAND as well, a program that prints it, such as",
        'exec:op read op://vault/decentro/secret. Nothing else of a file is ever executed or imported.',
      ),
      text('`digilocker config show` tells which value comes from where.'),
    ],
  },
};
