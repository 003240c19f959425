#!/bin/sh
# Starts a session for every row of a file, in eight parts at once, with GNU parallel (Debian: apt install parallel).
#   ./parallel.sh customers.csv rekyc-2026-11 --consent --key customer_no
# Run it again to go on: parts that are done send nothing. The links are in rekyc-2026-11.csv once no row is open.
set -u

file=$1
batch=$2
shift 2
shards=8

# Without --termseq, parallel would end the parts 350 ms after it is ended itself, and lose the links of all requests
# that are under way. A part waits for them 30 seconds (--timeout) at most.
seq "$shards" | parallel --quote --jobs "$shards" --line-buffer --tag --termseq TERM,40000,KILL,25 \
  digilocker batch run "$file" --job "$batch" --batch "$batch" --shard "{}/$shards" "$@"
failed=$?

if [ -e "$batch.csv" ]; then
  printf 'parallel.sh: %s exists already, and is left alone\n' "$batch.csv" >&2
else
  digilocker batch results "$batch" -o csv --to "$batch.csv"
  # Exit 10: rows are open, and the next run writes all of them.
  [ $? -ne 10 ] || rm -f "$batch.csv"
fi
# How many parts have rows without a link, or were ended.
exit "$failed"
