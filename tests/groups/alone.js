/** The test files that run in a context of their own: they put something in the place of a module. */
export const ALONE = ['unit/host/browser.test.ts'];
