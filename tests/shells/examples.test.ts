import { expect, test } from '@jest/globals';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runShell } from '../support/run.js';

const SCRIPT = path.join(fileURLToPath(new URL('../../examples/', import.meta.url)), 'start-session.sh');

test('shellcheck finds nothing in the scripts of examples/', async () => {
  const other = path.join(path.dirname(SCRIPT), 'fetch-documents.sh');
  expect(await runShell(`shellcheck ${SCRIPT} ${other}`)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  const unquoted = await runShell('shellcheck -', { stdin: { text: '#!/bin/sh\nrm $1\n' } });
  expect(unquoted.code).toBe(1);
});

test.each(['dash', 'bash', 'bash --posix', 'zsh --emulate sh'])(
  '%s runs examples/start-session.sh',
  async (shell) => {
    const session = await runShell(`exec ${shell} ${SCRIPT} --env sandbox`);
    expect(session).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9A-F]{32}\n$/) });
    const refused = await runShell(
      `exec ${shell} ${SCRIPT} --env sandbox --reference-id sbx-error_empty_purpose-1`,
    );
    expect(refused).toMatchObject({ code: 5, stdout: '' });
  },
);
