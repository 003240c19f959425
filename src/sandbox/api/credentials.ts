import type { ResponseKey } from '../replies.js';

/** The sandbox's own credentials. They are not secret: only a sandbox accepts them. */
export const SANDBOX_CREDENTIALS = {
  clientId: 'sandbox-client-id',
  clientSecret: 'sandbox-client-secret-for-no-real-account',
  moduleSecret: 'sandbox-module-secret-for-no-real-account',
} as const;

export interface AccountRules {
  /** The account needs `module_secret`, and only the sandbox's own is right. */
  readonly requireModuleSecret: boolean;
  /** Only the sandbox's own `client_id` and `client_secret` are accepted, not any pair. */
  readonly strictCredentials: boolean;
}

/** The key that refuses the credentials of a request, or `null` when they are accepted. */
export function credentialsFault(
  header: (name: string) => string | undefined,
  rules: AccountRules,
): ResponseKey | null {
  const clientId = header('client_id') ?? '';
  const clientSecret = header('client_secret') ?? '';
  const isOwnPair =
    clientId === SANDBOX_CREDENTIALS.clientId && clientSecret === SANDBOX_CREDENTIALS.clientSecret;
  const isTaken = rules.strictCredentials ? isOwnPair : clientId !== '' && clientSecret !== '';
  if (!isTaken) return 'error_unauthorized_module';

  if (!rules.requireModuleSecret) return null;
  const moduleSecret = header('module_secret') ?? '';
  if (moduleSecret === '') return 'error_empty_module_secret';
  return moduleSecret === SANDBOX_CREDENTIALS.moduleSecret ? null : 'error_invalid_module_secret';
}
