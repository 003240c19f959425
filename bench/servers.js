// The API's answer over HTTP and HTTPS on loopback, in a process of its own. Ends with its parent, and after half an
// hour in any case.
import http from 'node:http';
import https from 'node:https';
import { setTimeout } from 'node:timers';

const ANSWER = JSON.stringify({
  decentroTxnId: '59F864A69B6E4DE0BCD4DD927A5D6160',
  status: 'SUCCESS',
  responseCode: 'S00000',
  message: 'Session created successfully.',
  data: { authorizationUrl: 'https://digilocker.example/consent/59F864A69B6E4DE0' },
  responseKey: 'success_initiate_session',
});

function answer(request, response) {
  request.resume().once('end', () => {
    response.setHeader('Content-Type', 'application/json');
    response.end(ANSWER);
  });
}

process.once('disconnect', () => process.exit());
setTimeout(() => process.exit(1), 30 * 60_000);
process.once('message', (certificate) => {
  const servers = [http.createServer(answer), https.createServer(certificate, answer)];
  const ports = servers.map(
    (server) =>
      new Promise((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          resolve(server.address().port);
        });
      }),
  );
  Promise.all(ports).then((found) => process.send(found));
});
