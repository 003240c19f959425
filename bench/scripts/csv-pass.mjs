// csv-pass.mjs FILE: reads every row, and nothing else.
import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import process from 'node:process';

let cells = 0;
for await (const record of createReadStream(process.argv[2], 'utf8').pipe(parse())) cells += record.length;
process.stderr.write(`${cells}\n`);
