# shellcheck shell=bash disable=SC2034  # sourced: what is set here is used there
# What the scripts beside it share: pinning and priorities, waiting for a port, and the scenarios, each of which
# prints one JSON line of pollload's.
#
# A script sets TARGET (a name without blanks), URL, PID (whose CPU time counts), POLL (ovh or nchan), the paths SUB
# WS SSE PUB, and perhaps PUB_HEADER TOKENS_FILE BODY_FILE WS_SESSIONS, then calls `scenario S1`, …
# The server runs on CPU 0, the generator on CPU 1.
BENCH=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROOT=$(dirname "$BENCH")
BUILD=${BUILD:-$ROOT/build/release}
SECONDS_EACH=${SECONDS_EACH:-3}
# As many as open files allow; nginx recycles connections when one in 16 is left.
IDLE=${IDLE:-$(n=$(ulimit -n); [ "$n" = unlimited ] || [ "$n" -gt 20000 ] && n=20000; echo $((n * 925 / 1000)))}
SIZE=${SIZE:-320} # bytes of an event
SCENARIOS="S1 S1p S2 S3 S3f S4 S4p S5 S5p S6 S6s S6h"

# With autogroup scheduling, nice counts only inside one session: a session of our own may raise its weight, so that
# neighbours take little of what is measured.
if [ -z "${BENCH_SESSION:-}" ]; then
    BENCH_SESSION=1 setsid bash "$0" "$@" &
    session=$!
    trap 'kill -- "-$session" 2>/dev/null' INT TERM # also what it started
    wait "$session"
    exit
fi
echo -20 2>/dev/null >/proc/self/autogroup || true

stopped() { # pid...: ends what this script started
    kill "$@" 2>/dev/null || true
    wait "$@" 2>/dev/null || true
}

on_server_cpu() { exec taskset -c 0 "$@"; }

load() {
    local session=()
    # shellcheck disable=SC2054
    [ -z "${WS_SESSIONS:-}" ] || [[ " $* " != *" --proto ws "* ]] || session=(--session-path /v2/session)
    taskset -c 1 "$BUILD/bench/pollload" --spin --url "$URL" --pid "$PID" --duration "$SECONDS_EACH" --size "$SIZE" --pub-path "$PUB" \
        ${PUB_HEADER:+--pub-header "$PUB_HEADER"} ${TOKENS_FILE:+--tokens-file "$TOKENS_FILE"} \
        ${BODY_FILE:+--body-file "$BODY_FILE"} "${session[@]}" "$@" || true
}
poll() { load --proto "$POLL" --sub-path "$SUB" "$@"; }

wait_port() {
    for _ in $(seq 200); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.05
    done
    echo "port $1 did not open" >&2
    exit 1
}

# How many tokens a scenario reads with.
tokens_of() {
    case $1 in
        S1* | S4* | S5*) echo 1 ;;
        S2) echo 2000 ;;
        S3f) echo $((IDLE / 5)) ;;
        S3*) echo "$IDLE" ;;
        *) echo 200 ;;
    esac
}

scenario() {
    local t=$TARGET tokens
    tokens=$(tokens_of "$1")
    local burst=(--window 16 --pipeline 16)
    local idle=(--subs "$IDLE" --tokens "$tokens" --pubs 8 --settle 2 --idle 3 --count "$tokens" --warmup 0)
    local paced=(--subs 1000 --tokens "$tokens" --window 64)
    case $1 in
        S1) poll --name "$t S1 long poll 1x1000" --subs 1000 ;;
        S1p) poll --name "$t S1p long poll 1x1000, burst" --subs 1000 "${burst[@]}" ;;
        S2) poll --name "$t S2 long poll 2000x1" --subs 2000 --tokens "$tokens" --pubs 64 ;;
        S3) poll --name "$t S3 idle long polls, a token each" "${idle[@]}" ;;
        S3f) poll --name "$t S3f idle long polls, 5 a token" "${idle[@]}" ;;
        S4) load --name "$t S4 WebSocket 1x1000" --proto ws --sub-path "$WS" --subs 1000 --window 16 ;;
        S4p) load --name "$t S4p WebSocket 1x1000, burst" --proto ws --sub-path "$WS" --subs 1000 "${burst[@]}" ;;
        S5) load --name "$t S5 SSE 1x1000" --proto sse --sub-path "$SSE" --subs 1000 --window 16 ;;
        S5p) load --name "$t S5p SSE 1x1000, burst" --proto sse --sub-path "$SSE" --subs 1000 "${burst[@]}" ;;
        S6) poll --name "$t S6 long poll 200x5, 1000/s" "${paced[@]}" --rate 1000 --pubs 4 ;;
        S6s) load --name "$t S6s SSE 200x5, 1000/s" --proto sse --sub-path "$SSE" "${paced[@]}" --rate 1000 --pubs 4 ;;
        S6h) poll --name "$t S6h long poll 200x5, 5000/s" "${paced[@]}" --rate 5000 --pubs 16 ;;
        *)
            echo "no scenario $1; there are: $SCENARIOS" >&2
            exit 2
            ;;
    esac
}
