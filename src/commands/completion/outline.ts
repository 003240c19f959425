// What the declarations of the commands say: completion and the reference page are made of it, and of nothing else.

export interface FlagOutline {
  /** As declared: `-e, --env <name>`. */
  readonly declaration: string;
  readonly names: readonly string[];
  /** The same for a flag and its `--no-` form. */
  readonly setting: string;
  readonly value: 'none' | 'optional' | 'required';
  /** What stands between the brackets: `name`. */
  readonly placeholder: string;
  readonly summary: string;
  readonly choices: readonly string[];
  /** In words. */
  readonly fallback: string | undefined;
  readonly isRepeatable: boolean;
  readonly group: string;
}

export interface ArgumentOutline {
  readonly name: string;
  readonly summary: string;
  readonly choices: readonly string[];
  readonly isVariadic: boolean;
}

export interface CommandOutline {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly arguments: readonly ArgumentOutline[];
  readonly flags: readonly FlagOutline[];
  readonly commands: readonly CommandOutline[];
  /** What its help says below the flags, up to the examples. */
  readonly notes: string;
  readonly examples: string;
}

/** The command at the end of a path of names, or `undefined` where one of them does not exist. */
export function findCommand(root: CommandOutline, names: readonly string[]): CommandOutline | undefined {
  return names.reduce<CommandOutline | undefined>(
    (found, name) => found?.commands.find((inner) => inner.name === name),
    root,
  );
}
