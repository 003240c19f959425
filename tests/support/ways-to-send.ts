import { KeptConnections } from '../../src/api/http/kept-connections.js';
import type { ExchangeOptions } from '../../src/api/http/exchange.js';
import { cleanUp } from './cleanup.js';

/** A request is sent by itself, or as one of a run, which keeps its connections. Both have the same outcomes. */
export const WAYS_TO_SEND: readonly (readonly [way: string, options: () => ExchangeOptions])[] = [
  ['by itself', () => ({})],
  [
    'as one of a run',
    () => {
      const connections = new KeptConnections(4);
      cleanUp(() => {
        connections.close();
      });
      return { connections };
    },
  ],
];
