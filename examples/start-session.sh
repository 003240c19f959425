#!/bin/sh
# Starts a DigiLocker session, prints its transaction ID, and says for every exit code what has to happen next.
#   ./start-session.sh --env sandbox
#   ./start-session.sh --consent-purpose "KYC for a new account" --redirect-url https://app.example/return
# --consent below says that the end user agreed: call this once they did.
set -u

say() {
  printf 'start-session: %s\n' "$1" >&2
}

txn_id=$(digilocker init-session --consent --no-input --field decentroTxnId "$@")
code=$?

case $code in
  0) say 'the session exists: send the end user to its link, once' ;;
  1) say 'a bug in digilocker: run the same with --verbose, and report it' ;;
  2) say 'a flag is wrong or missing: fix the call' ;;
  3) say 'settings or credentials are missing or wrong: see digilocker config show' ;;
  4) say 'Decentro refused the account: tell the owner of the credentials' ;;
  5) say 'Decentro refused the request: fix the parameter that is named' ;;
  6) say 'Decentro or DigiLocker failed: try again later, with a fresh reference ID' ;;
  7) say 'nothing was sent: check the network, and repeat' ;;
  8) say 'the request may have arrived: keep the reference ID, and start again with a fresh one' ;;
  9) say 'the end user refused: ask them, then start again' ;;
  10) say 'some checks of digilocker smoke failed' ;;
  11) say 'the redirect belongs to another session: do not use it' ;;
  74) say 'the result could not be written: the IDs are above' ;;
  124) say 'timed out waiting for the redirect: the session lives on, see digilocker callback' ;;
  129 | 130 | 143) say 'interrupted: the IDs are above, if a session exists' ;;
  127) say 'there is no digilocker on PATH: run npm install --global . in a clone of it' ;;
  *) say "digilocker ended with $code, which this script does not know" ;;
esac

# Once a session exists, print its ID, whatever happened afterwards.
[ -z "$txn_id" ] || printf '%s\n' "$txn_id"
exit "$code"
