import { describe, expect, test } from '@jest/globals';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ConfigFile } from '../../../src/settings/config-file.js';
import { lendingFault, referencesOf } from '../../../src/settings/lending.js';
import { parseSecretSource } from '../../../src/settings/secret-source.js';
import { temporaryDirectory } from '../../support/cleanup.js';

const FOLDER = '/project';

function fault(
  text: string,
  { name = 'clientSecret', environment = 'staging', others = {}, environments = ['gateway', 'prod-eu'] } = {},
): string | undefined {
  const file: ConfigFile = {
    role: 'user',
    path: '/project/x',
    config: { environments: others },
    exposesSecrets: false,
  };
  const source = parseSecretSource(text, FOLDER);
  return lendingFault({ environment, name, source }, referencesOf([file]), environments, FOLDER);
}

describe('a project file does not lend (rule 39)', () => {
  test.each([
    ['env:DECENTRO_PRODUCTION_SECRET', 'production'],
    ['env:DECENTRO_SECRET_PRODUCTION', 'production'],
    ['env:DECENTRO_PROD_SECRET', 'production'],
    ['env:DECENTRO_GATEWAY_SECRET', 'gateway'],
    ['env:DECENTRO_PROD_EU_SECRET', 'prod-eu'],
    ['env:DECENTRO_PRODSECRET', 'production'],
    ['env:DECENTRO_SECRETPROD', 'production'],
    ['env:DECENTRO_PROD2_SECRET', 'production'],
    ['env:DECENTRO_PRODUCTIONCREDS', 'production'],
    ['env:DECENTRO_ProdSecret', 'production'],
    ['file:secrets/production', 'production'],
    ['file:secrets/prod/client-secret', 'production'],
  ])('%s, which is named after %s', (text, owner) => {
    expect(fault(text)).toBe(`refers to what is named after the environment ${owner}`);
  });

  test.each([
    ['env:DECENTRO_KYC', { production: { clientSecret: 'env:DECENTRO_KYC' } }],
    ['file:kyc', { gateway: { moduleSecret: 'file:./kyc' } }],
    ['env:DECENTRO_STAGING_SECRET', { gateway: { clientSecret: 'env:DECENTRO_STAGING_SECRET' } }],
  ])('%s, which another environment uses as well', (text, others) => {
    expect(fault(text, { others })).toBe(`refers to what the environment ${Object.keys(others).join()} uses`);
  });

  test.each([
    ['env:DECENTRO_STAGING_SECRET', {}],
    ['env:DECENTRO_CLIENT_TOKEN', {}],
    ['env:DECENTRO_CLIENT_PASSWORD', {}],
    ['env:DECENTRO_CREDENTIAL', {}],
    ['env:DECENTRO_KYC', { staging: { clientSecret: 'env:DECENTRO_KYC' } }],
  ])('%s as an ID, which is a secret', (text, others) => {
    expect(fault(text, { name: 'clientId', others })).toBe('refers to a secret where an ID is expected');
  });
});

test('a link is another name of the file that it leads to (rule 39)', () => {
  const folder = temporaryDirectory();
  mkdirSync(path.join(folder, 'secrets'));
  writeFileSync(path.join(folder, 'secrets/production'), 'x');
  writeFileSync(path.join(folder, 'secrets/kyc'), 'x');
  symlinkSync('secrets/production', path.join(folder, 'named'));
  symlinkSync('secrets/kyc', path.join(folder, 'used'));
  const at = (text: string) => parseSecretSource(text, folder);
  const used = { environment: 'gateway', name: 'clientSecret', source: at('file:secrets/kyc') };
  const faultOf = (text: string) =>
    lendingFault({ environment: 'staging', name: 'clientSecret', source: at(text) }, [used], [], folder);
  expect(faultOf('file:named')).toBe('refers to what is named after the environment production');
  expect(faultOf('file:used')).toBe('refers to what the environment gateway uses');
});

describe('a project file may refer to', () => {
  test.each([
    ['env:DECENTRO_STAGING_SECRET', 'staging'],
    ['env:DECENTRO_SECRET', 'staging'],
    ['env:DECENTRO_PRODUCT_SECRET', 'staging'],
    ['env:DECENTRO_PROD_EU_SECRET', 'prod-eu'],
    ['env:DECENTRO_PROD_US_SECRET', 'prodUs'],
    ['env:DECENTRO_PROD2_SECRET', 'prod2'],
    ['env:DECENTRO_PRODUCTION_SECRET', 'production'],
    ['env:DECENTRO_PROD_SECRET', 'prod'],
    ['file:secrets/decentro', 'staging'],
    ['a-literal-of-production', 'staging'],
  ])('%s from %s', (text, environment) => {
    expect(fault(text, { environment })).toBeUndefined();
  });

  test('a variable, whose prefix is no name of an environment', () => {
    const environments = ['decentro', 'gateway'];
    expect(fault('env:DECENTRO_STAGING_SECRET', { environments })).toBeUndefined();
  });

  test('an ID', () => {
    expect(fault('env:DECENTRO_STAGING_ID', { name: 'clientId' })).toBeUndefined();
  });
});
