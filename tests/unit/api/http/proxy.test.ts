import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../../../src/failure/failure.js';
import { findProxy, secretProxyVariables } from '../../../../src/api/http/proxy.js';
import { CANARIES, findLeak } from '../../../support/canaries.js';

const STAGING = 'https://in.staging.decentro.tech/v2';

function find(variables: Record<string, string>, url = STAGING) {
  return findProxy(new URL(url), variables);
}

function failureOf(variables: Record<string, string>): Failure {
  try {
    find(variables);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('A proxy was found.');
}

describe('the proxy comes from', () => {
  test.each<[what: string, variables: Record<string, string>, variable: string | undefined]>([
    ['nowhere, when nothing is set', {}, undefined],
    ['HTTPS_PROXY', { HTTPS_PROXY: 'http://a.example:1' }, 'HTTPS_PROXY'],
    ['https_proxy, which wins', { HTTPS_PROXY: 'http://b:2', https_proxy: 'http://a:1' }, 'https_proxy'],
    ['HTTPS_PROXY, when the other is empty', { HTTPS_PROXY: 'http://b:2', https_proxy: '' }, 'HTTPS_PROXY'],
    ['HTTPS_PROXY before all_proxy', { HTTPS_PROXY: 'http://b:2', all_proxy: 'http://a:1' }, 'HTTPS_PROXY'],
    ['all_proxy before ALL_PROXY', { ALL_PROXY: 'http://b:2', all_proxy: 'http://a:1' }, 'all_proxy'],
    ['ALL_PROXY', { ALL_PROXY: 'http://b:2' }, 'ALL_PROXY'],
    ['not HTTP_PROXY', { HTTP_PROXY: 'http://b:2', http_proxy: 'http://b:2' }, undefined],
  ])('%s', (_what, variables, variable) => {
    expect(find(variables)?.variable).toBe(variable);
  });

  test.each(['http://127.0.0.1:4010', 'https://127.0.0.1:8443', 'https://127.9.9.9', 'https://[::1]:8443'])(
    'no variable for literal loopback: %s',
    (url) => {
      expect(find({ HTTPS_PROXY: 'socks5://nobody', ALL_PROXY: 'http://b:2' }, url)).toBeUndefined();
    },
  );

  test('a variable for localhost, which may be anything', () => {
    expect(find({ HTTPS_PROXY: 'http://a:1' }, 'https://localhost:8443')).toBeDefined();
  });
});

describe('the URL of a proxy may be', () => {
  test.each<[value: string, href: string, label: string]>([
    ['http://proxy.example:3128', 'http://proxy.example:3128/', 'proxy.example:3128'],
    ['proxy.example:3128', 'http://proxy.example:3128/', 'proxy.example:3128'],
    ['proxy.example', 'http://proxy.example:1080/', 'proxy.example:1080'],
    ['http://proxy.example/', 'http://proxy.example:1080/', 'proxy.example:1080'],
    ['http://proxy.example:80', 'http://proxy.example/', 'proxy.example:80'],
    ['HTTP://Proxy.Example:3128/ignored', 'http://proxy.example:3128/', 'proxy.example:3128'],
    ['https://proxy.example', 'https://proxy.example/', 'proxy.example:443'],
    ['https://proxy.example:8443', 'https://proxy.example:8443/', 'proxy.example:8443'],
    ['http://[::1]:3128', 'http://[::1]:3128/', '[::1]:3128'],
    [' http://10.0.0.1:3128 ', 'http://10.0.0.1:3128/', '10.0.0.1:3128'],
    ['user:pass@proxy.example:3128', 'http://proxy.example:3128/', 'proxy.example:3128'],
  ])('%s', (value, href, label) => {
    const proxy = find({ HTTPS_PROXY: value });
    expect(proxy?.url.href).toBe(href);
    expect(proxy?.label).toBe(label);
  });

  test.each<[userinfo: string, decoded: string | undefined]>([
    ['', undefined],
    ['user@', 'user:'],
    ['user:pass@', 'user:pass'],
    ['us%40er:p%3A%2F%23%25@', 'us@er:p:/#%'],
    [':pass@', ':pass'],
    ['%E0%A4%A8:pass@', 'न:pass'],
  ])('one with the userinfo "%s"', (userinfo, decoded) => {
    const proxy = find({ HTTPS_PROXY: `http://${userinfo}proxy.example:3128` });
    const expected = decoded === undefined ? undefined : `Basic ${Buffer.from(decoded).toString('base64')}`;
    expect(proxy?.authorization).toBe(expected);
    expect(proxy?.url.href).toBe('http://proxy.example:3128/');
  });
});

describe('a variable that cannot be used is an error that names it, and never its value (rule 27):', () => {
  const SECRET = CANARIES.clientSecret;

  test.each([
    ['socks5', `socks5://user:${SECRET}@proxy.example:1080`, 'of a kind that is not supported'],
    ['socks4', `socks4://${SECRET}`, 'of a kind that is not supported'],
    ['ftp', `ftp://${SECRET}`, 'of a kind that is not supported'],
    ['no host', `http://user:${SECRET}@`, 'is not the URL of a proxy'],
    ['no port', `http://user:${SECRET}@proxy.example:port`, 'is not the URL of a proxy'],
    ['a port out of range', `http://user:${SECRET}@proxy.example:70000`, 'is not the URL of a proxy'],
    ['a bare # in the password', `http://user:1#${SECRET}@proxy.example:3128`, 'is not the URL of a proxy'],
    ['a bare / in the password', `http://user:1/${SECRET}@proxy.example:3128`, 'is not the URL of a proxy'],
    ['a bare ? in the password', `http://user:1?${SECRET}@proxy.example:3128`, 'is not the URL of a proxy'],
    ['a backslash in it', `http://user:1\\${SECRET}@proxy.example:3128`, 'is not the URL of a proxy'],
    [
      'percent signs that mean nothing',
      `http://user:%zz${SECRET}@proxy.example`,
      'is not the URL of a proxy',
    ],
    ['blanks', `http://not a proxy ${SECRET}`, 'is not the URL of a proxy'],
  ])('%s', (_what, value, message) => {
    const failure = failureOf({ all_proxy: value });
    expect(failure.kind).toBe('config');
    expect(failure.message).toContain(`all_proxy`);
    expect(failure.message).toContain(message);
    expect(failure.hint).toContain('http://proxy.example:3128');
    expect(findLeak(`${failure.message}${failure.hint ?? ''}`)).toBeUndefined();
  });

  test('but not where NO_PROXY lets the host be reached directly', () => {
    expect(find({ HTTPS_PROXY: 'socks5://proxy.example', NO_PROXY: 'decentro.tech' })).toBeUndefined();
  });
});

describe('NO_PROXY', () => {
  const isDirect = (list: string, url = STAGING) =>
    find({ HTTPS_PROXY: 'http://proxy.example:3128', NO_PROXY: list }, url) === undefined;

  test.each<[list: string, url: string]>([
    ['in.staging.decentro.tech', STAGING],
    ['decentro.tech', STAGING],
    ['.decentro.tech', STAGING],
    ['decentro.tech.', STAGING],
    ['Decentro.TECH', STAGING],
    ['.decentro.tech', 'https://decentro.tech'],
    ['decentro.tech', 'https://in.decentro.tech./'],
    ['localhost,decentro.tech', STAGING],
    ['localhost, decentro.tech', STAGING],
    ['localhost decentro.tech', STAGING],
    [',, decentro.tech ,', STAGING],
    ['*', STAGING],
    ['decentro.tech:443', STAGING],
    ['decentro.tech:8443', 'https://in.decentro.tech:8443'],
    ['10.1.2.3', 'https://10.1.2.3'],
    ['10.0.0.0/8', 'https://10.1.2.3'],
    ['10.1.2.3/32', 'https://10.1.2.3'],
    ['0.0.0.0/0', 'https://10.1.2.3'],
    ['10.1.2.3:8443', 'https://10.1.2.3:8443'],
    ['2001:db8::1', 'https://[2001:db8::1]'],
    ['[2001:db8::1]', 'https://[2001:db8::1]'],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]'],
    ['2001:db8::/32', 'https://[2001:db8::1]'],
    ['10.1.2.1-10.1.2.9', 'https://10.1.2.3'],
    ['10.1.2.3-10.1.2.3:8443', 'https://10.1.2.3:8443'],
    ['2001:db8::1-2001:db8::ff', 'https://[2001:db8::1]'],
    ['*.decentro.tech', STAGING],
    ['*.Decentro.tech.', STAGING],
    ['*decentro.tech', 'https://decentro.tech'],
    ['*.decentro.tech:8443', 'https://in.decentro.tech:8443'],
    ['decentro.tech,*', 'https://gateway.example'],
    ['*,localhost', 'https://10.1.2.3'],
    ['localhost *', 'https://[2001:db8::1]'],
    ['*:8443', 'https://gateway.example:8443'],
  ])('%s holds for %s', (list, url) => {
    expect(isDirect(list, url)).toBe(true);
  });

  test.each<[list: string, url: string]>([
    ['', STAGING],
    [' ', STAGING],
    [',', STAGING],
    ['.', STAGING],
    ['tech.', 'https://decentro.example'],
    ['entro.tech', STAGING],
    ['in.staging', STAGING],
    ['x.in.staging.decentro.tech', STAGING],
    ['*.decentro.tech', 'https://decentro.tech'],
    ['*.decentro.tech', 'https://in.decentro.tech.example'],
    ['*.decentro.tech:8443', STAGING],
    ['*:8443', STAGING],
    ['in.*.tech', STAGING],
    ['10.*', 'https://10.1.2.3'],
    ['decentro.tech:8443', STAGING],
    ['https://in.staging.decentro.tech', STAGING],
    ['1.2.3', 'https://10.1.2.3'],
    ['10.1.2.3', 'https://10.1.2.30'],
    ['10.0.0.0/33', 'https://10.1.2.3'],
    ['10.0.0.0/-1', 'https://10.1.2.3'],
    ['10.0.0.0/', 'https://10.1.2.3'],
    ['11.0.0.0/8', 'https://10.1.2.3'],
    ['2001:db9::/32', 'https://[2001:db8::1]'],
    ['::/0', 'https://10.1.2.3'],
    ['10.1.2.1-10.1.2.9', 'https://10.1.2.10'],
    ['10.1.2.9-10.1.2.1', 'https://10.1.2.3'],
    ['10.1.2.1-', 'https://10.1.2.3'],
    ['-10.1.2.9', 'https://10.1.2.3'],
    ['10.1.2.1-::9', 'https://10.1.2.3'],
    ['2001:db8::2-2001:db8::9', 'https://[2001:db8::1]'],
  ])('"%s" does not hold for %s', (list, url) => {
    expect(isDirect(list, url)).toBe(false);
  });

  test('in lower case wins', () => {
    const variables = { https_proxy: 'http://a:1', no_proxy: 'other.example', NO_PROXY: 'decentro.tech' };
    expect(find(variables)).toBeDefined();
    expect(find({ ...variables, no_proxy: '' })).toBeUndefined();
  });
});

test('the variables with a user name or password are those that a browser must not inherit', () => {
  const variables = {
    HTTPS_PROXY: 'http://user:pass@proxy.example',
    http_proxy: 'user@proxy.example',
    ALL_PROXY: 'http://proxy.example:3128',
    NO_PROXY: 'user@proxy.example',
    npm_config_https_proxy: 'http://user:pass@proxy.example',
    EMAIL: 'somebody@example.com',
  };
  expect(secretProxyVariables(variables)).toEqual(['HTTPS_PROXY', 'http_proxy', 'npm_config_https_proxy']);
});
