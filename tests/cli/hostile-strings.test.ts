import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import process from 'node:process';
import { SESSION_CREATED, type Answer } from '../support/answer.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { writeFiles } from '../support/fake-host.js';
import { dealt } from '../support/generated.js';
import { RUNNER_COMMANDS, STEERING_STRINGS, TRICKY_STRINGS } from '../support/hostile-strings.js';
import { createRecorder } from '../support/recorder.js';
import { credentials, runMain, type MainRun } from '../support/run-main.js';

const STEERING = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Cs}]|##|^\s*::/mu;
const ALL = [...STEERING_STRINGS, ...TRICKY_STRINGS];
const GIVEN = [
  '--consent',
  '--consent-purpose',
  'KYC for opening a bank account',
  '--redirect-url',
  'https://a.example',
];

/** The text in every place of a success that takes it. */
const success = (text: string): Answer => ({
  headers: headersWith(text),
  body: {
    ...SESSION_CREATED,
    decentroTxnId: text,
    responseCode: text,
    responseKey: text,
    message: text,
    data: { authorizationUrl: linkWith(text), [text]: text },
  },
});

const FAILURES: readonly (readonly [what: string, answer: (text: string) => Answer])[] = [
  [
    'a refusal',
    (text) => ({
      status: 400,
      headers: headersWith(text),
      body: { decentroTxnId: text, status: 'FAILURE', responseCode: text, responseKey: text, message: text },
    }),
  ],
  [
    'a refusal with a status and a message alone',
    (text) => ({
      status: 400,
      body: { decentroTxnId: text, status: text, responseKey: 'error_empty_purpose', message: text },
    }),
  ],
  [
    'a success without a link',
    (text) => ({ body: { ...SESSION_CREATED, decentroTxnId: text, data: { authorizationUrl: text } } }),
  ],
  [
    'an unreadable body',
    (text) => ({ status: 502, headers: { 'Content-Type': 'text/html', ...headersWith(text) }, body: text }),
  ],
  [
    'a redirect',
    (text) => ({
      status: 302,
      headers: { ...headersWith(text), Location: inHeader(`https://evil.example/${text}`) },
    }),
  ],
  ['a redirect to a host', (text) => ({ status: 307, headers: { Location: inHeader(`https://${text}/`) } })],
];

function linkWith(text: string): string {
  return `https://digilocker.example/${text}`;
}

/** Headers carry bytes: no controls of ASCII, which make an answer that is no HTTP. */
function inHeader(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/(?![\t\u0080-\u009f])\p{Cc}/gu, '')
    .trim();
}

function headersWith(text: string): Record<string, string> {
  const value = inHeader(text);
  return { 'X-Hostile': value, 'X-DECENTRO-URN': value };
}

async function runWith(answer: Answer, flags: readonly string[]): Promise<MainRun> {
  const recorder = await createRecorder(answer);
  const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1', '--no-open'];
  const run = await runMain(['init-session', ...GIVEN, ...target, ...flags], { env: credentials });
  await recorder.close();
  return run;
}

/** Deals the texts out among the rows of a table. */
function rows<Row>(table: readonly Row[]): (readonly [row: Row, texts: readonly string[]])[] {
  return table.map((row, index) => [row, dealt(ALL, index, table.length)] as const);
}

/** What is wrong with the runs of all texts, by text. */
async function complaints(
  texts: readonly string[],
  complain: (text: string) => Promise<string | undefined>,
): Promise<string[]> {
  const found: string[] = [];
  for (const text of texts) {
    const complaint = await complain(text);
    if (complaint !== undefined) found.push(`${JSON.stringify(text.slice(0, 40))}: ${complaint}`);
  }
  return found;
}

function isSteering({ stdout, stderr }: MainRun): string | undefined {
  return STEERING.test(stdout + stderr)
    ? `steers the terminal or a CI system: ${JSON.stringify(stdout + stderr)}`
    : undefined;
}

test('the texts are 40 and more, and all different', () => {
  expect(new Set(ALL).size).toBe(ALL.length);
  expect(ALL.length).toBeGreaterThanOrEqual(40);
  expect(
    STEERING_STRINGS.filter(
      (text) => text !== 'a\tb' && !new RegExp(STEERING, 'u').test(text.replaceAll('\n', '\r')),
    ),
  ).toEqual([]);
  expect(TRICKY_STRINGS.filter((text) => STEERING.test(text))).toEqual([]);
});

describe('a success that holds any of them (rule 22)', () => {
  test.each(rows([[], ['--verbose'], ['--quiet']]))(
    'is shown to people as text, with %j',
    async (flags, texts) => {
      const found = await complaints(texts, async (text) => {
        const run = await runWith(success(text), flags);
        if (run.code !== 0) return `ended with ${run.code}`;
        return isSteering(run);
      });
      expect(found).toEqual([]);
    },
  );

  test.each(rows([['--json'], ['-o', 'json', '--verbose']]))(
    'comes back whole from JSON, with %j',
    async (flags, texts) => {
      const found = await complaints(texts, async (text) => {
        const run = await runWith(success(text), flags);
        const { decentroTxnId, message, authorizationUrl, raw } = run.document;
        expect([decentroTxnId, message, authorizationUrl]).toEqual([text, text, linkWith(text)]);
        expect(raw).toEqual(success(text).body);
        return isSteering(run);
      });
      expect(found).toEqual([]);
    },
  );

  test.each(
    rows([
      ['-o', 'env'],
      ['-o', 'shell'],
      ['--field', 'decentroTxnId'],
      ['--field', 'message'],
      ['--field', 'raw.data.authorizationUrl'],
    ]),
  )('is printed by %j as it is, or not at all, with exit 6 and the IDs', async (flags, texts) => {
    const found = await complaints(texts, async (text) => {
      const run = await runWith(success(text), flags);
      const isPrintable = TRICKY_STRINGS.includes(text);
      if (run.code !== (isPrintable ? 0 : 6)) return `ended with ${run.code}`;
      if (!isPrintable && run.stdout !== '') return `printed ${run.stdout}`;
      if (!isPrintable && !/^Transaction ID +\S/m.test(run.stderr)) return 'lost the transaction ID';
      if (isPrintable && !run.stdout.includes(text.replaceAll("'", flags[1] === 'shell' ? "'\\''" : "'")))
        return 'changed it';
      return isSteering(run);
    });
    expect(found).toEqual([]);
  });
});

describe('a failure that holds any of them (rules 13, 16, 22)', () => {
  const failures = rows(FAILURES).map(([[what, answer], texts]) => [what, answer, texts] as const);

  test.each(failures)('%s is shown as text, and in JSON', async (_what, answer, texts) => {
    const found = await complaints(texts, async (text) => {
      for (const form of dealt(['--verbose', '--json'], texts.indexOf(text), 2)) {
        const run = await runWith(answer(text), [form, '--retries', '0']);
        const complaint = isSteering(run);
        if (complaint !== undefined) return complaint;
        if (![4, 5, 6, 8].includes(run.code)) return `ended with ${run.code}`;
        if (form === '--verbose' && run.stdout !== '') return 'printed a result';
        if (form === '--verbose') continue;
        const { raw, error } = run.document as { raw: unknown; error: { message: string } };
        if (raw !== null) expect(raw).toEqual(answer(text).body);
        if (STEERING.test(error.message)) return 'says it in its message';
      }
      return undefined;
    });
    expect(found).toEqual([]);
  });
});

describe('a redirect that holds any of them (rule 22)', () => {
  test.each(
    rows([
      ['--json'],
      [],
      ['-o', 'env'],
      ['-o', 'shell'],
      ['--field', 'callback.code'],
      ['--field', 'callback.errorDescription'],
    ]),
  )('is text, escaped or nothing with %j', async (form, texts) => {
    const found = await complaints(texts, async (text) => {
      // A lone surrogate cannot stand in a URL.
      const given = Buffer.from(text).toString();
      const code = new URLSearchParams({ code: text, state: text });
      const refusal = new URLSearchParams({ error: text, error_description: text, state: text });
      for (const query of dealt([code, refusal], texts.indexOf(text), 2)) {
        const run = await runMain(['callback', `https://a.example/return?${String(query)}`, ...form]);
        const complaint = isSteering(run);
        if (complaint !== undefined) return complaint;
        if (![0, 6, 9].includes(run.code)) return `ended with ${run.code}`;
        if (form[0] === '--json') expect(run.document).toMatchObject({ callback: { state: given } });
      }
      return undefined;
    });
    expect(found).toEqual([]);
  });
});

describe('a command of GitHub’s runner is none (rule 42)', () => {
  test.each(RUNNER_COMMANDS)('where an answer or a redirect holds %j', async (text) => {
    for (const flags of dealt([[], ['--verbose'], ['--json']], RUNNER_COMMANDS.indexOf(text), 2)) {
      const answers = [success(text), ...FAILURES.map(([, answer]) => answer(text))];
      for (const answer of answers) expect(isSteering(await runWith(answer, flags))).toBeUndefined();
      const query = String(new URLSearchParams({ error: text, error_description: text, state: text }));
      const run = await runMain(['callback', `https://a.example/return?${query}`, ...flags]);
      expect(isSteering(run)).toBeUndefined();
    }
    for (const flags of [
      ['-o', 'env'],
      ['--field', 'message'],
    ]) {
      const run = await runWith(success(text), flags);
      expect(isSteering(run)).toBeUndefined();
      const isAtStart = text.trimStart().startsWith('::');
      expect(run.code).toBe(isAtStart ? 6 : 0);
      expect(run.stderr.includes('holds a command of a CI system')).toBe(isAtStart);
    }
  });

  test.each(RUNNER_COMMANDS)('where settings hold %j', async (text) => {
    const files = {
      '.decentrorc': JSON.stringify({
        environment: 'gateway',
        defaults: { consentPurpose: text },
        environments: { gateway: { baseUrl: 'https://gateway.example', clientId: text }, [text]: {} },
      }),
    };
    const lines = [['config', 'show'], ['config', 'path'], ['doctor'], ['init-session', '--consent']];
    for (const line of lines) {
      for (const columns of dealt([80, 40], RUNNER_COMMANDS.indexOf(text) + line.length, 2)) {
        const run = await runMain(line, { files, columns, env: { DECENTRO_REDIRECT_URL: text } });
        expect(isSteering(run)).toBeUndefined();
      }
    }
    expect(isSteering(await runMain([text]))).toBeUndefined();
    expect(isSteering(await runMain(['init-session', `--${text}`]))).toBeUndefined();
  });
});

describe('the shell form, evaluated by a real shell, gives every value back and runs nothing:', () => {
  const shells = ['dash', 'bash', 'zsh'].filter((shell) => spawnSync(shell, ['-c', 'exit 0']).status === 0);

  test('dash and bash are here', () => {
    expect(process.platform === 'win32' ? ['dash', 'bash'] : shells).toEqual(
      expect.arrayContaining(['dash', 'bash']),
    );
  });

  const files: Record<string, string> = {};

  beforeAll(async () => {
    for (const [index, text] of TRICKY_STRINGS.entries()) {
      const flags = ['-o', 'shell', '--no-validate', `--reference-id=${text}`];
      const { code, stdout } = await runWith(success(text), flags);
      expect(code).toBe(0);
      files[String(index)] = stdout;
    }
  });

  test.each(shells)('%s', (shell) => {
    const folder = temporaryDirectory();
    writeFiles(folder, files);
    const names = [
      'DECENTRO_TXN_ID',
      'DECENTRO_REFERENCE_ID',
      'DECENTRO_RESPONSE_KEY',
      'DECENTRO_AUTHORIZATION_URL',
    ];
    const script = Object.keys(files).map(
      (file) => `eval "$(cat ${file})"; printf '%s\\0' ${names.map((name) => `"$${name}"`).join(' ')}`,
    );
    const printed = execFileSync(shell, ['-c', script.join('\n')], { cwd: folder, encoding: 'utf8' });
    expect(printed.split('\0').slice(0, -1)).toEqual(
      TRICKY_STRINGS.flatMap((text) => [text, text, text, linkWith(text)]),
    );
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
  });
});
