import { describe, expect, test } from '@jest/globals';
import { createCertificate } from '../support/certificate.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { dealt } from '../support/generated.js';
import { privateFile } from '../support/private-file.js';
import { createRecorder } from '../support/recorder.js';
import { credentials, fails } from '../support/run-main.js';

interface Ports {
  readonly own: number;
  readonly other: number;
}

const STATUSES = [300, 301, 302, 303, 305, 307, 308];

/** Where an answer from https://127.0.0.1 leads, and what is shown of it. */
const TARGETS: Readonly<Record<string, (ports: Ports) => readonly [location: string, shown: string]>> = {
  'a path': ({ own }) => ['/elsewhere?client_secret=x', `127.0.0.1:${own}`],
  'its own origin': ({ own }) => [`https://127.0.0.1:${own}/elsewhere`, `127.0.0.1:${own}`],
  'another port': ({ other }) => [`https://127.0.0.1:${other}/`, `127.0.0.1:${other}`],
  'the same host without TLS': ({ other }) => [`http://127.0.0.1:${other}/`, `127.0.0.1:${other}`],
  'another host': ({ other }) => [`http://user:pw@LOCALHOST:${other}/x?y#z`, `localhost:${other}`],
  'another host, by its scheme': ({ other }) => [`//localhost:${other}/x`, `localhost:${other}`],
  'a name with a character that is not seen': () => ['https://e\u00advil.example/', 'evil.example'],
  'no web address': () => ['javascript:fetch("https://evil.example")', 'a javascript: address'],
  garbage: () => ['https://[\u009b31m', 'an unreadable address'],
};

const certificate = createCertificate({ host: 'localhost' });

describe.each(STATUSES)('%i is not followed (rule 13)', (status) => {
  test.each(dealt(Object.entries(TARGETS), STATUSES.indexOf(status), 3))('to %s', async (_what, aim) => {
    const target = await createRecorder([]);
    const recorder = await createRecorder(() => ({ status, headers: { Location: location }, body: '' }), {
      tls: certificate,
    });
    const [location, shown] = aim({ own: recorder.port, other: target.port });
    const home = temporaryDirectory();
    const trust = ['--ca-file', privateFile(home, 'ca.pem', certificate.cert)];
    const run = await fails(
      [
        ...['init-session', '--json', '--consent', '--consent-purpose', 'KYC for opening a bank account'],
        ...['--redirect-url', 'https://app.example', '--base-url', recorder.url, '--allow-host', '127.0.0.1'],
        ...trust,
      ],
      6,
      { env: credentials, home },
    );
    expect(run.document).toMatchObject({
      httpStatus: status,
      sessionCreated: 'unknown',
      error: {
        kind: 'upstream',
        message: `The answer is a redirect (HTTP ${status}) to ${shown}, which was not followed.`,
        sent: 'yes',
      },
    });
    expect([recorder.requests.length, recorder.connections, target.connections]).toEqual([1, 1, 0]);
  });
});
