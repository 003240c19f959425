import { expect, jest, test } from '@jest/globals';
import dns from 'node:dns';
import process from 'node:process';
import { exchange } from '../../../../src/api/http/exchange.js';
import { findProxy } from '../../../../src/api/http/proxy.js';
import { createCertificate } from '../../../support/certificate.js';
import { createConnectProxy } from '../../../support/connect-proxy.js';
import { createRecorder } from '../../../support/recorder.js';
import { WAYS_TO_SEND } from '../../../support/ways-to-send.js';

/** Longer than Node.js waits for one address of several by default. */
const HANDSHAKE_MS = 300;
const HOST = 'api.example';

interface Wrap {
  prototype: Record<'connect' | 'connect6', (...args: readonly unknown[]) => number>;
}

/** Every name has an IPv4 address, to which a connection takes its time, and an IPv6 address that never answers. */
function slowNetwork(): void {
  const addresses = [
    { address: '2001:db8::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
    { address: '2001:db8::2', family: 6 },
  ];
  jest.spyOn(dns, 'lookup').mockImplementation(((
    _name: string,
    _options: unknown,
    done: (...args: unknown[]) => void,
  ) => {
    done(null, addresses);
  }) as never);
  const { binding } = process as unknown as { binding: (name: string) => { TCP: Wrap } };
  const { prototype } = binding.call(process, 'tcp_wrap').TCP;
  const { connect } = prototype;
  jest.spyOn(prototype, 'connect').mockImplementation(function (this: unknown, ...args) {
    setTimeout(() => connect.apply(this as Wrap['prototype'], args), HANDSHAKE_MS);
    return 0;
  });
  jest.spyOn(prototype, 'connect6').mockReturnValue(0);
}

const request = (url: string) => ({ method: 'POST', url: new URL(url), headers: {}, body: '{}' }) as const;
const signal = new AbortController().signal;

test.each(WAYS_TO_SEND)(
  'an address that does not answer costs a part of the time, and a slow network none of the addresses (%s)',
  async (_way, optionsOf) => {
    const own = createCertificate({ host: HOST });
    const recorder = await createRecorder([{}], { tls: own });
    slowNetwork();
    const connection = { certificates: [own.cert] };
    expect(
      await exchange(request(`https://${HOST}:${recorder.port}`), 2_400, signal, connection, optionsOf()),
    ).toMatchObject({
      type: 'answered',
    });
  },
);

test('the same holds for the addresses of a proxy', async () => {
  const own = createCertificate({ host: HOST });
  const recorder = await createRecorder([{}], { tls: own });
  const proxy = await createConnectProxy();
  slowNetwork();
  const url = `https://${HOST}:${recorder.port}`;
  const connection = {
    proxy: findProxy(new URL(url), { HTTPS_PROXY: `http://proxy.example:${proxy.port}` }),
    certificates: [own.cert],
  };
  const exchanged = await exchange(request(url), 2_400, signal, connection);
  expect(exchanged).toMatchObject({ type: 'answered' });
});
