import { spawn } from 'node:child_process';

// Only bash tells the processor time of a command in milliseconds. What spawn() calls a pipe is a socket; the programs of
// a shell are joined by pipes.
const TIMED = `
  set -o pipefail
  TIMEFORMAT='%3R %3U %3S'
  { { time "$@" 2>&3 3>&-; } 3>&2 | cat; } 2> >(cat >&2)`;

/**
 * Runs a command to its end, with pipes as a script has them.
 *
 * @returns wall and processor time in milliseconds, and what it printed last on standard error
 */
export async function run({ file, args, env, cwd }) {
  const child = spawn('bash', ['-c', TIMED, 'bench', file, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    ended(child, [file, ...args]),
  ]);
  const [, stderr] = texts;
  const lines = stderr.trimEnd().split('\n');
  const [wall, user, system] = lines
    .pop()
    .split(' ')
    .map((seconds) => Number(seconds) * 1000);
  return { wallMs: wall, cpuMs: user + system, lastLine: lines.pop() };
}

async function textOf(stream) {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
}

function ended(child, words) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${words.join(' ')} ended with ${code}`));
    });
  });
}

/**
 * Measures two commands in turn (A B A B), so that a machine that speeds up or slows down does so for both.
 *
 * @returns the median of each figure and of the ratios of the pairs, with their quartiles
 */
export async function compare(command, other, pairs) {
  const figures = [];
  // The first two pairs warm caches (code is kept from the second run on), and are not counted.
  for (let pair = -1; pair <= pairs; pair += 1) {
    const one = await run(await command());
    const two = await run(await other());
    if (pair > 0) figures.push([one, two]);
  }
  const quartiles = (pick) => quartilesOf(figures.map(pick));
  return {
    wallMs: quartiles(([one]) => one.wallMs),
    otherWallMs: quartiles(([, two]) => two.wallMs),
    wallRatio: quartiles(([one, two]) => one.wallMs / two.wallMs),
    cpuRatio: quartiles(([one, two]) => one.cpuMs / two.cpuMs),
    memoryKiB: quartiles(([one]) => Number(one.lastLine)),
    otherMemoryKiB: quartiles(([, two]) => Number(two.lastLine)),
    memoryRatio: quartiles(([one, two]) => Number(one.lastLine) / Number(two.lastLine)),
  };
}

/** Lower quartile, median, upper quartile. */
export function quartilesOf(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.ceil(place);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  };
  return [at(0.25), at(0.5), at(0.75)];
}
