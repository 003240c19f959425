import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { cleanUp, temporaryDirectory } from './cleanup.js';

/** How a browser was started. */
export interface Launch {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A program that stands for a browser: it tells how it was started. */
export interface Browser {
  /** Its path. */
  readonly command: string;
  /** How it was started; resolves once it was. */
  readonly launched: Promise<Launch>;
}

/** Makes a browser, in a folder of its own. It hands the link on and ends well, or lives until the test ends. */
export async function createBrowser({ name = 'browser', isLiving = false } = {}): Promise<Browser> {
  const sockets = new Set<net.Socket>();
  let report: (launch: Launch) => void = () => undefined;
  const launched = new Promise<Launch>((resolve) => {
    report = resolve;
  });
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (!text.endsWith('\n')) return;
      report(JSON.parse(text) as Launch);
      if (!isLiving) socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const command = createProgram(
    `#!/usr/bin/env node
const { argv, env } = process;
require('node:net')
  .connect(${(server.address() as AddressInfo).port}, '127.0.0.1')
  .on('error', () => undefined)
  .write(JSON.stringify({ args: argv.slice(2), env }) + '\\n');
`,
    name,
  );
  return { command, launched };
}

/** Makes a program that ends at once, with this exit code. */
export function createShortLived(exitCode: number): string {
  return createProgram(`#!/bin/sh\nexit ${exitCode}\n`, `ends-with-${exitCode}`);
}

function createProgram(text: string, name: string): string {
  const file = path.join(temporaryDirectory(), name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}
