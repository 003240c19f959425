// Records a real round trip in the sandbox for README: the terminal's words and a picture of the consent page.
// Needs Chromium: /usr/bin/chromium, or the path in CHROMIUM.
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const args = ['init-session', '--env', 'sandbox', '--consent', '--wait', '--no-open'];
const child = spawn(process.execPath, [path.join(root, 'bin', 'digilocker.js'), ...args], { cwd: root });
let terminal = `$ npx digilocker ${args.join(' ')}\n`;

const link = await new Promise((resolve) => {
  const onData = (/** @type {Buffer} */ chunk) => {
    terminal += chunk.toString();
    const url = /(http:\/\/127\.0\.0\.1:\d+\/digilocker\/\S+)\n/.exec(terminal)?.[1];
    if (url !== undefined) resolve(url);
  };
  child.stderr.on('data', onData);
  child.stdout.on('data', onData);
});

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const page = await browser.newPage({ viewport: { width: 640, height: 860 } });
await page.goto(link);
await page.getByRole('button', { name: 'Sign in' }).click();
await page.getByRole('button', { name: 'Allow' }).waitFor();
await page.screenshot({ path: path.join(root, 'docs', 'consent-page.png') });
await page.getByRole('button', { name: 'Allow' }).click();
await new Promise((resolve) => child.once('close', resolve));
await browser.close();

const readme = path.join(root, 'README.md');
const recorded = `<!-- scripts/record-round-trip.js writes what follows -->\n\n\`\`\`text\n${terminal}\`\`\`\n`;
const text = await readFile(readme, 'utf8');
await writeFile(
  readme,
  text.replace(/<!-- scripts\/record-round-trip\.js .*-->\n\n```text\n[^]*?```\n/, () => recorded),
);
