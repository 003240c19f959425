"""Writes hostile rows with Python's csv module, or checks what was read of them.

    csv_oracle.py write FILE ROWS SEED
    csv_oracle.py check FILE RESULTS     RESULTS: `batch results -o ndjson --with FILE`
"""
import csv
import json
import random
import sys

PIECES = ['', 'a', ' ', ',', ';', '"', '""', '\n', '\r\n', "'", '=1+1', '007', '+91', 'é', 'नमस्ते', '🙂', '\u2028',
          '\ufeff', '\t', 'true', 'NULL', '\\', '\\n', '#']


def write(file, rows, seed):
    chance = random.Random(seed)
    with open(file, 'w', encoding='utf-8', newline='') as out:
        writer = csv.writer(out, lineterminator=chance.choice(['\n', '\r\n']))
        writer.writerow(['id', 'redirect_url', 'one', 'two, "quoted"'])
        for row in range(1, rows + 1):
            cells = [''.join(chance.choices(PIECES, k=chance.randrange(6))) for _ in range(2)]
            writer.writerow([f'C{row}', f'https://app.test/?{row}', *cells])


def check(file, results):
    with open(file, encoding='utf-8', newline='') as source, open(results, encoding='utf-8') as lines:
        expected = list(csv.DictReader(source, strict=True))
        found = [json.loads(line)['input'] for line in lines]
    if len(expected) != len(found):
        sys.exit(f'{len(expected)} rows, and {len(found)} were read')
    for number, (one, other) in enumerate(zip(expected, found), 1):
        if one != other:
            sys.exit(f'row {number}: {one!r} was read as {other!r}')


if sys.argv[1] == 'write':
    write(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
else:
    check(sys.argv[2], sys.argv[3])
