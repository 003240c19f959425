// undici-loop.mjs ORIGIN IN_FLIGHT COUNT [CA]: as many POSTs as a batch has rows, and nothing else.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Pool } from 'undici';

const [origin, inFlight, count, ca] = process.argv.slice(2);
const connect = ca === undefined ? {} : { ca: readFileSync(ca) };
const pool = new Pool(origin, { connections: Number(inFlight), connect });
const headers = { client_id: 'bench', client_secret: 'bench', 'content-type': 'application/json' };
let left = Number(count);

async function work() {
  while (left > 0) {
    left -= 1;
    const body = JSON.stringify({
      reference_id: `01a20a71-3293-797f-b8c4-${String(left).padStart(12, '0')}`,
      consent: true,
      consent_purpose: 'KYC for opening a bank account',
      redirect_url: `https://app.example/return?c=${left}`,
    });
    const path = '/v2/kyc/digilocker/initiate_session';
    const answer = await pool.request({ method: 'POST', path, headers, body });
    JSON.parse(await answer.body.text());
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, work));
await pool.close();
