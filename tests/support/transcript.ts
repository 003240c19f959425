/** Wait, at most, for this long. Below jest's own limit, whose error would not show what was printed. */
export const DEFAULT_TIMEOUT_MS = 15_000;

interface Waiter {
  readonly expression: RegExp;
  readonly resolve: (match: RegExpExecArray) => void;
  readonly reject: (error: Error) => void;
}

/** Text that grows while tests wait for parts of it. */
export class Transcript {
  text = '';
  #cursor = 0;
  #ended: string | undefined;
  readonly #waiters = new Set<Waiter>();

  append(chunk: string): void {
    this.text += chunk;
    this.#serve();
  }

  /** Nothing will be added: whoever still waits is told `why`. */
  end(why: string): void {
    this.#ended ??= why;
    this.#serve();
  }

  /**
   * Resolves with the first match behind the one that was waited for before; a string is matched literally.
   * Text arrives in pieces, so an expression that reads a value out has to include what ends it.
   */
  async waitFor(pattern: string | RegExp, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<RegExpExecArray> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const waiter = { expression: searching(pattern), resolve, reject };
        this.#waiters.add(waiter);
        timer = setTimeout(() => {
          this.#waiters.delete(waiter);
          reject(this.#missing(waiter.expression, `not seen within ${timeoutMs} ms`));
        }, timeoutMs);
        this.#serve();
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #serve(): void {
    for (const waiter of this.#waiters) {
      waiter.expression.lastIndex = this.#cursor;
      const match = waiter.expression.exec(this.text);
      if (match !== null) {
        this.#cursor = waiter.expression.lastIndex;
        this.#waiters.delete(waiter);
        waiter.resolve(match);
      } else if (this.#ended !== undefined) {
        this.#waiters.delete(waiter);
        waiter.reject(this.#missing(waiter.expression, this.#ended));
      }
    }
  }

  #missing(expression: RegExp, why: string): Error {
    const consumed = this.text.slice(0, this.#cursor);
    const rest = this.text.slice(this.#cursor);
    return new Error(
      `${String(expression)}: ${why}\n--- consumed\n${consumed}\n--- since then\n${rest}\n---`,
    );
  }
}

function searching(pattern: string | RegExp): RegExp {
  if (typeof pattern === 'string') return new RegExp(pattern.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'g');
  return new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`);
}
