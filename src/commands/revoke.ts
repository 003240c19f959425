import { REVOKE, type Revoked, type RevokeParams } from '../api/endpoints/revoke.js';
import { callCommand } from './calling/call-command.js';

export const revoke = callCommand<RevokeParams, Revoked>({
  endpoint: REVOKE,
  schema: 'digilocker.revoke/1',
  title: 'Access revoked',
  parameters: ['transactionId'],
  dataShape: { revoked: 'value' },
  question: 'Every later call for this session will be refused. Revoke its access?',
  needsNoReturn: true,
  next: 'Every later call for this session is refused.',
  examples: `
  digilocker revoke 59F864A69B6E4DE0BCD4DD927A5D6160 --suite sso
  digilocker revoke "$DECENTRO_TXN_ID" --suite sso --yes`,
});
