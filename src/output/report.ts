export type Tone = 'good' | 'bad' | 'plain';

/** What a person reads, without its layout. Texts may come from a server: the renderer makes them safe to show. */
export type Block =
  | { readonly type: 'title'; readonly text: string; readonly tone: Tone }
  | { readonly type: 'text'; readonly text: string }
  /** Rows that are `null` are left out. */
  | { readonly type: 'fields'; readonly rows: readonly (readonly [label: string, value: string | null])[] }
  | { readonly type: 'link'; readonly label: string; readonly url: string };

/** What a command has to say, for every output form. */
export interface Report {
  /** The JSON document, `schema` first. */
  readonly document: Readonly<Record<string, unknown>>;
  /** What `env` and `shell` print; `null` is left out. */
  readonly variables?: readonly (readonly [name: string, value: string | null])[];
  readonly blocks: readonly Block[];
}
