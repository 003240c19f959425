export interface Gate<Value> {
  /** Lets everything pass that is held back, and all that comes later. */
  readonly open: (value: Value) => void;
  /** Resolves with the value of the open gate; with `undefined` after a time, or when too many came later. */
  readonly pass: () => Promise<Value | undefined>;
  /** Holds nothing back any more. */
  readonly close: () => void;
}

/** Holds back what comes too early: the newest few, each for a time. */
export function createGate<Value>(maxHeld: number, limitMs: number): Gate<Value> {
  const held = new Set<(value: Value | undefined) => void>();
  let opened: Value | undefined;
  const releaseAll = () => {
    for (const release of held) release(opened);
  };
  return {
    open: (value) => {
      opened = value;
      releaseAll();
    },
    pass: async () => {
      if (opened !== undefined) return opened;
      return new Promise((resolve) => {
        const release = (value: Value | undefined) => {
          clearTimeout(timer);
          held.delete(release);
          resolve(value);
        };
        const timer = setTimeout(release, limitMs, undefined);
        held.add(release);
        if (held.size > maxHeld) [...held][0]?.(undefined);
      });
    },
    close: releaseAll,
  };
}
