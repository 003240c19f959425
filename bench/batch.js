// Measures `digilocker batch run` against a bare loop of undici, in turn, and prints a table; ends with 1 when a target
// is missed. `--long` runs a million rows as well.
import { build } from 'esbuild';
import { Buffer } from 'node:buffer';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from './measure.js';

const PAIRS = process.argv.includes('--quick') ? 1 : 5;
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const work = mkdtempSync(path.join(os.tmpdir(), 'digilocker-bench-'));
const binary = path.join(root, 'bin', 'digilocker.js');
const script = (name) => path.join(here, 'scripts', name);

/** A module of the source, bundled. */
async function importSource(file) {
  const outfile = path.join(work, `${path.basename(file, '.ts')}.mjs`);
  await build({
    entryPoints: [path.join(root, file)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  return import(pathToFileURL(outfile).href);
}

const { createCertificate } = await importSource('tests/support/certificate.ts');
const certificate = await createCertificate();
const ca = path.join(work, 'ca.pem');
writeFileSync(ca, certificate.cert);

const server = fork(path.join(here, 'batch-server.js'));
async function ask(message, child = server) {
  child.send(message);
  const [answer] = await once(child, 'message');
  return answer;
}
const [httpPort, httpsPort] = await ask({ certificate });
const origins = { http: `http://127.0.0.1:${httpPort}`, https: `https://127.0.0.1:${httpsPort}` };

function writeRows(count) {
  const file = path.join(work, `${count}.csv`);
  writeFileSync(file, 'customer_no,redirect_url,note\n');
  for (let from = 0; from < count; from += 10_000) {
    const rows = Array.from({ length: Math.min(10_000, count - from) }, (_, index) => {
      const number = String(from + index + 1).padStart(7, '0');
      return `C${number},https://app.example/return?c=${number},"a note, with a comma"\n`;
    });
    appendFileSync(file, rows.join(''));
  }
  return file;
}

let jobs = 0;
const environment = { PATH: process.env.PATH, HOME: work, XDG_CACHE_HOME: path.join(work, 'caches') };

/** `batch run` over the rows of a file, to one of the servers or to a URL. */
function batch(file, scheme, flags, job = path.join(work, `job-${(jobs += 1)}`)) {
  const args = [
    'batch',
    'run',
    file,
    '--env',
    'sandbox',
    '--base-url',
    origins[scheme] ?? scheme,
    '--key',
    'customer_no',
  ];
  const purpose = ['--consent', '--consent-purpose', 'KYC for opening a bank account', '-q', '--job', job];
  const env = { ...environment, NODE_EXTRA_CA_CERTS: ca };
  const preload = ['--require', script('report-memory.cjs')];
  return run({
    file: process.execPath,
    args: [...preload, binary, ...args, ...purpose, ...flags],
    env,
    cwd: work,
  });
}

function undici(scheme, inFlight, count) {
  const args = [script('undici-loop.mjs'), origins[scheme], String(inFlight), String(count)];
  const env = { PATH: process.env.PATH };
  return run({ file: process.execPath, args: scheme === 'https' ? [...args, ca] : args, env, cwd: root });
}

/** Requests a second, without the beginning and the end. */
async function paceOf(delayMs, start) {
  await ask({ reset: delayMs });
  await start();
  const arrivals = await ask({ report: true });
  const [from, until] = [0.25, 0.95].map((share) => Math.floor(arrivals.length * share));
  return ((until - from) * 1000) / (arrivals[until] - arrivals[from]);
}

const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];

async function inTurn(one, other, pairs = PAIRS) {
  const figures = [];
  for (let pair = 0; pair < pairs; pair += 1) figures.push([await one(), await other()]);
  return {
    one: median(figures.map(([value]) => value)),
    other: median(figures.map(([, value]) => value)),
    ratio: median(figures.map(([value, against]) => value / against)),
  };
}

const results = [];
function print(what, measured, value, limit, isAtLeast = false) {
  const isMet = limit === undefined || (isAtLeast ? value >= limit : value <= limit);
  results.push(isMet);
  const bound = limit === undefined ? '–' : `${isAtLeast ? 'at least' : 'at most'} ${limit}`;
  const verdict = limit === undefined ? '' : isMet ? 'met' : 'missed';
  console.log(`| ${[what, measured, value.toFixed(2), bound, verdict].join(' | ')} |`);
}

async function comparePace(delayMs, inFlight, count, limit) {
  const file = writeRows(count);
  const flags = ['--rate', 'none', '--concurrency', String(inFlight)];
  const pace = await inTurn(
    () => paceOf(delayMs, () => batch(file, 'https', flags)),
    () => paceOf(delayMs, () => undici('https', inFlight, count)),
  );
  const what = `rows a second, TLS, ${delayMs} ms, ${inFlight} in flight / undici`;
  print(what, `${pace.one.toFixed(0)} / ${pace.other.toFixed(0)}`, pace.ratio, limit, true);
}

async function compareWork() {
  const [few, many] = [1_000, 5_000];
  const files = new Map([few, many].map((count) => [count, writeRows(count)]));
  const flags = ['--rate', 'none'];
  const perRow = async (start) => {
    await ask({ reset: 0 });
    const figures = [await start(few), await start(many)];
    return ((figures[1].cpuMs - figures[0].cpuMs) * 1000) / (many - few);
  };
  const figures = await inTurn(
    () => perRow((count) => batch(files.get(count), 'http', flags)),
    () => perRow((count) => undici('http', 64, count)),
  );
  const measured = `${figures.one.toFixed(0)} / ${figures.other.toFixed(0)} µs`;
  print('processor time a row, HTTP, 0 ms / undici', measured, figures.ratio, 7);
}

async function measureRate() {
  const rate = 200;
  await ask({ reset: 20 });
  await batch(writeRows(1_000), 'http', ['--rate', `${rate}/s`]);
  const arrivals = await ask({ report: true });
  let most = 0;
  for (let from = 0, until = 0; until < arrivals.length; until += 1) {
    while (arrivals[until] - arrivals[from] >= 1000) from += 1;
    most = Math.max(most, until - from + 1);
  }
  print('most departures in any second / `--rate`', `${most} / ${rate}`, most / rate, 1.1);
}

async function measureIntents() {
  const { createJournalWriter, segmentFile } = await importSource('src/commands/batch/journal-writer.ts');
  const file = segmentFile(openSync(path.join(work, 'intents.ndjson'), 'ax', 0o600));
  const rules = { objection: () => undefined, makeRoom: () => undefined };
  const journal = createJournalWriter(file, rules);
  const waits = [];
  const append = async () => {
    while (waits.length < 20_000) {
      const startedAt = performance.now();
      await journal.append({ t: 'i', r: waits.length, n: 1, k: 'C0000012', id: '0'.repeat(36), at: 0 });
      waits.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: 64 }, append));
  const sorted = waits.sort((one, other) => one - other);
  const at = (share) => sorted[Math.floor(sorted.length * share)];
  print('p99 in ms until an intent is durable, 64 at once', `p50 ${at(0.5).toFixed(1)} ms`, at(0.99), 25);
}

/** A job that is done, without the requests. */
async function finishedJob(file, rows) {
  const { renderRecord, parseRecord } = await importSource('src/commands/batch/journal.ts');
  const job = path.join(work, 'finished');
  await ask({ reset: 0 });
  await batch(file, 'http', ['--rate', 'none', '--limit', '1'], job).catch(() => undefined);
  const [header] = readFileSync(path.join(job, 'run-000001.ndjson'), 'utf8').split('\n');
  const segment = path.join(job, 'run-000002.ndjson');
  writeFileSync(segment, renderRecord(parseRecord(Buffer.from(header))), { mode: 0o600 });
  let lines = '';
  for (let row = 2; row <= rows; row += 1) {
    const own = {
      r: row,
      n: 1,
      k: `C${String(row).padStart(7, '0')}`,
      id: '0'.repeat(36),
      at: 1_800_000_000_000,
    };
    lines += renderRecord({ t: 'i', ...own });
    const link = `https://digilocker.example/consent/${row}`;
    const answer = { end: 'created', txn: '0'.repeat(32), link, key: 'success_initiate_session', http: 200 };
    lines += renderRecord({ t: 'o', ...own, ...answer, kind: null, sent: 'yes' });
    if (row % 10_000 === 0 || row === rows) {
      appendFileSync(segment, lines);
      lines = '';
    }
  }
  appendFileSync(segment, renderRecord({ t: 'end', signal: null }));
  return job;
}

async function measureRerun() {
  const rows = 300_000;
  const file = writeRows(rows);
  const job = await finishedJob(file, rows);
  const pass = { file: process.execPath, args: [script('csv-pass.mjs'), file], env: environment, cwd: root };
  const figures = await inTurn(
    async () => (await batch(file, 'http', ['--rate', 'none'], job)).wallMs,
    async () => (await run(pass)).wallMs,
  );
  const measured = `${figures.one.toFixed(0)} / ${figures.other.toFixed(0)} ms`;
  print(`a run over a finished job of ${rows} rows / one pass of csv-parse`, measured, figures.ratio, 1.8);
}

async function measureMemory(rows) {
  const file = writeRows(rows);
  await ask({ reset: 0 });
  const { lastLine, wallMs } = await batch(file, 'http', ['--rate', 'none']);
  const mebibytes = Number(lastLine) / 1024;
  const pace = `${((rows * 1000) / wallMs).toFixed(0)} rows a second`;
  print(`peak memory in MiB at ${rows} rows, 64 in flight`, pace, mebibytes, 150);
}

/** The sandbox's processor time a request, with few sessions and after so many. */
async function measureSandbox(sessions) {
  const sandbox = fork(script('sandbox.mjs'));
  const report = () => ask({}, sandbox);
  const { url } = await report();
  const file = writeRows(5_000);
  const perRequest = async () => {
    const { cpuMs } = await report();
    await batch(file, url, ['--rate', 'none']);
    return ((await report()).cpuMs - cpuMs) / 5_000;
  };
  await perRequest();
  const few = await perRequest();
  await batch(writeRows(sessions), url, ['--rate', 'none']);
  const many = await perRequest();
  sandbox.disconnect();
  const measured = `${(many * 1000).toFixed(0)} / ${(few * 1000).toFixed(0)} µs`;
  print(
    `the sandbox's processor time a request after ${sessions} sessions / before`,
    measured,
    many / few,
    1.2,
  );
}

mkdirSync(path.join(work, 'caches'), { mode: 0o700 });
console.log(`Node ${process.version}, ${os.cpus().length} processors, medians of ${PAIRS} pairs\n`);
console.log('| what | measured | figure | bound | |');
console.log('| --- | --- | --- | --- | --- |');
try {
  await comparePace(200, 64, 2_500, 0.9);
  await comparePace(200, 256, 8_000, 0.8);
  await comparePace(0, 64, 5_000, undefined);
  await compareWork();
  await measureRate();
  await measureIntents();
  await measureRerun();
  for (const rows of process.argv.includes('--long') ? [100_000, 1_000_000] : [20_000])
    await measureMemory(rows);
  await measureSandbox(process.argv.includes('--long') ? 1_000_000 : 20_000);
} finally {
  server.disconnect();
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = results.every((isMet) => isMet) ? 0 : 1;
