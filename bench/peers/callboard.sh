#!/usr/bin/env bash
# callboard.sh [SCENARIO...]: scenarios (default: all) against `callboard serve` as it is, with its journal
# (sync = interval) and a token for each line that is read; started afresh, with an empty journal, for each.
# THREADS=1 (default): one reactor, as the peers have one.
# shellcheck disable=SC1091,SC2034,SC2153  # what is set here is read in lib.sh
set -eu
. "$(dirname "$0")/lib.sh"
TARGET=${TARGET:-callboard} PORT=${PORT:-18200} POLL=ovh PUB=/api/ingest
SUB='/?token={token}' SSE='/api/events?token={token}' WS='/v2/session/{session}/events/websocket' WS_SESSIONS=1
PUB_HEADER="Authorization: Bearer benchmark-key"
DIR=$(mktemp -d /tmp/bench-callboard.XXXXXX)
trap 'rm -rf "$DIR"' EXIT
BODY_FILE=$DIR/body.json TOKENS_FILE=$DIR/tokens
# As long as the event that the peers pass on.
cat >"$BODY_FILE" <<'JSON'
[{"event":"start_ringing","service":"sip","ressource":"{service}","data":{"CallId":"{mark}","Calling":"0033972101007","Called":"{service}","Dialed":"{service}"}}]
JSON
scenarios=("$@")
[ $# -gt 0 ] || read -ra scenarios <<<"$SCENARIOS"
for one in "${scenarios[@]}"; do
    "$BENCH/peers/callboard_config.sh" "$(tokens_of "$one")" "$DIR/data" "127.0.0.1:$PORT" >"$DIR/callboard.toml"
    "$BUILD/src/app/callboard" token create --config "$DIR/callboard.toml" --account bench --each-service |
        awk -F '\t' '{print $2 "\t" $1}' >"$TOKENS_FILE"
    URL=http://127.0.0.1:$PORT
    on_server_cpu "$BUILD/src/app/callboard" --log-level warn serve --config "$DIR/callboard.toml" &
    PID=$!
    wait_port "$PORT"
    scenario "$one"
    stopped "$PID"
    rm -rf "$DIR/data"
done
