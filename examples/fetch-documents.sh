#!/bin/sh
# Sends an end user to DigiLocker, waits for them, and downloads each document that they shared into a folder.
#   ./fetch-documents.sh FOLDER --env staging --consent-purpose "KYC for opening a bank account"
#   ./fetch-documents.sh FOLDER --env sandbox --base-url http://127.0.0.1:4010
# What follows FOLDER goes to every command.
# --consent below says that the end user agreed: call this once they did.
set -eu

folder=$1
shift

# The link is on standard error. The end user opens it, once.
txn_id=$(digilocker init-session --consent --wait --no-open --field decentroTxnId "$@")

files=$(digilocker issued-files "$txn_id" --consent --quiet --json "$@")
uris=$(printf '%s\n' "$files" | sed -n 's/^ *"uri": "\([^"]*\)",*$/\1/p')

# Decentro bills each document. One that is in the folder already is not fetched again: exit code 2.
code=0
for uri in $uris; do
  digilocker file "$txn_id" "$uri" --consent --quiet --to "$folder" --field files.0.path "$@" || code=$?
done
exit "$code"
