/** Whether bytes of a request may have reached the server. */
export type Sent = 'no' | 'yes' | 'unknown';

/** Whether a call did what it is for. */
export type Effect = 'no' | 'yes' | 'unknown';

/** One request of a call. */
export interface Attempt {
  /** Null for a call that has none. */
  readonly referenceId: string | null;
  readonly httpStatus: number | null;
  readonly sent: Sent;
}

/** What is known of a call, however it ended: keys of the JSON document. */
export interface CallFacts {
  /** Null for a call that has none. */
  readonly referenceId: string | null;
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

/** A document of an answer that was written to a file: an entry of `files` in the JSON document. */
export interface SavedDocument {
  readonly kind: 'pdf' | 'xml' | 'photo' | 'file';
  /** As the user wrote it, relative to the working directory where they did. */
  readonly path: string;
  readonly bytes: number;
  /** By its first bytes; null where it cannot be read. */
  readonly type: 'pdf' | 'xml' | 'jpeg' | null;
}

/** The redirect of a session, as its query has it: `status` and ID with abstraction, `code` and `state` without. */
export interface Callback {
  /** `SUCCESS`, in any case, where Decentro fetches the access token itself; else another word. */
  readonly status: string | null;
  /** The DigiLocker code, for the access-token call. */
  readonly code: string | null;
  /** ISO 8601: 1 hour (source: the reference page) after the redirect arrived; null where that was not seen. */
  readonly codeExpiresAt: string | null;
  /** The initial Decentro transaction ID, beside a code. */
  readonly state: string | null;
  /** The initial Decentro transaction ID, beside a status: `initiation_decentro_transaction_id`. */
  readonly decentroTxnId: string | null;
  /** As OAuth 2.0 has it (RFC 6749, section 4.1.2.1), such as `access_denied`. */
  readonly error: string | null;
  readonly errorDescription: string | null;
}
