import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseConfig } from '../../../src/settings/config-parser.js';
import { Failure } from '../../../src/failure/failure.js';
import { CANARIES, findLeak } from '../../support/canaries.js';
import { anyCharacter, generated, generatedTimeoutMs } from '../../support/generated.js';

const { clientSecret, moduleSecret } = CANARIES;

const key = fc.constantFrom(
  ...['environment', 'environments', 'defaults', 'allowHosts', 'staging', 'clientId', 'clientSecret', 'open'],
  ...[
    'consentPurpose',
    'redirectToSignup',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    '$import',
    '<<',
  ],
  ...['enviroment', 'clientsecret', 'sandbox', clientSecret, `x ${moduleSecret}`],
);
const scalar = fc.constantFrom<unknown>(
  clientSecret,
  moduleSecret,
  `env:${clientSecret}`,
  true,
  7,
  null,
  '',
  'never',
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, scalar, tie('mapping'), fc.array(tie('tree'), { maxLength: 3 })),
  mapping: fc.array(fc.tuple(key, tie('tree')), { maxLength: 4 }).map((entries) => new Map(entries)),
}));

const inJson = tree.map(writeJson);
const inYaml = tree.map((value) => writeYaml(value, ''));
const noise = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    ':',
    ',',
    '\n',
    '\n  ',
    '- ',
    '&a ',
    '*a',
    '<<: ',
    '!!js/function ',
    '|\n',
    '#',
  ],
  ...[
    '\0',
    '\u0085',
    '\u2028',
    '\uFEFF',
    '\uD800',
    '\uFFFD',
    '\\u0000',
    '---\n',
    '? ',
    '%TAG ! x\n',
    '\t',
    '\r',
    '`',
    '@',
  ],
);
/** A text with noise put in, or pieces taken out, at any place. */
const damaged = fc
  .tuple(fc.oneof(inJson, inYaml), fc.array(fc.tuple(fc.nat(), fc.nat(3), noise), { maxLength: 3 }))
  .map(([text, cuts]) =>
    cuts.reduce((rest, [at, length, more]) => {
      const place = at % (rest.length + 1);
      return rest.slice(0, place) + more + rest.slice(place + length);
    }, text),
  );
const text = fc.oneof(
  { weight: 3, arbitrary: damaged },
  inJson,
  inYaml,
  fc.string({ unit: anyCharacter, maxLength: 60 }),
);
const file = fc.constantFrom('/p/.decentrorc', '/p/.decentrorc.json', '/p/.decentrorc.yaml', '/p/config.yml');

test(
  'whatever a config file holds, it is read or refused, and never quoted (rules 3, 4, 5)',
  async () => {
    await fc.assert(
      fc.asyncProperty(file, text, async (name, content) => {
        try {
          const config = await parseConfig(name, content);
          expect(Object.getPrototypeOf(config)).toBe(Object.prototype);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          expect(error.kind).toBe('config');
          expect(error.message.startsWith(name)).toBe(true);
          expect(findLeak(`${error.message} ${String(error.hint)}`)).toBeUndefined();
        }
      }),
      generated('config files', 20_000),
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  },
  generatedTimeoutMs(60_000),
);

function writeJson(value: unknown): string {
  if (value instanceof Map) {
    return `{${[...value].map(([name, inner]) => `${JSON.stringify(name)}:${writeJson(inner)}`).join(',')}}`;
  }
  return Array.isArray(value) ? `[${value.map(writeJson).join(', ')}]` : JSON.stringify(value);
}

function writeYaml(value: unknown, indent: string): string {
  const lines = (entries: readonly string[]) => entries.map((entry) => `\n${indent}${entry}`).join('');
  if (value instanceof Map)
    return lines([...value].map(([name, inner]) => `${String(name)}: ${writeYaml(inner, `${indent}  `)}`));
  if (Array.isArray(value)) return lines(value.map((inner) => `- ${writeYaml(inner, `${indent}  `)}`));
  return value === '' ? "''" : String(value);
}
