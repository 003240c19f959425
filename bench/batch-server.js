// Decentro's answer after a while, over HTTP and HTTPS on loopback, in a process of its own, which remembers when each
// request arrived. Ends with its parent.
import http from 'node:http';
import https from 'node:https';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers';

let delayMs = 0;
let arrivals = [];

function answer(request, response) {
  arrivals.push(performance.now());
  const id = arrivals.length.toString(16).toUpperCase().padStart(32, '0');
  const body = JSON.stringify({
    decentroTxnId: id,
    status: 'SUCCESS',
    responseCode: 'S00000',
    message: 'Session created successfully.',
    data: { authorizationUrl: `https://digilocker.example/consent/${id}` },
    responseKey: 'success_initiate_session',
  });
  const end = () => response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
  request.resume().once('end', () => (delayMs > 0 ? setTimeout(end, delayMs) : end()));
}

const listening = (server) =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });

process.once('disconnect', () => process.exit());
process.on('message', async ({ certificate, reset, report }) => {
  if (certificate !== undefined) {
    // As long as nginx does, so that a machine that is busy with other things ends no connection in use.
    const options = { keepAliveTimeout: 75_000 };
    const servers = [
      http.createServer(options, answer),
      https.createServer({ ...certificate, ...options }, answer),
    ];
    process.send(await Promise.all(servers.map(listening)));
  }
  if (reset !== undefined) {
    delayMs = reset;
    arrivals = [];
    process.send(true);
  }
  if (report !== undefined) process.send(arrivals);
});
