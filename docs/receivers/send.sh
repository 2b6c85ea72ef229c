#!/bin/sh
# Sends an event to a receiver, signed as Callboard signs: to try a receiver without an installation. Needs curl and openssl.
#
#     CALLBOARD_SECRET='…' ./send.sh http://127.0.0.1:8000/ [ID] [TIMESTAMP]
#
# Prints the status of the answer; exit 0 when it is 2xx.
set -eu

url=$1
id=${2:-test-$$}
timestamp=${3:-$(date +%s)}
body='{"event":"start_ringing","token":"","service":"sip","ressource":"0033972000001","timestamp":1780000000000000000,"date":"2026-05-28T22:26:40.000000 (CEST)","data":{"CallId":"1","Called":"0033972000001","Calling":"0033612345678","Dialed":"0033972000001"},"details":{}}'
signature=$(printf '%s.%s.%s' "$id" "$timestamp" "$body" | openssl dgst -sha256 -hmac "$CALLBOARD_SECRET" | sed 's/.* //')

status=$(curl -sS -o /dev/null -w '%{http_code}' --max-time 10 -H 'Content-Type: application/json' -H "Callboard-Id: $id" \
    -H "Callboard-Timestamp: $timestamp" -H "Callboard-Signature: v1=$signature" --data-binary "$body" "$url")
echo "$status"
case $status in 2??) ;; *) exit 1 ;; esac
