// npm run pictures: runs README's first command on a terminal, and writes what it shows as text into docs/round-trip.md
// and as pictures beside it; then opens the link of another run, and photographs the consent page.
// Needs Chromium: /usr/bin/chromium, or the path in CHROMIUM.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { recordScreen, screenPicture, screenText } from './screen.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const docs = path.join(root, 'docs');
const SESSION = ['init-session', '--env', 'sandbox', '--consent', '--wait'];
const THEMES = /** @type {const} */ (['light', 'dark']);

const home = await mkdtemp(path.join(os.tmpdir(), 'digilocker-pictures-'));
try {
  await recordTerminal();
  await recordConsentPage();
} finally {
  await rm(home, { recursive: true, force: true });
}

/** Runs digilocker in an empty home, as for a new user, but for the local time. */
function run(args, onText) {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'en_GB.UTF-8', TZ: 'Asia/Kolkata' };
  const command = [process.execPath, path.join(root, 'bin', 'digilocker.js'), ...args];
  return recordScreen(command, { shown: `npx digilocker ${args.join(' ')}`, cwd: home, env, onText });
}

async function recordTerminal() {
  const { lines, exitCode } = await run([...SESSION, '--end-user', 'allow']);
  if (exitCode !== 0) throw new Error(`digilocker ended with ${exitCode}.\n${screenText(lines)}`);
  for (const theme of THEMES) {
    const picture = screenPicture(lines, theme, 'A round trip in the sandbox, on a terminal');
    await writeFile(path.join(docs, `terminal-${theme}.svg`), picture);
  }
  const page = path.join(docs, 'round-trip.md');
  const text = await readFile(page, 'utf8');
  const recorded = /(<!-- npm run pictures writes this -->\n\n```text\n)[^]*?(```\n)/;
  await writeFile(
    page,
    text.replace(recorded, (_all, start, end) => start + screenText(lines) + end),
  );
}

async function recordConsentPage() {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  let output = '';
  let tellLink;
  const link = new Promise((resolve) => (tellLink = resolve));
  const session = run([...SESSION, '--no-open'], (text) => {
    output += text;
    const [, url] = /(http:\/\/127\.0\.0\.1:\d+\/digilocker\/[\w-]+)[^\w-]/.exec(output) ?? [];
    if (url !== undefined) tellLink(url);
  });
  const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
  await page.goto(await link);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Allow' }).waitFor();
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: path.join(docs, `consent-page-${colorScheme}.png`), fullPage: true });
  }
  await page.getByRole('button', { name: 'Allow' }).click();
  await session;
  await browser.close();
}
