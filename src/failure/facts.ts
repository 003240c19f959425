/** Whether bytes of a request may have reached the server. */
export type Sent = 'no' | 'yes' | 'unknown';

/** Whether a call did what it is for. */
export type Effect = 'no' | 'yes' | 'unknown';

/** One request of a call. */
export interface Attempt {
  readonly referenceId: string;
  readonly httpStatus: number | null;
  readonly sent: Sent;
}

/** What is known of a call, however it ended: keys of the JSON document. */
export interface CallFacts {
  readonly referenceId: string;
  readonly decentroTxnId: string | null;
  readonly status: string | null;
  readonly responseCode: string | null;
  readonly responseKey: string | null;
  readonly message: string | null;
  readonly effect: Effect;
  readonly httpStatus: number | null;
  readonly durationMs: number;
  readonly attempts: readonly Attempt[];
  readonly raw: unknown;
}

/** The redirect of a session, as its query tells it. */
export interface Callback {
  /** The DigiLocker code; absent after a refusal, and where Decentro fetches the access token itself. */
  readonly code: string | null;
  /** ISO 8601. The code is valid for 1 hour (source: the reference page). */
  readonly codeExpiresAt: string | null;
  /** The initial Decentro transaction ID. */
  readonly state: string | null;
  /** As OAuth 2.0 has it (RFC 6749, section 4.1.2.1), such as `access_denied`. */
  readonly error: string | null;
  readonly errorDescription: string | null;
}
