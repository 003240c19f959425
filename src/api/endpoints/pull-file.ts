import { textFaults, faultsOfCall, type CommonParams, type ParameterFault } from '../checks.js';
import { pathFaults, providerRemedy, ssoBody, ssoPath, type Suited } from '../suite.js';

export interface PullFileParams extends CommonParams {
  /** The transaction ID of the session. */
  readonly transactionId?: string | undefined;
  /** What is asked for, such as `PAN`: not the `doctype` of an issued file, `PANCR`. */
  readonly documentType?: string | undefined;
  /** The number of the document. */
  readonly idNumber?: string | undefined;
  /** The name of the end user, as it stands in the document. */
  readonly fullName?: string | undefined;
  /** What other types of documents need, under its wire names. */
  readonly related?: Readonly<Record<string, unknown>> | undefined;
}

/** An answer without `data`: the document is among the issued files afterwards. */
export type PulledFile = null;

function relatedOf({ idNumber, fullName, related }: PullFileParams): Readonly<Record<string, unknown>> {
  return { id_number: idNumber, full_name: fullName, ...related };
}

/** What has a parameter of its own, and is given under its wire name as well. */
function repeatedFaults({ idNumber, fullName, related = {} }: PullFileParams): ParameterFault[] {
  const own = { id_number: idNumber, full_name: fullName };
  return Object.entries(own)
    .filter(([name, value]) => value !== undefined && Object.hasOwn(related, name))
    .map(([name]) => ({ parameter: 'related', what: `repeats ${name}`, responseKey: EMPTY }));
}

const EMPTY = 'error_empty_document_type_related_parameters';

/** `POST /v2/kyc/sso/digilocker/{id}/file/pull`: SSO alone has it. Source: contract, what follows a session. */
export const PULL_FILE: Suited<PullFileParams, PulledFile> = {
  sso: {
    method: 'POST',
    path: ssoPath('file/pull'),
    build: (params, referenceId) => ({
      ...ssoBody(params, referenceId),
      document_type: params.documentType,
      document_type_related_parameters: relatedOf(params),
    }),
    faultsOf: (params, referenceId) =>
      faultsOfCall(params, referenceId, [
        ...textFaults('transactionId', params.transactionId, 'error_malformed_request'),
        ...pathFaults(params),
        ...textFaults('documentType', params.documentType, 'error_malformed_request'),
        ...textFaults('idNumber', params.idNumber, EMPTY),
        ...textFaults('fullName', params.fullName, EMPTY),
        ...repeatedFaults(params),
      ]),
    parse: () => ({ result: null }),
    doubt: 'The document may be among the issued files now: list them before you ask again.',
    providerRemedy: providerRemedy(
      'whether the access has ended, and the type, number and name of the document',
    ),
    personal: ['document_type_related_parameters', 'data'],
  },
};
