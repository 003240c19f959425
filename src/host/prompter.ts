export interface TextQuestion {
  readonly message: string;
  /** Shown, and taken when the answer is empty. */
  readonly suggestion?: string;
  /** Returns what is wrong with an answer, or `undefined`. */
  readonly check?: (answer: string) => string | undefined;
  /** Shown before the answer while it is typed. */
  readonly progress?: (answer: string) => string;
}

export interface SecretQuestion extends Pick<TextQuestion, 'message' | 'check'> {
  /** Whether an empty answer is one. */
  readonly isOptional: boolean;
}

export interface ChoiceQuestion {
  readonly message: string;
  readonly choices: readonly string[];
  /** The choice under the cursor at first. */
  readonly suggestion?: string;
}

/** Asks on standard error. Every method rejects with a `Failure`: Ctrl-C is `interrupted`, the end of input `usage`. */
export interface Prompter {
  /** The spaces around an answer are not part of it. */
  text(question: TextQuestion): Promise<string>;
  /** The same, masked as it is typed. */
  secret(question: SecretQuestion): Promise<string>;
  confirm(question: ConfirmQuestion): Promise<boolean>;
  /** Shows a list; the arrow keys choose. */
  choose(question: ChoiceQuestion): Promise<string>;
}

export interface ConfirmQuestion {
  readonly message: string;
  readonly isDefaultYes?: boolean;
  /** Takes the question off the screen; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The same, but for a question whose answer is being typed: it would be lost. */
  readonly gentleSignal?: AbortSignal | undefined;
}

export interface PromptStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream & { readonly columns?: number };
  readonly hasColors: boolean;
  /** Whether the terminal moves no cursor (TERM=dumb, as in a shell inside Emacs). */
  readonly isDumb?: boolean;
  readonly signal: AbortSignal;
  /** Emits `SIGCONT`: the process itself. */
  readonly signals: NodeJS.EventEmitter;
}
