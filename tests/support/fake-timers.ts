import { jest } from '@jest/globals';
import { cleanUp } from './cleanup.js';

/** Stops the clock, as `jest.useFakeTimers` does, until the test ends. */
export function useFakeTimers(options?: Parameters<typeof jest.useFakeTimers>[0]): void {
  jest.useFakeTimers(options);
  cleanUp(() => void jest.useRealTimers());
}
