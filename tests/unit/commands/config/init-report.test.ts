import { expect, test } from '@jest/globals';
import { writtenReport } from '../../../../src/commands/config/init-report.js';
import type { WrittenConfig } from '../../../../src/commands/config/init.js';
import { renderHuman } from '../../../../src/output/human.js';
import { createFakeHost } from '../../../support/fake-host.js';

const WRITTEN: WrittenConfig = {
  path: '/project/.decentrorc',
  environment: 'staging',
  action: 'created',
  credentials: {
    clientId: 'env:DECENTRO_STAGING_ID',
    clientSecret: 'env:DECENTRO_STAGING_SECRET',
    moduleSecret: undefined,
  },
  gitignore: null,
  variables: ['DECENTRO_STAGING_SECRET'],
  notes: [],
};

test.each<[NodeJS.Platform, string]>([
  ['win32', "- $env:DECENTRO_STAGING_SECRET = '…'\n"],
  ['linux', "- export DECENTRO_STAGING_SECRET='…'\n"],
])('on %s, a variable is set as its shell does', (platform, line) => {
  const text = renderHuman(writtenReport(WRITTEN, platform).blocks, createFakeHost().stdout);
  expect(text).toContain(line);
  expect(text).toMatch(/^Client ID +env:DECENTRO_STAGING_ID$/m);
  expect(text).toMatch(/^Module secret +none$/m);
});
