#!/bin/sh
# Receives webhooks as a CGI program (RFC 3875), for any web server: checks the signature, leaves out repeats, adds one line
# an event to $CALLBOARD_LOG. Needs openssl and jq. The web server sets CALLBOARD_SECRET and CALLBOARD_LOG.
set -eu

answer() {
    printf 'Status: %s\r\nContent-Length: 0\r\n\r\n' "$1"
    exit 0
}

body=$(mktemp)
trap 'rm -f "$body"' EXIT
head -c "${CONTENT_LENGTH:-0}" > "$body"

timestamp=${HTTP_CALLBOARD_TIMESTAMP:-}
case $timestamp in '' | *[!0-9]*) answer '401 Unauthorized' ;; esac
age=$(($(date +%s) - timestamp))
if [ "$age" -gt 300 ] || [ "$age" -lt -300 ]; then answer '401 Unauthorized'; fi

mac=$({ printf '%s.%s.' "${HTTP_CALLBOARD_ID:-}" "$timestamp"; cat "$body"; } |
    openssl dgst -sha256 -hmac "$CALLBOARD_SECRET" | sed 's/.* //')
# There are two signatures, by comma, while the secret is being changed.
case ",${HTTP_CALLBOARD_SIGNATURE:-}," in *",v1=$mac,"*) ;; *) answer '401 Unauthorized' ;; esac

if ! grep -qsF "$HTTP_CALLBOARD_ID " "$CALLBOARD_LOG"; then
    jq -r --arg id "$HTTP_CALLBOARD_ID" '"\($id) \(.event) \(.ressource) \(.data.Calling // "")"' "$body" >> "$CALLBOARD_LOG"
fi
answer '204 No Content'
