import manifest from '../package.json' with { type: 'json' };

export const {
  version,
  engines: { node: neededNode },
} = manifest;
