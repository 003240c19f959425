// What may stand in a config file for a credential. Pure, but for the look at where a link leads.
import path from 'node:path';
import { CREDENTIAL_VARIABLES } from '../../settings/credential-source.js';
import { credentialFault } from '../../safety/redact.js';
import type { Place } from '../storing/store.js';
import { commandFault, foreignReferenceFault, parseSecretSource } from '../../settings/secret-source.js';

/** Says what keeps a credential from standing in a file as it is, as the end of a sentence that does not quote it. */
export function literalFault(value: string, isId = false): string | undefined {
  if (value === '') return 'is empty';
  const fault = credentialFault(value, isId);
  if (fault !== undefined) return fault;
  const [prefix] = /^(?:env|file|exec):/.exec(value) ?? [];
  if (prefix === undefined) return undefined;
  return `begins with ${prefix}, which a config file reads as a reference: keep it in a variable, and refer to that`;
}

/** Says what is wrong with a reference, as the end of a sentence that does not quote it: it may be a secret. */
export function referenceFault(reference: string, { role, file }: Place): string | undefined {
  if (!/^(env|file|exec):./.test(reference)) return 'needs env:NAME or file:PATH, never the secret itself';
  const source = parseSecretSource(reference, path.dirname(file));
  const unrunnable = commandFault(source, role === 'user');
  if (unrunnable !== undefined) return unrunnable;
  if (source.type === 'variable') {
    if (!/^[A-Za-z_]\w*$/.test(source.name)) return 'names no variable: letters, digits and _ make one';
    if (Object.values(CREDENTIAL_VARIABLES).includes(source.name))
      return `names ${source.name}, which is a source of credentials of its own: choose another name`;
  }
  return role === 'project' ? foreignReferenceFault(source, path.dirname(file)) : undefined;
}

/** The variable that is suggested for a client secret, such as `DECENTRO_STAGING_SECRET`. */
export function suggestVariable(environment: string): string {
  return `DECENTRO_${environment.toUpperCase().replaceAll('-', '_')}_SECRET`;
}
