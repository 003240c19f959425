/** One request that arrived at the API. Headers are left out, and with them the credentials. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** The parsed JSON, or `null` when the body was none. */
  readonly body: unknown;
  readonly referenceId: string | null;
  /** The HTTP status answered, `null` when the client got none. */
  readonly status: number | null;
  /** The response key answered, or the scenario played in place of one, or `too-large`. */
  readonly outcome: string;
}

export interface RequestLog {
  readonly requests: readonly RecordedRequest[];
  record(request: RecordedRequest): void;
  /** For requests that are not API calls: they are logged, not kept. */
  write(method: string, path: string, outcome: number | string): void;
}

const MAX_PATH_LENGTH = 100;
const MAX_REFERENCE_ID_LENGTH = 64;

/** Keeps the requests to the API, if that is wanted, and gives `log` one line for every request. */
export function createRequestLog(log: (line: string) => void, keepsRequests: boolean): RequestLog {
  const requests: RecordedRequest[] = [];
  return {
    requests,
    record(request) {
      if (keepsRequests) requests.push(request);
      const { method, path, status, outcome, referenceId } = request;
      const reference = referenceId === null ? '' : ` ref=${printable(referenceId, MAX_REFERENCE_ID_LENGTH)}`;
      log(`${method} ${printable(path, MAX_PATH_LENGTH)} ${status ?? '-'} ${outcome}${reference}`);
    },
    write(method, path, outcome) {
      log(`${method} ${printable(path, MAX_PATH_LENGTH)} ${outcome}`);
    },
  };
}

// The line ends up on a terminal, and the client chooses the text.
function printable(text: string, maxLength: number): string {
  const safe = text.slice(0, maxLength).replace(/[^\x21-\x7e]/g, '?');
  return text.length > maxLength ? `${safe}...` : safe;
}
