import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import type { Certificate } from './certificate.js';
import { cleanUp } from './cleanup.js';

/** What a proxy says to CONNECT: bytes, after which it closes; or nothing at all. */
export type Refusal = string | { readonly then: 'hang' | 'close' | 'reset' };

export interface ConnectProxyOptions {
  /** Speak TLS with this certificate. */
  readonly tls?: Certificate;
  /** The only user name and password that it takes, with a colon in between. */
  readonly userinfo?: string;
  /** One for each connection, in their order; then tunnels are opened. */
  readonly refusals?: readonly Refusal[];
  /** What it says when the tunnel stands. */
  readonly opening?: string;
}

export interface ConnectRequest {
  /** Such as `CONNECT api.example:443 HTTP/1.1`. */
  readonly line: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A proxy on 127.0.0.1 that opens tunnels and writes down what it can read of them. */
export interface ConnectProxy {
  readonly url: string;
  readonly port: number;
  readonly connects: readonly ConnectRequest[];
  readonly connections: number;
  /** Every byte that came from its clients, as the proxy sees them, CONNECT included. */
  readonly seen: Buffer;
}

/** Starts a proxy, which closes when the test ends. Whatever the name of the target, it connects to 127.0.0.1. */
export async function createConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const {
    userinfo,
    refusals = [],
    opening = 'HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n',
  } = options;
  const connects: ConnectRequest[] = [];
  const sockets = new Set<net.Socket>();
  const chunks: Buffer[] = [];
  let connections = 0;

  const track = (socket: net.Socket): net.Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };

  const refuse = (client: net.Socket, refusal: Refusal): void => {
    if (typeof refusal === 'string') client.end(refusal);
    else if (refusal.then === 'close') client.end();
    else if (refusal.then === 'reset') client.resetAndDestroy();
  };

  const open = (client: net.Socket, target: string): void => {
    const port = Number(target.slice(target.lastIndexOf(':') + 1));
    const server = track(net.connect(port, '127.0.0.1'));
    server.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    server.once('connect', () => {
      client.write(opening);
      client.pipe(server).pipe(client);
    });
  };

  const serve = (client: net.Socket): void => {
    const refusal = refusals[connections];
    connections += 1;
    track(client).on('data', (chunk: Buffer) => chunks.push(chunk));
    let head = '';
    client.on('data', function read(chunk: Buffer) {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      client.off('data', read);
      const request = parseConnect(head);
      connects.push(request);
      const expected = `Basic ${Buffer.from(userinfo ?? '').toString('base64')}`;
      if (refusal !== undefined) refuse(client, refusal);
      else if (userinfo !== undefined && request.headers['proxy-authorization'] !== expected)
        refuse(client, 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
      else open(client, request.line.split(' ')[1] ?? '');
    });
  };

  const server = options.tls ? tls.createServer({ ...options.tls }, serve) : net.createServer(serve);
  server.on('connection', track);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    connects,
    get connections() {
      return connections;
    },
    get seen() {
      return Buffer.concat(chunks);
    },
  };
}

function parseConnect(head: string): ConnectRequest {
  const [line = '', ...lines] = head.slice(0, head.indexOf('\r\n\r\n')).split('\r\n');
  const headers = lines.map((text) => {
    const colon = text.indexOf(':');
    return [text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim()];
  });
  return { line, headers: Object.fromEntries(headers) as ConnectRequest['headers'] };
}
