import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../../src/failure/failure.js';
import { parseConfig } from '../../../src/settings/config-parser.js';
import { CANARIES, findLeak } from '../../support/canaries.js';

const FORMATS = ['/p/.decentrorc', '/p/.decentrorc.yaml', '/p/.decentrorc.yml'];

async function messageOf(file: string, text: string): Promise<string> {
  try {
    await parseConfig(file, text);
  } catch (error) {
    expect(error).toMatchObject({ name: 'Failure', kind: 'config' });
    return (error as Error).message;
  }
  throw new Error('The config was taken');
}

test.each(FORMATS)('%s may be YAML', async (file) => {
  const text = 'environment: staging\ndefaults:\n  redirectToSignup: true # or not\n';
  expect(await parseConfig(file, text)).toEqual({
    environment: 'staging',
    defaults: { redirectToSignup: true },
  });
});

test.each([...FORMATS, '/p/.decentrorc.json'])('%s may be JSON, after a byte order mark', async (file) => {
  expect(await parseConfig(file, '\uFEFF{"environment": "staging"}')).toEqual({ environment: 'staging' });
});

test('JSON has booleans of its own, which YAML spells as text (rule 4)', async () => {
  const config = { defaults: { redirectToSignup: true } };
  expect(await parseConfig('/p/x.json', JSON.stringify(config))).toEqual(config);
  expect(await parseConfig('/p/x.yaml', JSON.stringify(config))).toEqual(config);
  expect(await messageOf('/p/x.json', '{"defaults": {"redirectToSignup": "true"}}')).toContain(
    'true or false',
  );
});

test('what begins like JSON but is YAML is read as YAML where no ending says otherwise', async () => {
  expect(await parseConfig('/p/.decentrorc', '{environment: staging}')).toEqual({ environment: 'staging' });
});

test.each([
  ['0123', '0123'],
  ['1e5', '1e5'],
  ['0x1F', '0x1F'],
  ['true', 'true'],
  ['2026-01-02', '2026-01-02'],
  ["'~'", '~'],
])('a client ID that looks like %s stays the text that it is (rule 4)', async (written, clientId) => {
  const text = `environments:\n  staging:\n    clientId: ${written}\n`;
  expect(await parseConfig('/p/.decentrorc', text)).toEqual({ environments: { staging: { clientId } } });
});

describe('what cannot be parsed (rule 3)', () => {
  const secret = CANARIES.clientSecret;

  test.each([
    ['/p/c.json', `{"clientSecret": "${secret}",}`, '/p/c.json is not valid JSON.'],
    ['/p/c.json', `{"clientSecret": "${secret}" "x": 1}`, '/p/c.json is not valid JSON (line 1, column 63).'],
    ['/p/c.json', '', '/p/c.json is not valid JSON.'],
    [
      '/p/.decentrorc',
      `{\n"clientSecret" "${secret}"}`,
      '/p/.decentrorc is not valid YAML (line 2, column 16).',
    ],
    ['/p/c.yaml', `clientSecret: "${secret}\n  b: 1`, '/p/c.yaml is not valid YAML (line 3, column 1).'],
    ['/p/c.yaml', `a: 1\na: ${secret}`, '/p/c.yaml names a key twice (line 2, column 1).'],
    ['/p/c.json', `{"a": "${secret}", "a": ""}`, '/p/c.json names a key twice (line 1, column 53).'],
    ['/p/.decentrorc', '{"a": 1, "\\u0061": 2}', '/p/.decentrorc names a key twice (line 1, column 10).'],
    [
      '/p/c.yaml',
      `a: !!js/function ${secret}`,
      '/p/c.yaml uses a tag, which is not supported (line 1, column 60).',
    ],
    ['/p/c.yaml', '['.repeat(60_000), '/p/c.yaml is not valid YAML (line 1, column 100).'],
    ['/p/c.yaml', 'a: 1\n---\nb: 2', '/p/c.yaml holds more than one YAML document (line 2).'],
  ])('%s names its place, and quotes nothing (%#) (rule 5)', async (file, text, message) => {
    const said = await messageOf(file, text);
    expect(said).toMatch(/is not valid (?:JSON|YAML)|names a key twice|uses a tag|holds more than one/);
    expect(findLeak(said)).toBeUndefined();
    expect(said).toBe(message);
  });

  test.each(['', '# only a comment\n', '- a\n- b\n', 'text', '42'])('%j is no mapping', async (text) => {
    expect(await messageOf('/p/c.yaml', text)).toBe(
      '/p/c.yaml: the file must be a mapping of settings (key: value lines).',
    );
  });

  test.each(['__proto__: {a: b}', '$import: ./evil.cjs', 'constructor: x'])(
    '%s is refused (rules 1, 4)',
    async (text) => {
      expect(await messageOf('/p/c.yaml', text)).toContain('unknown key');
      expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
    },
  );
});

describe('what YAML has besides', () => {
  const faultOf = async (text: string): Promise<string> => {
    const error: unknown = await parseConfig('/x.yaml', text).catch((reason: unknown) => reason);
    return error instanceof Failure ? error.message : 'none';
  };

  test.each([
    [
      'environments:\n  staging:\n    <<: {clientId: x}\n',
      'uses the merge key "<<", which is not supported (line 3)',
    ],
    [
      'a: &a\n  b: c\nenvironments:\n  staging:\n    <<: *a\n',
      'uses the merge key "<<", which is not supported (line 5)',
    ],
    ['environment: !!int 3\n', 'uses a tag, which is not supported (line 1, column 21)'],
    ['environment: a\ndefaults: !own {}\n', 'uses a tag, which is not supported (line 2, column 18)'],
    ['environment: a\n---\nenvironment: b\n', 'holds more than one YAML document (line 2)'],
    ['environment: a\nenvironment: b\n', 'names a key twice (line 2, column 1)'],
  ])('is named with its line: %j', async (text, fault) => {
    expect(await faultOf(text)).toBe(`/x.yaml ${fault}.`);
  });

  test.each(['~', 'null', 'Null', 'NULL', ''])('null, as JSON has it, is no text: %j', async (value) => {
    expect(await faultOf(`environments:\n  staging:\n    clientSecret: ${value}\n`)).toBe(
      '/x.yaml: environments.staging.clientSecret is empty.',
    );
  });

  test.each(["'~'", '"null"', "'<<'"])('is a text where it is quoted: %s', async (value) => {
    expect(await faultOf(`environments:\n  staging:\n    clientSecret: ${value}\n`)).toBe('none');
  });
});
