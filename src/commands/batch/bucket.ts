// How fast requests may leave: a token bucket whose rate gives way to HTTP 429 and recovers. Times are monotonic
// milliseconds, handed in. Pure.

/** Answers of the last ten seconds, in buckets of one second. */
const WINDOW_MS = 10_000;
const SECONDS = 10;

/** From this share of 429 on, the rate gives way. */
const MAX_SHARE = 0.05;

export interface Bucket {
  /** How long until the next departure may leave; 0 where it may leave now. */
  readonly delayMs: (now: number) => number;
  readonly take: (now: number) => void;
  /** Counts an answer. */
  readonly answered: (now: number, isThrottled: boolean) => void;
  /** Departures a second at present; `undefined` without a limit. */
  readonly rate: () => number | undefined;
}

/** @param limit departures a second; `undefined` for as many as the window allows */
export function createBucket(limit: number | undefined, startedAt: number): Bucket {
  if (limit === undefined)
    return { delayMs: () => 0, take: () => undefined, answered: () => undefined, rate: () => undefined };
  const floor = Math.min(limit, Math.max(1, limit / 20));
  // A twentieth leaves room for requests that arrive closer together than they left: no second has over 1.1 of the rate.
  const capacity = Math.max(1, limit / 20);
  let rate = limit;
  let tokens = 1;
  let filledAt = startedAt;
  let changedAt = startedAt;
  let decreasedAt = Number.NEGATIVE_INFINITY;
  const answers = new Float64Array(SECONDS);
  const throttled = new Float64Array(SECONDS);
  let second = Math.floor(startedAt / 1000);

  const fill = (now: number) => {
    tokens = Math.min(capacity, tokens + ((now - filledAt) * rate) / 1000);
    filledAt = now;
  };
  const forget = (now: number) => {
    const current = Math.floor(now / 1000);
    for (let passed = Math.max(second + 1, current - SECONDS + 1); passed <= current; passed += 1) {
      answers[passed % SECONDS] = 0;
      throttled[passed % SECONDS] = 0;
    }
    second = Math.max(second, current);
  };
  const isOverShare = () => {
    const all = answers.reduce((sum, count) => sum + count, 0);
    return all > 0 && throttled.reduce((sum, count) => sum + count, 0) / all >= MAX_SHARE;
  };

  return {
    delayMs: (now) => {
      fill(now);
      // A departure a thousandth early is not a burst, and spares a timer that fires a moment too soon.
      return tokens >= 0.999 ? 0 : Math.ceil(((1 - tokens) * 1000) / rate);
    },
    take: (now) => {
      fill(now);
      tokens -= 1;
    },
    answered: (now, isThrottled) => {
      forget(now);
      const place = second % SECONDS;
      answers[place] = (answers[place] ?? 0) + 1;
      if (isThrottled) throttled[place] = (throttled[place] ?? 0) + 1;
      fill(now);
      if (isOverShare()) {
        changedAt = now;
        if (!isThrottled || now - decreasedAt < WINDOW_MS) return;
        decreasedAt = now;
        rate = Math.max(floor, rate * 0.7);
      } else if (rate < limit && now - changedAt >= WINDOW_MS) {
        changedAt = now;
        rate = Math.min(limit, rate + limit / 20);
      }
    },
    rate: () => rate,
  };
}
