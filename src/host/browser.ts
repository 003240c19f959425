import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isLiteralLoopback } from '../safety/trust.js';

/** The process whose environment a browser would inherit. */
type Surroundings = Pick<NodeJS.Process, 'env' | 'platform'>;

// A launcher that found no browser ends at once; a browser that lives this long is taken to show the page.
const GRACE_MS = 500;

const NOT_STARTED = 'no browser could be started';

/** Says why a link is not one to open, or `undefined`: HTTPS, or HTTP of a sandbox on this machine, without userinfo. */
export function refuseLink(url: URL): string | undefined {
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLiteralLoopback(url));
  if (!isSafe) return 'it is no https link';
  return url.username === '' && url.password === '' ? undefined : 'it holds a user name or password';
}

/**
 * Opens a link in the browser: the first of `$DIGILOCKER_BROWSER` or `$BROWSER` that starts, else the desktop's own.
 * The browser inherits no variable whose name is in `hidden`, or begins with `DECENTRO_`. Returns why it could not be
 * opened, or `undefined`; never rejects.
 */
export async function openInBrowser(
  url: URL,
  hidden: readonly string[],
  { env, platform }: Surroundings,
): Promise<string | undefined> {
  const refusal = refuseLink(url);
  if (refusal !== undefined) return refusal;
  const named = [env['DIGILOCKER_BROWSER'], env['BROWSER']].find((list) => list !== undefined && list !== '');
  const isHidden = (name: string) => name.startsWith('DECENTRO_') || hidden.includes(name);
  if (named !== undefined) {
    const visible = Object.fromEntries(Object.entries(env).filter(([name]) => !isHidden(name)));
    return openNamed(named, url.href, visible);
  }
  const obstacle = findObstacle(env, platform);
  if (obstacle !== undefined) return obstacle;
  // open hands its own environment on and cannot be told another: this process needs the variables no longer.
  for (const name of Object.keys(env).filter(isHidden)) Reflect.deleteProperty(env, name);
  const { default: open } = await import('open');
  return succeeded(() => open(url.href));
}

/** Says why the desktop's own browser could not be opened, or `undefined`. */
export function findObstacle(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string | undefined {
  const isWsl = env['WSL_DISTRO_NAME'] !== undefined;
  const hasScreen = [env['DISPLAY'], env['WAYLAND_DISPLAY']].some(
    (display) => display !== undefined && display !== '',
  );
  if (platform === 'linux' && !isWsl && !hasScreen) return 'this machine has no display';
  if (platform === 'darwin' && env['SSH_CONNECTION'] !== undefined) return 'this is an SSH session';
  return undefined;
}

/** A list as the variable has it: commands separated as in PATH, `%s` standing for the link, else it comes last. */
async function openNamed(list: string, link: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  let failure: string | undefined = NOT_STARTED;
  for (const command of list.split(path.delimiter).filter((entry) => entry.trim() !== '')) {
    const [file = '', ...args] = existsSync(command) ? [command] : command.trim().split(/\s+/);
    const hasPlace = args.some((arg) => arg.includes('%s'));
    // A function: `$&` in a link would otherwise mean something.
    const filled = args.map((arg) => arg.replaceAll('%s', () => link));
    failure = await succeeded(() =>
      spawned(spawn(file, hasPlace ? filled : [...filled, link], { env, stdio: 'ignore', detached: true })),
    );
    if (failure === undefined) return undefined;
  }
  return failure;
}

async function spawned(child: ChildProcess): Promise<ChildProcess> {
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve).once('error', reject);
  });
  child.unref();
  return child;
}

async function succeeded(launch: () => Promise<ChildProcess>): Promise<string | undefined> {
  try {
    const child = await launch();
    const ended = new Promise<string | undefined>((resolve) => {
      child.once('exit', (code) => {
        resolve(code === 0 ? undefined : 'the browser ended at once');
      });
      child.once('error', () => {
        resolve('the browser could not be started');
      });
    });
    if (child.exitCode !== null) return child.exitCode === 0 ? undefined : 'the browser ended at once';
    return await Promise.race([ended, delay(GRACE_MS, undefined)]);
  } catch {
    return NOT_STARTED;
  }
}
