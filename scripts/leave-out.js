import { packageOf } from './licences.js';

// What never runs here. got: HTTP/2, a cache, a look-up of names of its own. cosmiconfig: its own loaders, since config
// files are data (src/config-file.ts). commander: commands that are programs of their own. https-proxy-agent: Kerberos.
const LEFT_OUT = {
  got: ['http2-wrapper', 'cacheable-request', 'cacheable-lookup'],
  cosmiconfig: ['import-fresh', 'parse-json', 'js-yaml', 'typescript'],
  commander: ['node:child_process'],
  'https-proxy-agent': ['proxy-agent-negotiate'],
};

/** Leaves them out of a bundle; what runs one all the same is told so. */
export const leaveOut = {
  name: 'leave-out',
  setup({ onResolve, onLoad }) {
    const names = new RegExp(`^(${Object.values(LEFT_OUT).flat().join('|')})$`);
    onResolve({ filter: names }, ({ path: name, importer }) =>
      LEFT_OUT[packageOf(importer)]?.includes(name) ? { path: name, namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'left-out' }, ({ path: name }) => ({
      contents: `
        export default class LeftOut { constructor() { throw new Error('${name} is not in the bundle'); } }
        export { LeftOut as CacheError, LeftOut as createNegotiateAuth };`,
    }));
  },
};
