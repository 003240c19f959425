export type Tone = 'good' | 'bad' | 'plain';

/** A time in milliseconds since the epoch, which a person reads local, and with its distance where `nowMs` is known. */
export interface Moment {
  readonly atMs: number;
  readonly nowMs?: number | undefined;
}

export interface TableRow {
  readonly tone: Tone;
  readonly cells: readonly (string | Moment)[];
}

/** One thing that was looked at. */
export interface ShownCheck {
  readonly status: 'ok' | 'warning' | 'problem' | 'skipped';
  readonly title: string;
  readonly detail: string;
  readonly remedy: string | null;
}

/** What a person reads, without its layout. Texts may come from a server: the renderer makes them safe to show. */
export type Block =
  /** A text is one line, a list has several. */
  | { readonly type: 'title'; readonly text: string | readonly string[]; readonly tone: Tone }
  | { readonly type: 'text'; readonly text: string }
  /** What to do about an error, one hint a line. */
  | { readonly type: 'hint'; readonly text: string }
  /** Lines that stay as they are, such as those of a file. */
  | { readonly type: 'listing'; readonly text: string }
  /** Rows that are `null` are left out. */
  | {
      readonly type: 'fields';
      readonly rows: readonly (readonly [label: string, value: string | Moment | null])[];
    }
  /** Columns as wide as they have to be; the tone is that of the first cell. */
  | { readonly type: 'table'; readonly rows: readonly TableRow[] }
  | { readonly type: 'checks'; readonly checks: readonly ShownCheck[] }
  | { readonly type: 'link'; readonly label: string; readonly url: string };

/** Rows of a label and a value; those that are `null` are left out. */
export type FieldRows = Extract<Block, { type: 'fields' }>['rows'];

/** What a command has to say, for every output form. */
export interface Report {
  /** The JSON document, `schema` first. */
  readonly document: Readonly<Record<string, unknown>>;
  /** What `env` and `shell` print; `null` is left out. */
  readonly variables?: readonly (readonly [name: string, value: string | null])[];
  readonly blocks: readonly Block[];
}
