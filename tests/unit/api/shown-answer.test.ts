import { describe, expect, test } from '@jest/globals';
import { buildRequest, maskedValue } from '../../../src/api/endpoint.js';
import { shownAnswer, usedTexts } from '../../../src/api/shown-answer.js';

const redact = (text: string) => text.replaceAll('secret-canary', '********');

function shown(body: string, personal: readonly string[] = [], known?: unknown) {
  const headers = {
    'x-secret-canary': 'secret-canary',
    'set-cookie': ['a=secret-canary'],
    absent: undefined,
  };
  const answer = { status: 200, headers, body: Buffer.from(body) } as unknown as Parameters<
    typeof shownAnswer
  >[0];
  const { headers: shownHeaders, body: shownBody } = shownAnswer(answer, redact, [], personal, known);
  return { headers: shownHeaders, body: shownBody.toString('utf8') };
}

describe('an answer is shown', () => {
  test('without credentials in the names and values of its headers', () => {
    expect(shown('').headers).toEqual({
      'x-********': '********',
      'set-cookie': ['a=********'],
      absent: '',
    });
  });

  test.each<[what: string, body: string, text: string]>([
    ['as it came', '{ "a": 1 }', '{ "a": 1 }'],
    ['without a credential', '{"a":"secret-canary"}', '{"a":"********"}'],
    ['without one that is no JSON', 'x secret-canary ü', 'x ******** ü'],
    [
      'without one in UTF-16',
      Buffer.from('<p>secret-canary</p>', 'utf16le').toString('latin1'),
      '<p>********</p>',
    ],
    ['as it came, with zeros that hide nothing', 'a\0b', 'a\0b'],
    ['without one behind an escape', '{"a":"\\u0073ecret-canary"}', '{"a":"********"}'],
    ['as it came, with an escape that hides nothing', '{"a":"\\u0001"}', '{"a":"\\u0001"}'],
  ])('%s', (_what, body, text) => {
    expect(shown(body).body).toBe(text);
  });

  test('without what is personal, whether it was read before or not', () => {
    const body = '{"data":{"name":"Asha","id":null},"id":"secret-canary"}';
    for (const known of [undefined, JSON.parse(body)]) {
      const { body: text } = shown(body, ['data.name', 'data.id', 'data.absent', 'absent.name'], known);
      expect(text).not.toContain('Asha');
      expect(JSON.parse(text)).toMatchObject({ data: { id: null }, id: '********' });
    }
  });
});

test.each([
  '{"name":"Asha"}',
  '["Asha"]',
  '"Asha"',
  '{"status":"SUCCESS","data":null,"extra":{"name":"Asha"}}',
  '{"a.b":"Asha","__proto__":{"name":"Asha"}}',
  '{"status":"SUCCESS","Data":{"name":"Asha"}}',
  '{"status":{"name":"Asha"},"message":["Asha"]}',
  'Asha, and no JSON',
])('an answer of another shape shows nothing that may be personal: %s', (body) => {
  expect(shown(body, ['data']).body).not.toContain('Asha');
});

test('an answer with personal data shows what tells how the call ended', () => {
  const body = '{"decentroTxnId":"T","status":"SUCCESS","response_key":"k","message":"m","data":"Asha"}';
  expect(shown(body, ['data']).body).toBe(body.replace('Asha', '********'));
});

test('what is below a value is not masked, since it is not there', () => {
  expect(maskedValue({ a: 'text', b: null }, ['a.b', 'b.c'])).toBe('{"a":"text","b":null}');
  expect(maskedValue('text', ['a'])).toBe('"text"');
});

test.each<[unknown, string[]]>([
  [{ link: 'https://a.example', count: 1 }, ['https://a.example']],
  [null, []],
  ['text', []],
])('the texts of %j are %j', (result, texts) => {
  expect(usedTexts(result)).toEqual(texts);
});

test('a path may go by the parameters, and a call needs neither body nor credentials', () => {
  const endpoint = { method: 'GET', path: ({ id }: { id: string }) => `/of/${id}` } as const;
  const base = new URL('https://api.example/below/');
  const { url, headers, body } = buildRequest(
    endpoint as unknown as Parameters<typeof buildRequest<{ id: string }>>[0],
    { id: '7' },
    'ref-1',
    base,
    {},
  );
  expect(url.href).toBe('https://api.example/below/of/7');
  expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toEqual(
    expect.arrayContaining(['content-type']),
  );
  expect(headers).not.toHaveProperty('client_id');
  expect(body).toBeUndefined();
});
