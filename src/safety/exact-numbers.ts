// Numbers of JSON that a double does not hold (RFC 8259, section 6).

// In valid JSON, digits outside a string are those of a number.
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The first number of a valid JSON text that a double does not hold, or `undefined`. */
export function inexactNumber(json: string): string | undefined {
  return json.match(TOKEN)?.find((token) => !token.startsWith('"') && !isExact(token));
}

/** A valid JSON text with each number that a double does not hold as a string of its characters. */
export function quoteInexactNumbers(json: string): string {
  return json.replace(TOKEN, (token) => (token.startsWith('"') || isExact(token) ? token : `"${token}"`));
}

function isExact(token: string): boolean {
  const value = Number(token);
  if (!Number.isFinite(value)) return false;
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return false;
  return decimal(token) === decimal(String(value));
}

/** Its significant digits and the place of the point, which are the same however it is written. */
function decimal(token: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(token) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const place = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${place}`;
}
