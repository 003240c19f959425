import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createConfigText, editConfigText, type Change } from '../../../../src/commands/storing/edit.js';
import { parseConfig } from '../../../../src/settings/config-parser.js';

interface StoredCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly moduleSecret: string | undefined;
}

const NEW: StoredCredentials = { clientId: 'new-id', clientSecret: 'new-secret', moduleSecret: undefined };
const WITH_MODULE: StoredCredentials = { ...NEW, moduleSecret: 'new-module' };

function edit(text: string, environment: string, credentials = NEW, file = '.decentrorc'): Promise<string> {
  return editConfigText(file, text, changesOf(environment, credentials));
}

function changesOf(environment: string, credentials: StoredCredentials): Change[] {
  return Object.entries(credentials).map(([name, value]: [string, string | undefined]) => ({
    keys: ['environments', environment, name],
    value,
  }));
}

function create(file: string, environment: string, credentials: StoredCredentials): Promise<string> {
  return createConfigText(file, changesOf(environment, credentials));
}

const YAML = `# who may read this
environment: staging   # the default

defaults: {open: ask}
environments:
    staging:   # ours
        clientId:   'old-id'   # from the dashboard
        baseUrl: https://gateway.example   # kept
        clientSecret: "old-secret"
        moduleSecret: old-module   # of KYC
        # another remark
    # production:
    #     clientId: later

# the end
`;

describe('a new file', () => {
  test('chooses its environment', async () => {
    expect(
      await createConfigText('.decentrorc', [
        { keys: ['environment'], value: 'staging' },
        ...changesOf('staging', WITH_MODULE),
      ]),
    ).toBe(
      [
        'environment: staging',
        'environments:',
        '  staging:',
        '    clientId: new-id',
        '    clientSecret: new-secret',
        '    moduleSecret: new-module',
        '',
      ].join('\n'),
    );
  });

  test('holds what it was given', async () => {
    expect(await parseConfig('x', await create('x', 'production', NEW))).toEqual({
      environments: { production: { clientId: 'new-id', clientSecret: 'new-secret' } },
    });
  });

  test.each([
    '0123',
    'yes',
    '1e5',
    '#x',
    'null',
    '~',
    '- a',
    'a: b',
    'a #b',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    "'",
    '"',
  ])('holds the ID %j as the text that it is, also for other readers of YAML', async (clientId) => {
    const text = await create('.decentrorc', 'staging', { ...NEW, clientId });
    expect((await parseConfig('.decentrorc', text)).environments?.['staging']?.clientId).toBe(clientId);
    if (/^(0|1|yes|null|~)/.test(clientId)) expect(text).toContain(`clientId: "${clientId}"`);
  });
});

describe('in YAML', () => {
  test('replaces the credentials of one environment, and leaves every other byte', async () => {
    expect(await edit(YAML, 'staging')).toBe(
      YAML.replace("'old-id'", 'new-id')
        .replace('"old-secret"', 'new-secret')
        .replace('        moduleSecret: old-module   # of KYC\n', ''),
    );
    expect(await edit(YAML, 'staging', WITH_MODULE)).toContain('moduleSecret: new-module   # of KYC\n');
  });

  test('adds an environment below the others, with their indentation and their comments above it', async () => {
    expect(await edit(YAML, 'production')).toBe(
      YAML.replace(
        '        # another remark\n',
        '        # another remark\n    production:\n      clientId: new-id\n      clientSecret: new-secret\n',
      ),
    );
  });

  test('adds what an environment lacks', async () => {
    const text = 'environments:\n  staging:\n    clientId: old-id\n  other: {baseUrl: "https://a.example"}\n';
    expect(await edit(text, 'staging', WITH_MODULE)).toBe(
      text.replace(
        '    clientId: old-id\n',
        '    clientId: new-id\n    clientSecret: new-secret\n    moduleSecret: new-module\n',
      ),
    );
  });

  test('adds the environments, after a last line without an end', async () => {
    expect(await edit('defaults:\n  open: ask', 'staging')).toBe(
      'defaults:\n  open: ask\nenvironments:\n  staging:\n    clientId: new-id\n    clientSecret: new-secret\n',
    );
  });

  test('keeps CRLF and the byte order mark', async () => {
    const text = `\uFEFF${YAML.replaceAll('\n', '\r\n')}`;
    expect(await edit(text, 'production', WITH_MODULE)).toBe(
      `\uFEFF${(await edit(YAML, 'production', WITH_MODULE)).replaceAll('\n', '\r\n')}`,
    );
  });

  test('replaces a value of several lines', async () => {
    const text = 'environments:\n  staging:\n    clientId: >-\n      old-id\n    clientSecret: b\n# end\n';
    expect(await edit(text, 'staging')).toBe(
      'environments:\n  staging:\n    clientId: new-id\n    clientSecret: new-secret\n# end\n',
    );
  });

  test('writes flow mappings anew, comments included', async () => {
    const text = '# head\nenvironments: {staging: {clientId: a, clientSecret: b, moduleSecret: c}} # tail\n';
    const edited = await edit(text, 'staging', { ...NEW, clientId: '0123' });
    expect(edited).toContain('# head');
    expect(edited).toContain('# tail');
    expect(edited).toContain('"0123"');
    expect(await parseConfig('x', edited)).toEqual({
      environments: { staging: { clientId: '0123', clientSecret: 'new-secret' } },
    });
  });

  test('leaves alone what other places lean on', async () => {
    const text =
      'environments:\n  staging:\n    clientId: &id a\n    clientSecret: b\n  other:\n    clientId: *id\n';
    await expect(edit(text, 'staging')).rejects.toMatchObject({
      kind: 'config',
      message: '.decentrorc cannot be changed without losing some of what it says.',
    });
  });

  test('fails for a file that means nothing, and does not quote it', async () => {
    await expect(edit('environments: [canary', 'staging')).rejects.toMatchObject({
      kind: 'config',
      message: expect.not.stringContaining('canary'),
    });
  });
});

describe('in JSON', () => {
  const JSON_TEXT =
    '{\n\t"environments": {\n\t\t"a": { "clientId": "x" }\n\t},\n\t"defaults": {\n\t\t"redirectToSignup": true\n\t}\n}';

  test('keeps indentation, order, types and the end of the file', async () => {
    const edited = await edit(JSON_TEXT, 'staging', WITH_MODULE, 'x.json');
    expect(edited).toBe(
      JSON_TEXT.replace(
        '{ "clientId": "x" }\n',
        '{\n\t\t\t"clientId": "x"\n\t\t},\n\t\t"staging": {\n\t\t\t"clientId": "new-id",\n\t\t\t"clientSecret": "new-secret",\n\t\t\t"moduleSecret": "new-module"\n\t\t}\n',
      ),
    );
  });

  test('removes a module secret that belongs to other credentials', async () => {
    const text = '{"environments":{"staging":{"clientId":"a","clientSecret":"b","moduleSecret":"c"}}}\n';
    expect(await edit(text, 'staging')).toBe(
      '{"environments":{"staging":{"clientId":"new-id","clientSecret":"new-secret"}}}\n',
    );
  });

  test('keeps CRLF', async () => {
    expect(await edit('{\r\n  "environment": "staging"\r\n}\r\n', 'staging')).toMatch(/^(?:[^\r\n]*\r\n)+$/);
  });
});

test('whatever the credentials, what is written reads as what was given, and nothing else changes', async () => {
  const value = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/);
  const start = await parseConfig('x', YAML);
  await fc.assert(
    fc.asyncProperty(
      value,
      value,
      fc.option(value, { nil: undefined }),
      async (clientId, clientSecret, moduleSecret) => {
        const given = { clientId, clientSecret, ...(moduleSecret !== undefined && { moduleSecret }) };
        const edited = await edit(YAML, 'staging', { clientId, clientSecret, moduleSecret });
        expect(await parseConfig('x', edited)).toEqual({
          ...start,
          environments: { staging: { baseUrl: 'https://gateway.example', ...given } },
        });
        const kept = edited
          .split('\n')
          .filter((line) => !/clientId: {3}|clientSecret|moduleSecret/.test(line));
        expect(kept).toEqual(
          YAML.split('\n').filter((line) => !/clientId: {3}|clientSecret|moduleSecret/.test(line)),
        );
      },
    ),
    { numRuns: 60 },
  );
});

describe('a file in JSON', () => {
  const change: Change = { keys: ['environment'], value: 'staging' };

  test('is made with two spaces', async () => {
    expect(await createConfigText('.decentrorc.json', [change])).toBe('{\n  "environment": "staging"\n}\n');
  });

  test.each([
    ['{\n"defaults": {}\n}', '{\n  "defaults": {},\n  "environment": "staging"\n}'],
    ['{"defaults":{}}', '{"defaults":{},"environment":"staging"}'],
    ['{\n\t"defaults": {}\n}\n', '{\n\t"defaults": {},\n\t"environment": "staging"\n}\n'],
  ])('%j keeps its form', async (before, after) => {
    expect(await editConfigText('.decentrorc.json', before, [change])).toBe(after);
  });
});

describe('a file in YAML', () => {
  test.each<[what: string, before: string, change: Change, after: string]>([
    [
      'a list takes the place of another',
      'allowHosts:\n  - old.example   # ours\nenvironment: staging\n',
      { keys: ['allowHosts'], value: ['a.example', 'b.example'] },
      'allowHosts:\n  - a.example\n  - b.example\nenvironment: staging\n',
    ],
    [
      'a flow mapping that becomes empty goes',
      '{environment: staging, defaults: {open: ask}}\n',
      { keys: ['defaults', 'open'], value: undefined },
      '{ environment: staging }\n',
    ],
    [
      'a flow mapping keeps its other keys',
      'defaults: {open: ask, redirectUrl: https://app.example}\n',
      { keys: ['defaults', 'open'], value: undefined },
      'defaults: { redirectUrl: https://app.example }\n',
    ],
  ])('%s', async (_what, before, change, after) => {
    expect(await editConfigText('.decentrorc', before, [change])).toBe(after);
  });
});
