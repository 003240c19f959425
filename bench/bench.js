// Measures whole processes against bare Node and prints a table; ends with 1 when a target is missed.
// Needs bash, and the npm registry for the other versions of Node (`--only-this-node` leaves them out).
import { build } from 'esbuild';
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, run } from './measure.js';

const PAIRS = 20;
/** Where the bound is 2 %: the median of 20 is known to 2 or 3. */
const MANY_PAIRS = 80;
const OTHER_NODES = ['22', '24', '26'];
/** How much worse than on this Node a ratio may be on another. */
const TOLERANCE = 1.15;

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const work = mkdtempSync(path.join(os.tmpdir(), 'digilocker-bench-'));
const script = (name) => path.join(here, 'scripts', name);

const BODY = JSON.stringify({
  reference_id: '01a20a71-3293-797f-b8c4-d87f2746863c',
  consent: true,
  consent_purpose: 'KYC for opening a bank account',
  redirect_url: 'https://app.example/digilocker/return',
});
const HEADERS = JSON.stringify({
  client_id: 'bench-client-id',
  client_secret: 'bench-client-secret',
  'Content-Type': 'application/json',
  Accept: 'application/json',
});

/** The certificate that the tests make, which Node itself cannot. */
async function createCertificate() {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, 'tests/support/certificate.ts')],
    format: 'esm',
    write: false,
  });
  const module = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  return module.createCertificate();
}

async function startServers(certificate) {
  const servers = fork(path.join(here, 'servers.js'));
  servers.send(certificate);
  const [[httpPort, httpsPort]] = await once(servers, 'message');
  return { servers, http: `127.0.0.1:${httpPort}`, https: `127.0.0.1:${httpsPort}` };
}

function writeConfig(addresses) {
  const credentials = { clientId: 'bench-client-id', clientSecret: 'bench-client-secret' };
  const config = {
    environments: {
      http: { ...credentials, baseUrl: `http://${addresses.http}` },
      https: { ...credentials, baseUrl: `https://${addresses.https}` },
    },
    defaults: {
      consentPurpose: 'KYC for opening a bank account',
      redirectUrl: 'https://app.example/digilocker/return',
    },
  };
  const folder = path.join(work, 'project');
  mkdirSync(folder);
  writeFileSync(path.join(folder, '.decentrorc'), JSON.stringify(config), { mode: 0o600 });
  return folder;
}

/** Packs and installs the package as a user would, and returns the size of all that was installed, in bytes. */
function installedSize() {
  const folder = path.join(work, 'installed');
  mkdirSync(folder);
  const npm = (...args) => execFileSync('npm', args, { cwd: root, encoding: 'utf8' });
  const [{ filename }] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder));
  npm(
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    path.join(folder, filename),
  );
  const modules = path.join(folder, 'node_modules');
  return readdirSync(modules, { recursive: true })
    .map((file) => statSync(path.join(modules, file)))
    .reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0);
}

/** Installs another version of Node from the registry, and returns its path. */
function installNode(version) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = path.join(work, `node-${version}`);
  const args = [
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `${name}@${version}`,
  ];
  execFileSync('npm', args, { stdio: 'ignore' });
  return path.join(folder, 'node_modules', name, 'bin', 'node');
}

/** The commands that are compared, on one version of Node. */
function commandsOf(node, project, { http, https }, certificateFile) {
  const caches = path.join(work, 'caches');
  const start = (extraEnv, args) => () => ({
    file: node,
    args,
    cwd: project,
    env: { PATH: process.env.PATH, HOME: work, XDG_CACHE_HOME: caches, ...extraEnv },
  });
  const trusting = { NODE_EXTRA_CA_CERTS: certificateFile };
  const binary = path.join(root, 'bin', 'digilocker.js');
  const session = (environment, ...flags) => [
    ...[binary, 'init-session', '--env', environment, '--consent', '--json', ...flags],
  ];
  const plain = session('http', '--allow-host', http);
  const target = (origin) => [`${origin}/v2/kyc/digilocker/initiate_session`, HEADERS, BODY];
  const withMemory = (args) => ['--require', script('report-memory.cjs'), ...args];
  return {
    version: start({}, [binary, '--version']),
    help: start({}, [binary, '--help']),
    sessionHelp: start({}, [binary, 'init-session', '--help']),
    log: start({}, [script('log.cjs')]),
    tls: start(trusting, session('https', '--allow-host', https)),
    noJournal: start({ ...trusting, DIGILOCKER_NO_JOURNAL: '1' }, session('https', '--allow-host', https)),
    rawTls: start(trusting, [script('post.cjs'), ...target(`https://${https}`)]),
    fetchTls: start(trusting, [script('fetch.cjs'), ...target(`https://${https}`)]),
    plain: start({}, plain),
    rawPlain: start({}, [script('post.cjs'), ...target(`http://${http}`)]),
    cold: () => start({ XDG_CACHE_HOME: mkdtempSync(path.join(work, 'empty-')) }, plain)(),
    sandbox: start({}, session('sandbox')),
    memory: start({}, withMemory(plain)),
    emptyMemory: start({}, withMemory([script('empty.cjs')])),
  };
}

const percent = (share) => `${Math.round(share * 100)} %`;

function rowOf(what, against, figures, limit, kind = 'wall') {
  const ratio = figures[`${kind}Ratio`];
  const [values, others] =
    kind === 'memory' ? [figures.memoryKiB, figures.otherMemoryKiB] : [figures.wallMs, figures.otherWallMs];
  const show =
    kind === 'memory' ? ([, kib]) => `${(kib / 1024).toFixed(1)} MiB` : ([, ms]) => `${ms.toFixed(0)} ms`;
  return {
    what,
    against,
    measured: `${show(values)} / ${show(others)}`,
    ratio: ratio[1],
    spread: `${ratio[0].toFixed(2)}–${ratio[2].toFixed(2)}`,
    cpu: kind === 'memory' ? '–' : figures.cpuRatio[1].toFixed(2),
    limit,
  };
}

function print(row) {
  const { what, against, measured, ratio, spread, cpu, limit } = row;
  const verdict = ratio <= limit ? 'met' : `missed by ${percent(ratio / limit - 1)}`;
  const cells = [what, against, measured, ratio.toFixed(2), spread, cpu, limit.toFixed(2), verdict];
  console.log(`| ${cells.join(' | ')} |`);
  return ratio <= limit;
}

async function measureAll(addresses, certificateFile) {
  const project = writeConfig(addresses);
  const commands = commandsOf(process.execPath, project, addresses, certificateFile);
  for (const name of Object.keys(commands)) await run(commands[name]());
  const ratio = async (name, other, pairs = PAIRS) => compare(commands[name], commands[other], pairs);
  const results = [];
  const add = (row) => results.push(print(row));

  console.log('| what | against | medians | ratio | quartiles | processor time | at most | |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  const version = rowOf('`--version`', 'one `console.log`', await ratio('version', 'log'), 1.15);
  add(version);
  add(rowOf('`--help`', 'the same', await ratio('help', 'log'), 1.25));
  add(rowOf('`init-session --help`', 'the same', await ratio('sessionHelp', 'log'), 1.25));
  const tls = rowOf('`init-session` over TLS', 'raw `node:https`', await ratio('tls', 'rawTls'), 1.3);
  add(tls);
  add(rowOf('the same', 'global `fetch`', await ratio('tls', 'fetchTls'), 0.5));
  add(rowOf('the same', 'without its journal', await ratio('tls', 'noJournal', MANY_PAIRS), 1.02, 'cpu'));
  add(rowOf('over plain HTTP', 'raw `node:http`', await ratio('plain', 'rawPlain'), 1.5));
  add(rowOf('with an empty cache', 'a warm one', await ratio('cold', 'plain'), 1.4));
  add(rowOf('`--env sandbox`', 'plain HTTP', await ratio('sandbox', 'plain'), 1.5));
  const memory = rowOf('peak memory', 'an empty script', await ratio('memory', 'emptyMemory'), 1.4, 'memory');
  add(memory);
  const size = installedSize();
  add({
    what: 'installed size',
    against: '3 MB',
    measured: `${(size / 1e6).toFixed(2)} MB`,
    ratio: size / 3e6,
    spread: '–',
    cpu: '–',
    limit: 1,
  });

  for (const other of process.argv.includes('--only-this-node') ? [] : OTHER_NODES) {
    const there = commandsOf(installNode(other), project, addresses, certificateFile);
    for (const name of Object.keys(there)) await run(there[name]());
    const on = async (name, against) => compare(there[name], there[against], PAIRS);
    const limitOf = ({ ratio: here }) => here * TOLERANCE;
    const label = (row) => `Node ${other}: ${row.what}`;
    add(rowOf(label(version), version.against, await on('version', 'log'), limitOf(version)));
    add(rowOf(label(tls), tls.against, await on('tls', 'rawTls'), limitOf(tls)));
    add(rowOf(label(memory), memory.against, await on('memory', 'emptyMemory'), limitOf(memory), 'memory'));
  }
  return results.every((isMet) => isMet);
}

const certificate = await createCertificate();
const certificateFile = path.join(work, 'ca.pem');
writeFileSync(certificateFile, certificate.cert);
const { servers, ...addresses } = await startServers(certificate);
try {
  console.log(`Node ${process.version}, ${os.cpus().length} processors, medians of ${PAIRS} pairs\n`);
  const isMet = await measureAll(addresses, certificateFile);
  process.exitCode = isMet ? 0 : 1;
} finally {
  servers.disconnect();
  rmSync(work, { recursive: true, force: true });
}
