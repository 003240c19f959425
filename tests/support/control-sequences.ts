const ESC = '\u001B';
const BEL = '\u0007';
const END = `(?:${BEL}|${ESC}\\\\)`;

const CSI = `\\[[0-?]*[ -/]*[@-~]`;
const STRING = `[\\]PX^_][^${BEL}${ESC}]*${END}`;
const SHORT = `[ -/]*[0-OQ-WYZ\\\\\`-~]`;
const SEQUENCE = new RegExp(`${ESC}(?:${CSI}|${STRING}|${SHORT})`, 'g');

const UNFINISHED = new RegExp(`${ESC}(?:\\[[0-?]*[ -/]*|[\\]PX^_][^${BEL}${ESC}]*${ESC}?|[ -/]*)$`);

/** The text without escape sequences and without control characters other than line feed and tab. */
export function stripControls(text: string): string {
  return text.replace(SEQUENCE, '').replace(/(?![\n\t])\p{Cc}/gu, '');
}

/** `stripControls` for text that arrives in chunks, which may cut a sequence in two. */
export function createStripper(): (chunk: string) => string {
  let held = '';
  return (chunk) => {
    const text = held + chunk;
    held = UNFINISHED.exec(text)?.[0] ?? '';
    return stripControls(text.slice(0, text.length - held.length));
  };
}
