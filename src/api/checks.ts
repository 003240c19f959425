// What Decentro would refuse. A refused request uses its reference ID up, so each is looked at before it is sent.
import { isBlockedPort } from '../safety/blocked-ports.js';
import { copyFault } from '../safety/pasted.js';
import { parseHttpUrl } from '../safety/url.js';

/** A fault as the end of a sentence that begins with the parameter's name. */
export function faultSentence({ what, responseKey }: ParameterFault): string {
  return responseKey === undefined ? what : `${what}; Decentro would answer ${responseKey}`;
}

/** What is wrong with one parameter of a call. */
export interface ParameterFault {
  /** As the parameters of the endpoint name it, or `referenceId`. */
  readonly parameter: string;
  /** The end of a sentence. */
  readonly what: string;
  /** What Decentro would have answered, where that is known. Source: contract, response keys. */
  readonly responseKey?: string;
}

/** What every call carries. */
export interface CommonParams {
  /** Whether the end user agreed. Decentro refuses anything but `true`. */
  readonly consent?: boolean | undefined;
  /** Why the data is wanted, in 20 to 50 characters that the end user could read. */
  readonly consentPurpose?: string | undefined;
}

const MIN_PURPOSE_LENGTH = 20;
const MAX_PURPOSE_LENGTH = 50;

/** The faults of what every call carries, and of the call's `own` parameters; what is absent has none. */
export function faultsOfCall(
  { consent, consentPurpose }: CommonParams,
  referenceId: string,
  own: readonly ParameterFault[] = [],
): ParameterFault[] {
  return [
    ...referenceIdFaults(referenceId),
    ...(consentPurpose === undefined ? [] : purposeFaults(consentPurpose)),
    ...own,
    ...(consent === false ? [fault('consent', 'was refused', 'error_consent_false')] : []),
  ];
}

function referenceIdFaults(referenceId: string): ParameterFault[] {
  if (referenceId === '') return [fault('referenceId', 'is empty', 'error_empty_reference_id')];
  if (/^[\w-]+$/.test(referenceId)) return [];
  return [fault('referenceId', 'may hold letters, digits, - and _ only', 'error_invalid_reference_id')];
}

/** The length of a purpose counts characters (code points), not bytes or UTF-16 units. */
export function purposeFaults(purpose: string): ParameterFault[] {
  const { length } = Array.from(purpose);
  if (purpose.trim() === '') return [fault('consentPurpose', 'is empty', 'error_empty_purpose')];
  const copied = copyFault(purpose);
  if (copied !== undefined) return [fault('consentPurpose', copied)];
  if (length < MIN_PURPOSE_LENGTH) {
    const what = `has ${length} characters, and needs at least ${MIN_PURPOSE_LENGTH}`;
    return [fault('consentPurpose', what, 'error_short_purpose_length')];
  }
  if (length > MAX_PURPOSE_LENGTH) {
    const what = `has ${length} characters, and may have ${MAX_PURPOSE_LENGTH}`;
    return [fault('consentPurpose', what, 'error_long_purpose_length')];
  }
  return [];
}

/** The faults of a redirect URL. */
export function redirectUrlFaults(url: string): ParameterFault[] {
  // Reading a URL leaves out what stands around it, and line ends: what is sent would be another text.
  const copied = copyFault(url) ?? (/\s/.test(url) ? 'contains a space' : undefined);
  if (copied !== undefined) return [fault('redirectUrl', copied)];
  const parsed = parseHttpUrl(url);
  if (parsed === undefined)
    return [fault('redirectUrl', 'is not an absolute http(s) URL', 'error_malformed_request')];
  if (parsed.search.includes('&amp;'))
    return [fault('redirectUrl', 'contains &amp;, which stands for & in HTML alone')];
  const { port } = parsed;
  const isUnreachable = port !== '' && (port === '0' || isBlockedPort(Number(port)));
  return isUnreachable ? [fault('redirectUrl', `has port ${port}, which browsers refuse to open`)] : [];
}

/** The fault of a text that has to hold something, and nothing of the place that it was copied from. */
export function textFaults(
  parameter: string,
  value: string | undefined,
  responseKey: string,
): ParameterFault[] {
  if (value?.trim() === '') return [fault(parameter, 'is empty', responseKey)];
  const copied = copyFault(value ?? '');
  return copied === undefined ? [] : [fault(parameter, copied)];
}

function fault(parameter: string, what: string, responseKey?: string): ParameterFault {
  return { parameter, what, ...(responseKey !== undefined && { responseKey }) };
}
