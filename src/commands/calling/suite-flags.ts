// The flags of a session that one of Decentro's two suites has and the other does not.
import type { Command } from 'commander';
import { FOREIGN_PARAMETERS } from '../../api/endpoints/initiate-session.js';
import type { Suite } from '../../api/suite.js';
import { Failure } from '../../failure/failure.js';
import type { ParameterName } from '../../settings/parameters.js';
import type { Setting } from '../../settings/setting.js';
import { addParameterFlags, collect, repeatable } from '../flags.js';

/** The parameters of a session that SSO alone has, and that have no list of values. */
export const SSO_PARAMETERS = [
  'pinlessSignin',
  'pinlessSignup',
  'usernamelessSignup',
  'clearCookies',
] as const satisfies readonly ParameterName[];

/** Declares the flags of SSO alone. */
export function addSsoFlags(command: Command): Command {
  const documents = repeatable(
    '--document <type>',
    'SSO: a type of document that the end user is asked for, such as ADHAR',
    collect,
  );
  documents.attributeName = () => 'documentsForConsent';
  return addParameterFlags(command, SSO_PARAMETERS).addOption(documents);
}

type ForeignFlags = Readonly<Partial<Record<(typeof FOREIGN_PARAMETERS)[Suite][number], unknown>>>;

/** Fails with `usage` on flags that mean nothing in the suite in use. */
export function checkSuiteFlags(flags: ForeignFlags, { value: suite, origin }: Setting<Suite>): void {
  const foreign = FOREIGN_PARAMETERS[suite].filter((name) => flags[name] !== undefined);
  if (foreign.length === 0) return;
  const list = foreign.map((name) => FLAGS_OF[name] ?? `--${name.replace(/[A-Z]/g, hyphenated)}`).join(', ');
  throw new Failure('usage', `The ${suite} suite (${origin.label}) has no ${list}.`, {
    hint: `Leave it out, or add --suite ${suite === 'sso' ? 'classic' : 'sso'}.`,
  });
}

const FLAGS_OF: Readonly<Record<string, string>> = { documentsForConsent: '--document' };

function hyphenated(letter: string): string {
  return `-${letter.toLowerCase()}`;
}
