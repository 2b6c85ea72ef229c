#!/usr/bin/env bash
# limit.sh [--uring] [SCENARIO...]: scenarios (default: all) against `limit`, a server without features: what one core
# and this kernel can do at best. It is started afresh for each.
# shellcheck disable=SC1091,SC2034,SC2153  # what is set here is read in lib.sh
set -eu
. "$(dirname "$0")/lib.sh"
TARGET=limit POLL=ovh
SUB='/?token={token}' WS='/ws?token={token}' SSE='/sse?token={token}' PUB='/pub?token={token}'
how=()
if [ "${1:-}" = --uring ]; then
    shift
    TARGET=limit-uring how=(--uring)
fi
PORT=${PORT:-18100}
scenarios=("$@")
[ $# -gt 0 ] || read -ra scenarios <<<"$SCENARIOS"
for one in "${scenarios[@]}"; do
    PORT=$((PORT + 1)) # a ring gives its port up only some time after its end
    URL=http://127.0.0.1:$PORT
    on_server_cpu "$BUILD/bench/limit" --port "$PORT" "${how[@]}" &
    PID=$!
    wait_port "$PORT"
    scenario "$one"
    stopped "$PID"
done
