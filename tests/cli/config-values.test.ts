import { describe, expect, test } from '@jest/globals';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CANARIES } from '../support/canaries.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { privateFile } from '../support/private-file.js';
import { sent } from '../support/sent.js';
import { BODY, PAIR, PURPOSE, REDIRECT_URL } from '../support/session.js';

const EXAMPLE = fileURLToPath(new URL('../../.decentrorc.example', import.meta.url));

describe('values of a config file', () => {
  const settings = {
    environment: 'gateway',
    defaults: { consentPurpose: 'A purpose for every environment', redirectToSignup: true },
    environments: {
      gateway: {
        clientId: '0123',
        clientSecret: CANARIES.clientSecret,
        moduleSecret: 'env:DECENTRO_GATEWAY_MODULE',
        defaults: { consentPurpose: PURPOSE, redirectUrl: REDIRECT_URL, abstractAccessToken: false },
      },
    },
  };
  const yaml = `
environment: gateway
defaults: { consentPurpose: A purpose for every environment, redirectToSignup: true }
environments:
  gateway:
    clientId: 0123
    clientSecret: ${CANARIES.clientSecret}
    moduleSecret: env:DECENTRO_GATEWAY_MODULE
    defaults:
      consentPurpose: ${PURPOSE}
      redirectUrl: ${REDIRECT_URL}
      abstractAccessToken: false
`;

  test.each([
    ['.decentrorc', yaml],
    ['.decentrorc.yml', yaml],
    ['.decentrorc', JSON.stringify(settings)],
    ['.decentrorc.json', JSON.stringify(settings)],
  ])('from %s reach the wire, those of the environment first', async (name, content) => {
    const cwd = temporaryDirectory();
    privateFile(cwd, name, content);
    const env = { DECENTRO_GATEWAY_MODULE: CANARIES.moduleSecret };
    const request = await sent([], { base: ['--consent', '--reference-id', 'ref-1'], cwd, env });
    expect(request.body).toBe(
      `{"reference_id":"ref-1",${BODY},"redirect_to_signup":true,"abstract_access_token":false}`,
    );
    expect(request.header('client_id')).toBe('0123');
    expect(request.header('client_secret')).toBe(CANARIES.clientSecret);
    expect(request.header('module_secret')).toBe(CANARIES.moduleSecret);
  });

  test('give way to a variable, and that to a flag', async () => {
    const cwd = temporaryDirectory();
    privateFile(cwd, '.decentrorc', { defaults: { consentPurpose: 'Of the file', redirectUrl: 'http://a' } });
    const env = { ...PAIR, DECENTRO_CONSENT_PURPOSE: PURPOSE, DECENTRO_REDIRECT_URL: 'http://variable' };
    const base = ['--consent', '--redirect-url', REDIRECT_URL, '--reference-id', 'ref-1'];
    expect((await sent([], { base, cwd, env })).body).toBe(
      `{"reference_id":"ref-1",${BODY},"abstract_access_token":true}`,
    );
  });

  test('are taken from the example once it is copied and filled in', async () => {
    const cwd = temporaryDirectory();
    copyFileSync(EXAMPLE, path.join(cwd, '.decentrorc'));
    const text = readFileSync(EXAMPLE, 'utf8');
    privateFile(cwd, '.decentrorc', text.replace('your-staging-client-id', CANARIES.clientId));
    const env = { DECENTRO_STAGING_SECRET: CANARIES.clientSecret };
    const request = await sent([], { base: ['--consent', '--reference-id', 'ref-1'], cwd, env });
    expect(request.body).toBe(`{"reference_id":"ref-1",${BODY},"abstract_access_token":true}`);
    expect(request.header('client_id')).toBe(CANARIES.clientId);
    expect(request.header('client_secret')).toBe(CANARIES.clientSecret);
  });

  test('are taken from the example with every comment that is a setting put in force', async () => {
    const cwd = temporaryDirectory();
    const text = readFileSync(EXAMPLE, 'utf8').replaceAll(/^( *)# (?= *[a-zA-Z]+:(?: |$))/gm, '$1');
    privateFile(cwd, '.decentrorc', text);
    privateFile(cwd, 'secrets/gateway', `${CANARIES.clientSecret}\n`);
    const request = await sent(['--env', 'gateway'], { base: ['--consent'], cwd, env: {} });
    expect(request.header('client_id')).toBe('your-gateway-client-id');
    expect(request.header('client_secret')).toBe(CANARIES.clientSecret);
    expect(request.json()).toMatchObject({
      redirect_url: 'https://gateway.example/digilocker/return',
      redirect_to_signup: true,
      abstract_access_token: false,
    });
  });
});
