import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './bundle.js';
import { packageOf } from './licences.js';

const MANIFEST = path.join(root, 'package.json');

const NEVER_USED = `
  export default class LeftOut { constructor() { throw new Error('This is not in the bundle.'); } }
  export { LeftOut as CacheError, LeftOut as createNegotiateAuth, LeftOut as editAsync };`;

// What takes long to load, or to read, and is of no use here, by the package that imports it: what stands in its place.
const LEFT_OUT = {
  got: {
    'http2-wrapper': NEVER_USED,
    'cacheable-request': NEVER_USED,
    'cacheable-lookup': NEVER_USED,
    // Requests are streams (src/api/http/send-by-got.ts), and their bodies JSON.
    './as-promise/index.js': NEVER_USED,
    'decompress-response': NEVER_USED,
    // Each phase has its limit (src/api/http/phase-limits.ts).
    './timed-out.js': 'export class TimeoutError extends Error {} export default () => () => {};',
    'form-data-encoder': `${NEVER_USED} export const isFormData = () => false; export { LeftOut as FormDataEncoder };`,
    '@sindresorhus/is': readFileSync(path.join(import.meta.dirname, 'got-checks.js'), 'utf8'),
    // Nobody asks how long each phase took, or listens to got's diagnostics channels.
    './utils/timer.js': 'export default () => undefined;',
    './diagnostics-channel.js': `export { ${[
      ...['generateRequestId', 'publishRequestCreate', 'publishRequestStart', 'publishResponseStart'],
      ...['publishResponseEnd', 'publishRetry', 'publishError', 'publishRedirect'],
    ]
      .map((name) => `nothing as ${name}`)
      .join(', ')} }; const nothing = () => undefined;`,
    // Named for every request, called for TLS alone.
    'node:tls': `
      import tls from 'node:tls';
      export const checkServerIdentity = (host, certificate) => tls.checkServerIdentity(host, certificate);`,
  },
  // Config files are data (src/settings/config-file.ts), and opened there: cosmiconfig copies each function of fs first.
  // It is told where to look.
  cosmiconfig: { './loaders': NEVER_USED, fs: NEVER_USED, os: NEVER_USED, 'env-paths': NEVER_USED },
  // Questions are answered on the terminal, not in an editor, which brings tables of 400 KB for encodings.
  '@inquirer/editor': { '@inquirer/external-editor': NEVER_USED },
  // Tells requests apart that the sandbox does not take.
  '@hono/node-server': {
    'node:http2': 'export class Http2ServerRequest {}; export const constants = {};',
  },
  // Random numbers, which a hash has no use for.
  '@noble/hashes': { '@noble/hashes/crypto': 'export const crypto = undefined;' },
  // For commands that are programs of their own.
  commander: { 'node:child_process': NEVER_USED },
  // A guess at the colours of the terminal, which the host knows.
  chalk: { '#supports-color': NEVER_USED },
};

/** Leaves them out of a bundle. */
export const leaveOut = {
  name: 'leave-out',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path: name, importer }) => {
      const owner = packageOf(importer);
      if (LEFT_OUT[owner]?.[name] === undefined) return undefined;
      return { path: `${owner} ${name}`, namespace: 'left-out', pluginData: LEFT_OUT[owner][name] };
    });
    // Its version and the Node that it needs are all that the program knows of itself.
    onLoad({ filter: /package\.json$/ }, async ({ path: file }) => {
      if (file !== MANIFEST) return undefined;
      const { version, engines } = JSON.parse(await readFile(file, 'utf8'));
      return { contents: JSON.stringify({ version, engines }), loader: 'json' };
    });
    onLoad({ filter: /./, namespace: 'left-out' }, ({ pluginData: contents }) => ({ contents }));
  },
};
