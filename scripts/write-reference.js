// Writes docs/reference.md: the test that compares it knows the program, and writes the page instead.
import { spawnSync } from 'node:child_process';

const args = ['run', '--silent', 'jest', '--', 'tests/cli/reference.test.ts'];
const { status } = spawnSync('npm', args, {
  env: { ...process.env, WRITE_REFERENCE: '1' },
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exitCode = status ?? 1;
