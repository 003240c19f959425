import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor, redactJson, maskId } from '../../../src/safety/redact.js';
import { isPrintable, jsonText, visible } from '../../../src/safety/visible.js';
import { CANARIES } from '../../support/canaries.js';
import { anyCharacter, generated, generatedTimeoutMs } from '../../support/generated.js';

const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const anyText = fc.string({ unit: anyCharacter });
const anyCodeUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));

describe('visible (rule 22)', () => {
  test.each([
    ['\u0000', '\\u0000'],
    ['\u001B[31m', '\\u001b[31m'],
    ['\r\n', '\\u000d\\u000a'],
    ['\u007F', '\\u007f'],
    ['\u009B', '\\u009b'],
    ['\u202E', '\\u202e'],
    ['\u2066', '\\u2066'],
    ['\u061C', '\\u061c'],
    ['\u200F', '\\u200f'],
    ['\u2028', '\\u2028'],
    ['\uD800', '\\ud800'],
  ])('turns %j into text', (character, text) => {
    expect(visible(`a${character}b`)).toBe(`a${text}b`);
  });

  test.each([
    ['##vso[task.setvariable variable=A]x', '\\u0023#vso[task.setvariable variable=A]x'],
    ['a ###[error]x', 'a \\u0023\\u0023#[error]x'],
    ['::error::x', '\\u003a:error::x'],
    ['a \u3000::error::x', 'a \u3000\\u003a:error::x'],
    ['[::1]:80 a::b', '[::1]:80 a::b'],
  ])('breaks up the CI command in %j (rule 42)', (text, shown) => {
    expect(visible(text)).toBe(shown);
    expect(jsonText(text, 0)).not.toContain('##');
    expect(JSON.parse(jsonText(text, 0))).toBe(text);
  });

  test('keeps tabs, joiners of Indian scripts, and characters beyond the basic plane', () => {
    const text = 'a\tक्‍ष 🙂 é';
    expect(visible(text)).toBe(text);
  });

  test(
    'leaves no unprintable character but tabs, changes nothing the second time, and JSON gives all of it back (rule 22)',
    () => {
      fc.assert(
        fc.property(fc.oneof(anyText, anyCodeUnits), (text) => {
          const shown = visible(text);
          const json = jsonText(text, 0);
          return (
            !UNPRINTABLE.test(shown.replaceAll('\t', '')) &&
            visible(shown) === shown &&
            !UNPRINTABLE.test(json) &&
            JSON.parse(json) === text
          );
        }),
        generated('texts', 100_000),
      );
    },
    generatedTimeoutMs(60_000),
  );
});

test.each([
  ['plain', true],
  ['', true],
  ['a\tb', false],
  ['a\nb', false],
  ['a\u202Eb', false],
  ['नमस्ते', true],
  ['a ## b :: c', true],
  ['##vso[task.prependpath]x', false],
  ['a##[error]', false],
  [' ::error::x', false],
  ['https://a.example/::error::x', true],
])('isPrintable(%j) is %p (rules 22, 42)', (text, expected) => {
  expect(isPrintable(text)).toBe(expected);
});

describe('jsonText (rule 22)', () => {
  test('escapes what could steer a terminal or reorder it', () => {
    expect(jsonText({ a: '\u009B\u202E\u007F\n' }, 0)).toBe('{"a":"\\u009b\\u202e\\u007f\\n"}');
    expect(jsonText({ a: 1 })).toBe('{\n  "a": 1\n}');
  });

  test('round-trips, and can be shown', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: anyCharacter }), fc.constantFrom(0, 2), (value, indent) => {
        const text = jsonText(value, indent);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(text.replaceAll('\n', '')).not.toMatch(UNPRINTABLE);
      }),
    );
  });
});

test.each([
  ['', '****'],
  ['1234567', '****'],
  ['12345678', '****5678'],
])('maskId(%j) is %s (rule 27)', (id, mask) => {
  expect(maskId(id)).toBe(mask);
});

describe('createRedactor (rule 27)', () => {
  test('masks the client ID but for its end, and the secrets whole', () => {
    const redact = createRedactor(CANARIES);
    const text = `id=${CANARIES.clientId}&secret=${CANARIES.clientSecret}&${CANARIES.moduleSecret}`;
    expect(redact(text)).toBe(`id=****${CANARIES.clientId.slice(-4)}&secret=********&********`);
  });

  test('masks the longer first where one secret holds another', () => {
    const redact = createRedactor({ clientId: 'abcdef-id', clientSecret: 'xx-abcdef-id-yy' });
    expect(redact('xx-abcdef-id-yy')).toBe('********');
  });

  test('masks what JSON made of a secret', () => {
    const clientSecret = 'a"b\\c/d-e-f';
    const redact = createRedactor({ clientSecret });
    expect(redact(JSON.stringify({ clientSecret }))).toBe('{"clientSecret":"********"}');
    expect(redact('"a\\"b\\\\c\\/d-e-f"')).toBe('"********"');
  });

  test.each([
    ['lower case', 'a<b>&"\'\\/%k'],
    ['JSON escapes', 'A\\u003cB\\u003E\\u0026\\"\\u0027\\\\\\/%K'],
    ['a URL', 'A%3CB%3e%26%22%27%5C%2F%25K'],
    ['a URL in a URL', 'A%253CB%253e%2526%2522%2527%255C%252F%2525K'],
    ['HTML', 'A&lt;B&gt;&amp;&quot;&#39;&#x5c;&#047;%K'],
    ['JSON in JSON', 'A<B>&\\\\\\"\'\\\\\\\\/%K'],
    ['a page in a page', 'A&amp;lt;B&amp;gt;&amp;amp;&amp;quot;&amp;amp;#39;&amp;#x5c;/%K'],
  ])('masks what %s made of a secret', (_what, echoed) => {
    const redact = createRedactor({ clientSecret: 'A<B>&"\'\\/%K' });
    expect(redact(`(${echoed})`)).toBe('(********)');
  });

  test('leaves the escape before a secret whole', () => {
    const redact = createRedactor({ clientSecret: 'canary-one' });
    expect(redact('"\\\\canary-one"')).toBe('"\\\\********"');
  });

  test('masks secrets of four and five characters, and the client ID, as tokens of their own', () => {
    const redact = createRedactor({ clientId: 'acmebank', clientSecret: 'Zq7x9', moduleSecret: 'key' });
    const tokens = 'client acmebank, ("acmebank"): acmebank. Secret=Zq7x9; Zq7x9.';
    expect(redact(tokens)).toBe('client ****bank, ("****bank"): ****bank. Secret=********; ********.');
    const others = 'acmebank.example www.acmebank acmebanks my-acmebank acmebank_1 zq7x9 Zq7x9y monkey key';
    expect(redact(others)).toBe(others);
    expect(createRedactor({})('text')).toBe('text');
  });

  test('never leaves a secret', () => {
    const secret = fc.stringMatching(/^[\x21-\x7e]{12,40}$/).filter((text) => !text.includes('**'));
    fc.assert(
      fc.property(secret, secret, fc.string(), fc.string(), (clientSecret, moduleSecret, before, after) => {
        const redact = createRedactor({ clientSecret, moduleSecret });
        const shown = redact(before + clientSecret + moduleSecret + after + JSON.stringify({ moduleSecret }));
        expect(shown).not.toContain(clientSecret);
        expect(shown).not.toContain(moduleSecret);
      }),
    );
  });
});

test('a client ID that came by reference is masked whole (rule 39)', () => {
  const redact = createRedactor({ clientId: 'made-up-id-4wm0', isIdMasked: true });
  expect(redact('the ID made-up-id-4wm0 is unknown')).toBe('the ID ******** is unknown');
});

describe('redactJson (rule 27)', () => {
  const redact = createRedactor({ clientId: 'acmebank', clientSecret: 'canary-secret-1' });

  test('masks strings and keys, at any depth, and nothing else', () => {
    const value = JSON.parse(
      '{"canary-secret-1":[{"a":"x canary-secret-1","n":1,"__proto__":{"b":"acmebank"}},null,true]}',
    ) as unknown;
    expect(JSON.stringify(redactJson(value, redact))).toBe(
      '{"********":[{"a":"x ********","n":1,"__proto__":{"b":"****bank"}},null,true]}',
    );
  });

  test('keeps what is used as it is', () => {
    const link = 'https://digilocker.example/?client=acmebank';
    expect(redactJson({ link, other: `${link} ` }, redact, [link])).toEqual({
      link,
      other: 'https://digilocker.example/?client=****bank ',
    });
  });

  test('does not search what is encoded in base64', () => {
    const pdf = `JVBERi0${'canarysecret'.repeat(50)}==`;
    expect(redactJson({ pdf }, createRedactor({ clientSecret: 'canarysecret' }))).toEqual({ pdf });
  });
});
