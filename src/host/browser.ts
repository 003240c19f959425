import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram, withoutRelativePath } from './find-program.js';
import { isLiteralLoopback } from '../safety/url.js';

/** The process whose environment a browser would inherit. */
type Surroundings = Pick<NodeJS.Process, 'env' | 'platform'>;

// A launcher that found no browser ends at once; a browser that lives this long is taken to show the page.
const GRACE_MS = 500;

const NOT_STARTED = 'no browser could be started';

/** Says why a link is not one to open, or `undefined`: HTTPS, or HTTP of a sandbox on this machine, without userinfo. */
export function linkFault(url: URL): string | undefined {
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLiteralLoopback(url));
  if (!isSafe) return 'it is not an https link';
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
  const wrong = linkFault(url);
  if (wrong !== undefined) return wrong;
  const fault = browserFault(env, platform);
  if (fault !== undefined) return fault;
  const isHidden = (name: string) => name.startsWith('DECENTRO_') || hidden.includes(name);
  const visible = withoutRelativePath(
    Object.fromEntries(Object.entries(env).filter(([name]) => !isHidden(name))),
  );
  const named = namedBrowser(env);
  if (named !== undefined) return openNamed(named, url.href, { env: visible, platform });
  const launcher = systemLauncher({ env: visible, platform });
  if (launcher !== undefined) return succeeded(() => spawned(launcher, [url.href], visible));
  // open hands its own environment on and cannot be told another: this process needs the variables no longer.
  for (const name of Object.keys(env).filter(isHidden)) Reflect.deleteProperty(env, name);
  Object.assign(env, visible);
  const { default: open } = await import('open');
  return succeeded(() => open(url.href));
}

/** The browsers that a variable names, as a list. */
function namedBrowser(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return [env['DIGILOCKER_BROWSER'], env['BROWSER']].find((list) => list !== undefined && list !== '');
}

// open brings a copy of xdg-open along. The system's own knows its desktop better: Termux and containers have theirs,
// and wslview opens the browser of Windows.
function systemLauncher({ env, platform }: Surroundings): string | undefined {
  if (platform !== 'linux') return undefined;
  return findProgram(isWsl(env) ? 'wslview' : 'xdg-open', env, platform);
}

function isWsl(env: Readonly<Record<string, string | undefined>>): boolean {
  return env['WSL_DISTRO_NAME'] !== undefined;
}

/** Says why no browser can be opened on this machine, or `undefined`. */
export function browserFault(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string | undefined {
  if (namedBrowser(env) !== undefined) return undefined;
  const hasScreen = [env['DISPLAY'], env['WAYLAND_DISPLAY']].some(
    (display) => display !== undefined && display !== '',
  );
  if (platform === 'linux' && !isWsl(env) && !hasScreen) return 'this machine has no display';
  if (platform === 'darwin' && env['SSH_CONNECTION'] !== undefined) return 'this is an SSH session';
  return undefined;
}

/**
 * A list as the variable has it: commands separated as in PATH, `%s` standing for the link, else it comes last. Only
 * an absolute path may hold spaces.
 */
async function openNamed(
  list: string,
  link: string,
  { env, platform }: Surroundings,
): Promise<string | undefined> {
  let failure: string | undefined = NOT_STARTED;
  for (const command of list.split(path.delimiter).filter((entry) => entry.trim() !== '')) {
    const [file, ...args] = findNamed(command, { env, platform });
    if (file === undefined) {
      failure = NOT_STARTED;
      continue;
    }
    const hasPlace = args.some((arg) => arg.includes('%s'));
    // A function: `$&` in a link would otherwise mean something.
    const filled = args.map((arg) => arg.replaceAll('%s', () => link));
    failure = await succeeded(() => spawned(file, hasPlace ? filled : [...filled, link], env));
    if (failure === undefined) return undefined;
  }
  return failure;
}

function findNamed(
  command: string,
  { env, platform }: Surroundings,
): readonly [file: string | undefined, ...args: string[]] {
  const whole = path.isAbsolute(command) ? findProgram(command, env, platform) : undefined;
  const [name = '', ...args] = whole === undefined ? command.trim().split(/\s+/) : [];
  return [whole ?? findProgram(name, env, platform), ...args];
}

/** Whether a variable names browsers, of which this machine has none. */
export function lacksNamedBrowser({ env, platform }: Surroundings): boolean {
  const commands = namedBrowser(env)?.split(path.delimiter) ?? [];
  return (
    commands.length > 0 && commands.every((command) => findNamed(command, { env, platform })[0] === undefined)
  );
}

async function spawned(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(file, args, { env, stdio: 'ignore', detached: true });
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
