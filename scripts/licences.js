import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

/** The package that a file belongs to, if any. */
export function packageOf(file) {
  return /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file)?.[1];
}

/** The licences of all packages whose files ended up in bundles, by esbuild's metafiles, as one text. */
export async function collectLicences(root, metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const folders = inputs.map((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  const notices = [];
  for (const folder of [...new Set(folders)].filter((name) => name !== undefined).sort()) {
    const manifest = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'));
    const files = await readdir(path.join(root, folder));
    const licence = files.find((file) => /^licen[cs]e/i.test(file));
    const text = licence === undefined ? '' : await readFile(path.join(root, folder, licence), 'utf8');
    notices.push(`${manifest.name} ${manifest.version} (${manifest.license})\n\n${text.trim()}\n`);
  }
  return `Packages bundled into digilocker-cli\n\n${notices.join(`\n${'-'.repeat(78)}\n\n`)}`;
}
