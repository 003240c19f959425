import { access, constants } from 'node:fs/promises';
import build from '../support/build.js';

const INSTALL = 'Install it (apt-get install chromium), or set CHROMIUM to the path of one.';

/**
 * Says what to do where there is no Chromium, once and before any test, and tells the tests where it is. Builds the
 * command whose link the browser opens.
 */
export default async function findChromium() {
  process.env['CHROMIUM'] ||= '/usr/bin/chromium';
  await access(process.env['CHROMIUM'], constants.X_OK).catch(() => {
    throw new Error(`The browser tests need Chromium, and ${process.env['CHROMIUM']} is none. ${INSTALL}`);
  });
  await build();
}
