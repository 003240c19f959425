import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import type { HttpRequest } from '../../../../src/api/http/exchange.js';
import { renderRequest, VARIABLES } from '../../../../src/commands/calling/print-request.js';
import { temporaryDirectory } from '../../../support/cleanup.js';
import { writeFiles } from '../../../support/fake-host.js';

const REQUEST: HttpRequest = {
  method: 'POST',
  url: new URL("https://gw.example/it's"),
  headers: { client_id: '-', client_secret: '-', Accept: 'application/json' },
  body: '{"purpose":"it\'s \u202E $HOME"}',
};

describe('curl', () => {
  test('takes its headers from a here-document, secrets as variables (rule 27)', () => {
    expect(renderRequest('curl', REQUEST, VARIABLES)).toBe(
      [
        "curl -X POST 'https://gw.example/it'\\''s' \\",
        '  -H @- \\',
        `  --data-raw '{"purpose":"it'\\''s \\u202e $HOME"}' <<END_OF_HEADERS`,
        'client_id: ${DECENTRO_CLIENT_ID:?}',
        'client_secret: ${DECENTRO_CLIENT_SECRET:?}',
        'Accept: application/json',
        'END_OF_HEADERS',
        '',
      ].join('\n'),
    );
  });

  function runWithFakeCurl(env: Record<string, string>): string {
    const bin = temporaryDirectory();
    writeFiles(bin, { curl: '#!/bin/sh\nprintf "<%s>\\n" "$@"\ncat\n' });
    const script = `chmod +x ${bin}/curl; PATH=${bin}:$PATH; ${renderRequest('curl', REQUEST, VARIABLES)}`;
    return execFileSync('sh', ['-c', script], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', ...env },
      stdio: 'pipe',
    });
  }

  test('runs in a shell, with the secrets on standard input alone (rule 27)', () => {
    const printed = runWithFakeCurl({
      DECENTRO_CLIENT_ID: 'made-up-id',
      DECENTRO_CLIENT_SECRET: "made '$up",
    });
    expect(printed).toBe(
      [
        '<-X>',
        '<POST>',
        "<https://gw.example/it's>",
        '<-H>',
        '<@->',
        '<--data-raw>',
        '<{"purpose":"it\'s \\u202e $HOME"}>',
        'client_id: made-up-id',
        "client_secret: made '$up",
        'Accept: application/json',
        '',
      ].join('\n'),
    );
  });

  test('ends when a variable is not set', () => {
    expect(() => runWithFakeCurl({ DECENTRO_CLIENT_ID: 'made-up-id' })).toThrow('DECENTRO_CLIENT_SECRET');
  });
});

test('json names the variables as well (rule 27)', () => {
  expect(
    JSON.parse(
      renderRequest('json', { ...REQUEST, headers: { module_secret: '-', Accept: 'x/y' } }, VARIABLES),
    ),
  ).toEqual({
    method: 'POST',
    url: "https://gw.example/it's",
    headers: { module_secret: '${DECENTRO_MODULE_SECRET}', Accept: 'x/y' },
    body: { purpose: "it's \u202E $HOME" },
  });
});

test('curl-flags has literal names in quotes, and says first which form to run', () => {
  expect(renderRequest('curl-flags', REQUEST, VARIABLES)).toBe(
    [
      '# For import into Postman: a shell does not fill in the $NAMEs. To run the request, use --print curl.',
      "curl -X POST 'https://gw.example/it'\\''s' \\",
      "  -H 'client_id: $DECENTRO_CLIENT_ID' \\",
      "  -H 'client_secret: $DECENTRO_CLIENT_SECRET' \\",
      "  -H 'Accept: application/json' \\",
      `  --data-raw '{"purpose":"it'\\''s \\u202e $HOME"}'`,
      '',
    ].join('\n'),
  );
});

test('http is a request of HTTP/1.1', () => {
  expect(renderRequest('http', REQUEST, VARIABLES)).toBe(
    [
      "POST https://gw.example/it's HTTP/1.1",
      'Host: gw.example',
      'client_id: ${DECENTRO_CLIENT_ID}',
      'client_secret: ${DECENTRO_CLIENT_SECRET}',
      'Accept: application/json',
      '',
      '{"purpose":"it\'s \\u202e $HOME"}',
      '',
    ].join('\n'),
  );
});
