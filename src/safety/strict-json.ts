/**
 * Parses JSON, and refuses an object that names a key twice: readers differ in which of the two they take (RFC 8259,
 * section 4), so that such a text means one thing here and another elsewhere. Returns `undefined` for both.
 */
export function parseStrictJson(text: string): { readonly value: unknown } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return countKeys(text) === countProperties(value) ? { value } : undefined;
}

// In valid JSON a string that a colon follows is a key, and quotes stand around strings alone.
function countKeys(json: string): number {
  let count = 0;
  for (const [, colon] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*(:?)/g)) if (colon === ':') count += 1;
  return count;
}

// JSON.parse takes any depth, which a recursive walk would not.
function countProperties(value: unknown): number {
  const pending = [value];
  let count = 0;
  for (const container of pending) {
    if (typeof container !== 'object' || container === null) continue;
    const inner: unknown[] = Object.values(container);
    if (!Array.isArray(container)) count += inner.length;
    for (const one of inner) pending.push(one);
  }
  return count;
}
