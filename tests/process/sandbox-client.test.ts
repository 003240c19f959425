import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { createSandbox } from '../../src/sandbox/server.js';
import { cleanUp } from '../support/cleanup.js';

const CLIENT = fileURLToPath(new URL('sandbox_client.py', import.meta.url));

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version']);
    return true;
  } catch {
    return false;
  }
}

// It shares no code with the sandbox, not even the language: both can only agree by the documented shapes.
(hasPython() ? test : test.skip)('a client in Python drives every call of both suites', async () => {
  const sandbox = await createSandbox();
  cleanUp(() => sandbox.close());
  const { stdout } = await promisify(execFile)('python3', [CLIENT, sandbox.url]);
  expect(stdout).toMatch(/\ndone\n$/);
  const succeeded = new Set([...stdout.matchAll(/^(\S+ \S+) success_/gm)].map(([, call]) => call));
  expect([...succeeded].sort()).toEqual([
    'DELETE /v2/kyc/sso/digilocker/session/ID',
    'POST /v2/kyc/digilocker/access_token/code',
    'POST /v2/kyc/digilocker/eaadhaar',
    'POST /v2/kyc/digilocker/file',
    'POST /v2/kyc/digilocker/file/data',
    'POST /v2/kyc/digilocker/initiate_session',
    'POST /v2/kyc/digilocker/issued_files',
    'POST /v2/kyc/sso/digilocker/ID/eaadhaar',
    'POST /v2/kyc/sso/digilocker/ID/file',
    'POST /v2/kyc/sso/digilocker/ID/file/download',
    'POST /v2/kyc/sso/digilocker/ID/file/pull',
    'POST /v2/kyc/sso/digilocker/ID/files/issued',
    'POST /v2/kyc/sso/digilocker/ID/token',
    'POST /v2/kyc/sso/digilocker/session',
  ]);
});
