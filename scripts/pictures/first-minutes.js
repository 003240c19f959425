// npm run transcript: what a new user types in the first ten minutes, and what the terminal shows, at 80 and at 50
// columns: artifacts/first-minutes-80.txt and -50.txt.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordScreen, screenText } from './screen.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const artifacts = path.join(root, 'artifacts');
const ENTER = '\r';

/** Command lines, each with the keys that answer its prompts, by a part of the prompt. */
const MINUTES = [
  ['digilocker'],
  ['digilocker init'],
  ['digilocker init-session --no-input'],
  ['digilocker init-session --env sandbox --consent --wait --end-user allow'],
  ['digilocker init-session --env sandbox --consent --wait --end-user deny'],
  ['digilocker init-session --env sandbox --consent --consent-purpose KYC'],
  ['digilocker init-session --env sandbox --consent --reference-id sbx-error_provider_error-1'],
  ['digilocker init-session --env sandbox --consent --reference-id sbx-http-503-1'],
  ['digilocker explain error_provider_error'],
  ['digilocker doctor --env sandbox'],
  [
    'digilocker config init',
    [
      ['Environment:', ENTER],
      ['Client ID', `made-up-client-id${ENTER}`],
      ['in a variable', ENTER],
      ['client secret', ENTER],
      ['module secret', ENTER],
      ['purpose', ENTER],
      ['Redirect URL', ENTER],
    ],
  ],
  ['digilocker config show'],
  ['digilocker init-session --consent --print curl --no-input'],
  ['digilocker sessions'],
  ['digilocker init-session --help'],
];

await mkdir(artifacts, { recursive: true });
for (const cols of [80, 50]) {
  const home = await mkdtemp(path.join(os.tmpdir(), 'digilocker-transcript-'));
  try {
    const parts = [];
    for (const [shown, answers = []] of MINUTES) parts.push(await record(shown, answers, home, cols));
    await writeFile(path.join(artifacts, `first-minutes-${cols}.txt`), parts.join('\n'));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Runs one command line in the home of the new user, and returns what the terminal shows. */
async function record(shown, answers, home, cols) {
  const [, ...args] = shown.split(' ');
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'en_GB.UTF-8', TZ: 'Asia/Kolkata' };
  const waiting = [...answers];
  let seen = '';
  const { lines, exitCode } = await recordScreen(
    [process.execPath, path.join(root, 'bin', 'digilocker.js'), ...args],
    {
      ...{ shown, cwd: home, env, cols },
      onText: (text, type) => {
        seen += text;
        const [prompt, keys] = waiting[0] ?? [];
        if (prompt === undefined || !seen.includes(prompt)) return;
        waiting.shift();
        seen = '';
        type(keys);
      },
    },
  );
  return `${screenText(lines)}[exit code ${exitCode}]\n`;
}
