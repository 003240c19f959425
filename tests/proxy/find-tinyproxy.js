import { access, constants } from 'node:fs/promises';
import build from '../support/build.js';

const INSTALL = 'Install it (apt-get install tinyproxy-bin), or set TINYPROXY to the path of one.';

/** Says what to do where there is no tinyproxy, once and before any test. Builds the command that goes through it. */
export default async function findTinyproxy() {
  process.env['TINYPROXY'] ||= '/usr/bin/tinyproxy';
  await access(process.env['TINYPROXY'], constants.X_OK).catch(() => {
    throw new Error(`The proxy tests need tinyproxy, and ${process.env['TINYPROXY']} is none. ${INSTALL}`);
  });
  await build();
}
