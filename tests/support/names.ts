import dns from 'node:dns';
import { isIP } from 'node:net';
import { cleanUp } from './cleanup.js';

/** Makes every name lead to 127.0.0.1, for this process, until the test ends. */
export function leadNamesHere(): void {
  const { lookup } = dns;
  const lookUp = (name: string, ...rest: unknown[]): unknown =>
    Reflect.apply(lookup, dns, [isIP(name) === 0 ? '127.0.0.1' : name, ...rest]);
  Reflect.set(dns, 'lookup', lookUp);
  cleanUp(() => void Reflect.set(dns, 'lookup', lookup));
}
