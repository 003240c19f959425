// What Node's permission model (node --permission) keeps the program from, and which flag allows it.
import { Failure } from './failure.js';

/** The code of Node's error. */
export const DENIED = 'ERR_ACCESS_DENIED';

/** What to do about a network that is denied, and about files that may not be read. */
export const ALLOW_NETWORK = allow('--allow-net');
export const ALLOW_READING = allow('--allow-fs-read=PATH');

// As Node's error names them; what has no flag, it never allows.
const FLAGS: Readonly<Record<string, string>> = {
  ChildProcess: '--allow-child-process',
  FileSystemRead: '--allow-fs-read=PATH',
  FileSystemWrite: '--allow-fs-write=PATH',
  Net: '--allow-net',
  WorkerThreads: '--allow-worker',
};

/** The failure of an error of Node's permission model; `undefined` is another error. */
export function permissionFailure(error: unknown): Failure | undefined {
  const { code, permission = '' } = (error ?? {}) as { readonly code?: string; readonly permission?: string };
  if (code !== DENIED) return undefined;
  const flag = Object.hasOwn(FLAGS, permission) ? FLAGS[permission] : undefined;
  return new Failure(
    permission === 'Net' ? 'network' : 'config',
    `Node's permission model denies what this needs${flag === undefined ? '' : ` (${permission})`}.`,
    { hint: flag === undefined ? 'Start Node without --permission.' : allow(flag), sent: 'unknown' },
  );
}

/** A failure with the way out, where it names a file that Node's permission model keeps from being used. */
export function withPermissionHint(failure: Failure): Failure {
  if (!failure.message.includes(`(${DENIED})`) || failure.hint?.includes('--permission') === true)
    return failure;
  // Writing needs more than any flag allows: nothing can be made durable.
  const hint = "Node's permission model denies it: start Node without --permission.";
  return failure.with({}, failure.sent, hint);
}

/** What Node says of its permissions; `permission` is there under the permission model alone. */
interface NodePermissions {
  readonly permission?: { readonly has: (scope: string) => boolean };
  readonly allowedNodeEnvironmentFlags: ReadonlySet<string>;
}

/** Fails with `network` where it is denied. Without this, a server that listens throws where no handler is. */
export function checkNetworkPermission({
  permission,
  allowedNodeEnvironmentFlags: flags,
}: NodePermissions = process): void {
  // Before Node 25, the model left the network alone.
  if (permission === undefined || !flags.has('--allow-net') || permission.has('net')) return;
  throw new Failure('network', "Node's permission model denies the network.", { hint: ALLOW_NETWORK });
}

function allow(flag: string): string {
  return `Start Node with ${flag} as well, or without --permission.`;
}
