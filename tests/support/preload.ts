import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryDirectory } from './cleanup.js';

/** Environment variables that make the program import a module of these lines before its own first line. */
export function preload(...lines: readonly string[]): Record<string, string> {
  const file = path.join(temporaryDirectory(), 'preload.mjs');
  writeFileSync(file, lines.join('\n'));
  return { NODE_OPTIONS: `--import=${pathToFileURL(file).href}` };
}

/** Lines for `preload`: every name is at 127.0.0.1. */
export const NAMES_LEAD_HERE = [
  "import dns from 'node:dns';",
  'dns.lookup = (name, options, done) =>',
  "  options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);",
] as const;

/** Lines for `preload`: the first connections, this many of them, are refused. */
export function refusing(count: number): string[] {
  return [
    "import net from 'node:net';",
    'const { connect } = net.Socket.prototype;',
    `let left = ${count};`,
    'net.Socket.prototype.connect = function (...args) {',
    '  if (left === 0) return connect.apply(this, args);',
    '  left -= 1;',
    "  const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });",
    '  process.nextTick(() => this.destroy(error));',
    '  return this;',
    '};',
  ];
}
