import { describe, expect, test } from '@jest/globals';
import {
  decentroEnvironment,
  isProduction,
  parseAllowedHost,
  baseUrlFault,
  hostFault,
} from '../../../src/safety/trust.js';
import { isLiteralLoopback, parseHttpUrl } from '../../../src/safety/url.js';

const STAGING = 'https://in.staging.decentro.tech';
const PRODUCTION = 'https://in.decentro.tech';

describe('hostFault (rules 10, 11)', () => {
  test.each<[url: string, environment: string, allowed: string[], refusal: RegExp | undefined]>([
    [STAGING, 'staging', [], undefined],
    [`${STAGING}/v2/`, 'staging', [], undefined],
    [PRODUCTION, 'production', [], undefined],
    [PRODUCTION, 'staging', [], /belongs to the environment production, not to staging/],
    [PRODUCTION, 'staging', ['in.decentro.tech'], /belongs to the environment production/],
    [STAGING, 'production', ['in.staging.decentro.tech'], /belongs to the environment staging/],
    [`${PRODUCTION}.`, 'staging', ['in.decentro.tech.'], /belongs to the environment production/],
    [STAGING, 'sandbox', ['in.staging.decentro.tech'], /belongs to the environment staging, not to sandbox/],
    [`${STAGING}:8443`, 'staging', [], /is not a host that credentials may leave for/],
    [`${STAGING}:8443`, 'staging', ['in.staging.decentro.tech:8443'], undefined],
    [`${STAGING}.`, 'staging', [], /is not a host/],
    ['http://in.staging.decentro.tech', 'staging', ['in.staging.decentro.tech'], /is not HTTPS/],
    [PRODUCTION, 'gateway', [], /is not a host/],
    [PRODUCTION, 'gateway', ['in.decentro.tech'], undefined],
    ['https://gw.example', 'gateway', [], /^gw\.example is not a host/],
    ['https://gw.example', 'gateway', ['gw.example'], undefined],
    ['https://gw.example', 'staging', ['gw.example'], undefined],
    ['https://gw.example', 'gateway', ['gw.example:443'], undefined],
    ['https://gw.example', 'gateway', ['gw.example:8443'], /is not a host/],
    ['https://gw.example:8443', 'gateway', ['gw.example'], undefined],
    ['https://gw.example', 'gateway', ['example'], /is not a host/],
    ['https://gw.example', 'gateway', ['other.gw.example'], /is not a host/],
    ['https://gw.example.evil', 'gateway', ['gw.example'], /is not a host/],
    ['http://gw.example', 'gateway', ['gw.example'], /^http:\/\/gw\.example is not HTTPS/],
    ['http://localhost:4010', 'sandbox', ['localhost'], /use http:\/\/127\.0\.0\.1:4010$/],
    ['https://localhost:4010', 'sandbox', [], /is not a host/],
    ['http://127.0.0.1:4010', 'sandbox', [], undefined],
    ['http://[::1]:4010', 'sandbox', [], undefined],
    ['http://127.0.0.1:4010', 'staging', [], /^127\.0\.0\.1:4010 is not a host/],
    ['http://127.0.0.1:4010', 'staging', ['127.0.0.1'], undefined],
    ['http://127.0.0.1', 'staging', ['127.0.0.1:80'], undefined],
    ['http://127.0.0.1:4010', 'staging', ['127.0.0.1:4011'], /is not a host/],
    ['http://[::1]:4010', 'production', ['[::1]:4010'], undefined],
  ])('%s for %s, with %j allowed', (url, environment, allowed, refusal) => {
    const said = hostFault(new URL(url), environment, allowed);
    if (refusal === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(refusal);
  });
});

test.each([
  [STAGING, 'staging'],
  [`${PRODUCTION}:8443/path`, 'production'],
  [`${PRODUCTION}.`, 'production'],
  ['https://decentro.tech', undefined],
  ['https://in.decentro.tech.evil.example', undefined],
])('%s is the host of %p', (url, environment) => {
  expect(decentroEnvironment(new URL(url))).toBe(environment);
  expect(isProduction(new URL(url))).toBe(environment === 'production');
});

test.each([
  ['http://127.0.0.1', true],
  ['http://127.1.2.3:80', true],
  ['http://2130706433', true],
  ['http://[::1]', true],
  ['http://localhost', false],
  ['http://127.0.0.1.example', false],
  ['http://0.0.0.0', false],
  ['http://[::]', false],
])('%s is literal loopback: %p (rule 10)', (url, expected) => {
  expect(isLiteralLoopback(new URL(url))).toBe(expected);
});

test.each([
  ['https://app.example/path?a=1#b', 'https://app.example/path?a=1#b'],
  ['HTTP://App.Example', 'http://app.example/'],
  ['https:app.example', undefined],
  ['ftp://app.example', undefined],
  ['app.example', undefined],
  ['javascript:alert(1)', undefined],
  ['', undefined],
])('parseHttpUrl(%j) is %p', (text, href) => {
  expect(parseHttpUrl(text)?.href).toBe(href);
});

test.each([
  ['https://user@gw.example', /user name or password/],
  ['https://:pass@gw.example', /user name or password/],
  ['https://gw.example/?a=1', /query or fragment/],
  ['https://gw.example/#a', /query or fragment/],
])('baseUrlFault(%s) says %p', (url, refusal) => {
  expect(baseUrlFault(new URL(url))).toMatch(refusal);
});

test('a base URL may have a path', () => {
  expect(baseUrlFault(new URL('https://gw.example/decentro/'))).toBeUndefined();
});

test.each([
  ['gw.example', 'gw.example'],
  ['GW.Example:8443', 'gw.example:8443'],
  ['127.0.0.1:4010', '127.0.0.1:4010'],
  ['[::1]:80', '[::1]:80'],
  ['[::1]', '[::1]'],
  ['https://gw.example', undefined],
  ['gw.example/path', undefined],
  ['gw.example:port', undefined],
  ['*.example', undefined],
  ['[zz]', undefined],
  ['1.2.3.4.5', undefined],
  ['', undefined],
])('parseAllowedHost(%j) is %p (rule 10)', (text, host) => {
  expect(parseAllowedHost(text)).toBe(host);
});
