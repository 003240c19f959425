import { textFaults, faultsOfCall, type CommonParams } from '../checks.js';
import { MAX_DOCUMENT_ANSWER_BYTES } from '../document.js';
import { isObject } from '../envelope.js';
import { inBothSuites, providerRemedy } from '../suite.js';

export interface EaadhaarParams extends CommonParams {
  /** The transaction ID of the session. */
  readonly transactionId?: string | undefined;
  /** `true` brings the eAadhaar as XML, too. */
  readonly generateXml?: boolean | undefined;
  /** `true` brings the eAadhaar as PDF, too. */
  readonly generatePdf?: boolean | undefined;
}

/** What the eAadhaar says. What Decentro leaves out is absent. */
export interface Eaadhaar {
  /** Often empty. */
  readonly aadhaarReferenceNumber?: string;
  /** Masked: `xxxxxxxx0000`. */
  readonly aadhaarUid?: string;
  readonly proofOfIdentity?: {
    readonly name?: string;
    /** `DD-MM-YYYY`. */
    readonly dob?: string;
    /** `M`, `F` or `T`. */
    readonly gender?: string;
    readonly hashedEmail?: string;
    readonly hashedMobileNumber?: string;
  };
  readonly proofOfAddress?: {
    readonly careOf?: string;
    readonly house?: string;
    readonly street?: string;
    readonly landmark?: string;
    readonly locality?: string;
    readonly vtc?: string;
    readonly subDistrict?: string;
    readonly district?: string;
    readonly state?: string;
    readonly country?: string;
    readonly pincode?: string;
    readonly postOffice?: string;
  };
  /** The photograph: a JPEG in base64. */
  readonly image?: string;
  /** Base64. Absent unless asked for. */
  readonly pdf?: string;
  /** Base64. Absent unless asked for. */
  readonly xml?: string;
}

const forms = ({ generateXml, generatePdf }: EaadhaarParams) => ({
  generate_xml: generateXml,
  generate_pdf: generatePdf,
});

/** In classic `eaadhaar`, in SSO `{id}/eaadhaar`. Source: contract, what follows a session. */
export const EAADHAAR = inBothSuites<EaadhaarParams, Eaadhaar>(
  {
    faultsOf: (params, referenceId) =>
      faultsOfCall(
        params,
        referenceId,
        textFaults('transactionId', params.transactionId, 'error_malformed_request'),
      ),
    parse: ({ data }) => (isObject(data) ? { result: data } : { lack: 'eAadhaar (data)' }),
    doubt:
      'The eAadhaar may have been fetched and billed, and is lost: to fetch it again, use a fresh reference ID.',
    remedies: [
      [
        /try again,? data not found/i,
        'Ask the end user to refresh the Aadhaar card in DigiLocker (Issued documents, Aadhaar card), then fetch the eAadhaar again.',
      ],
      [
        /aadhaar is not linked/i,
        'The DigiLocker account of this end user is not linked to an Aadhaar: there is no eAadhaar to fetch. Ask for another document.',
      ],
    ],
    providerRemedy: providerRemedy('and whether the access has ended'),
    personal: ['data'],
    maxAnswerBytes: MAX_DOCUMENT_ANSWER_BYTES,
  },
  { classic: 'eaadhaar', sso: 'eaadhaar' },
  { classic: forms, sso: forms },
);
