import { PULL_FILE, type PulledFile, type PullFileParams } from '../api/endpoints/pull-file.js';
import { callCommand } from './calling/call-command.js';
import { collectParam } from './calling/param.js';
import { repeatable } from './flags.js';

const PARAMETERS = ['transactionId', 'documentType', 'idNumber', 'fullName', 'consentPurpose'] as const;

export const pullFile = callCommand<PullFileParams, PulledFile>({
  endpoint: PULL_FILE,
  schema: 'digilocker.pull-file/1',
  title: 'Document pulled',
  parameters: PARAMETERS,
  dataShape: 'any',
  own: {
    declare: (command) => {
      command.addOption(
        repeatable(
          '--related <key=text>',
          'what another type of document needs; key:=json for JSON',
          collectParam,
        ),
      );
    },
    given: ({ related, idNumber, fullName }) => ({ related, idNumber, fullName }) as Partial<PullFileParams>,
    // What else is related may be all that this type of document needs.
    parameters: ({ related }) =>
      PARAMETERS.filter((name) => related === undefined || (name !== 'idNumber' && name !== 'fullName')),
  },
  next: 'Next: digilocker issued-files --suite sso lists it now.',
  examples: `
  digilocker pull-file 59F864A69B6E4DE0BCD4DD927A5D6160 --suite sso --type PAN \\
    --id-number - --full-name "Asha Example" --consent < pan.txt
  digilocker pull-file --last --type DRVLC --related dlno=KA01 --consent`,
});
