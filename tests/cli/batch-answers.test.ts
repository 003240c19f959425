import { describe, expect, test } from '@jest/globals';
import { rowsOf, setUpBatch } from '../support/batch.js';
import type { DecentroServerOptions } from '../support/decentro-server.js';

describe('what the server does', () => {
  const refuse =
    (status: number, responseKey: string) =>
    (): NonNullable<DecentroServerOptions['answer']> =>
    (_count, response) => {
      const body = {
        decentroTxnId: 'A'.repeat(32),
        status: 'FAILURE',
        responseCode: 'E00009',
        message: 'No.',
        responseKey,
      };
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      return true;
    };

  test('a refused account burns one reference ID, and is exit 4', async () => {
    const { server, run } = await setUpBatch({ answer: refuse(401, 'error_unauthorized_module')() });
    const { code, document } = await run(['--json']);
    expect(code).toBe(4);
    expect(document).toMatchObject({ stopped: { kind: 'access' }, rows: { refused: 1, open: 39 } });
    expect(server.burnt.size).toBe(1);
  });

  test('an account that was refused and is not any more costs no row its link', async () => {
    const refused = refuse(401, 'error_unauthorized_module')();
    const { server, run, batch } = await setUpBatch({
      answer: (count, response) => count === 1 && refused(count, response),
    });
    expect((await run()).code).toBe(4);
    expect((await run()).code).toBe(0);
    expect(server.sessions).toHaveLength(40);
    const [first] = rowsOf(await batch(['results', 'rows.csv.batch']));
    expect(first).toMatchObject({ end: 'created', attempts: [{ httpStatus: 401 }, { httpStatus: 200 }] });
  });

  test("whether a reference ID of the row's own that was used before has a session is not known", async () => {
    const rows = 'customer_no,redirect_url,reference_id\nC1,https://app.test/?1,mine-1\n';
    const { server, run, batch } = await setUpBatch({}, rows);
    server.burnt.add('mine-1');
    expect((await run()).code).toBe(10);
    expect(rowsOf(await batch(['results', 'rows.csv.batch']))).toMatchObject([
      { end: 'refused', sessionCreated: 'unknown', referenceId: 'mine-1' },
    ]);
  });

  test('five refusals at the start are exit 5', async () => {
    const { server, run } = await setUpBatch({ answer: refuse(400, 'error_unsanitized_values')() });
    expect((await run()).code).toBe(5);
    expect(server.burnt.size).toBe(5);
  });

  test('429 pauses everything and costs no row its link', async () => {
    const { server, run, batch } = await setUpBatch({
      answer: (count, response) => {
        if (count !== 8) return false;
        response.writeHead(429).end();
        return true;
      },
    });
    const { code, stderr } = await run();
    expect(code).toBe(0);
    expect(stderr).toMatch(/429.* Pausing for/);
    expect(new Set(server.sessions.map(({ row }) => row)).size).toBe(40);
    const rows = rowsOf(await batch(['results', 'rows.csv.batch']));
    expect(rows.some(({ attempts }) => (attempts as unknown[]).length > 1)).toBe(true);
  });

  test('answers that never come leave rows unknown, until --retry unknown finds out', async () => {
    const { server, run, batch } = await setUpBatch({ dropped: 0.2 });
    const first = await run(['--json']);
    expect(first.code).toBe(10);
    const { unknown } = first.document['rows'] as { unknown: number };
    expect(unknown).toBe(server.dropped());
    expect((await run()).code).toBe(10);
    expect(server.sessions).toHaveLength(40);
    const waits: number[] = [];
    // The clock of the test stands still: what it waits for is over at once.
    const now = Date.now() + 3_600_000;
    const again = await run(['--retry', 'unknown', '--json'], { now, onSleep: (ms) => void waits.push(ms) });
    expect(again.document).toMatchObject({ rows: { unknown: 0, lost: unknown } });
    const lost = rowsOf(await batch(['results', 'rows.csv.batch', '--only', 'lost']));
    expect(lost).toHaveLength(unknown);
    expect(server.sessions).toHaveLength(40);
    expect((await run(['--retry', 'lost'])).code).toBe(server.dropped() > unknown ? 10 : 0);
  });
});
