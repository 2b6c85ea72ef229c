#!/usr/bin/env bash
# hep.sh [TARGET...]: SIP mirrored as HEP, from hepload on CPU 1 to a receiver on CPU 0, interleaved round by round; then
# a table. Default: sink sink-parse kamailio-parse kamailio-flat callboard-0 callboard-1000 callboard-100000
#   sink            takes datagrams and counts them          sink-parse      + HEP3, SIP headers, a table of calls
#   kamailio-parse  kamailio's sipcapture, storing nothing   kamailio-flat   + a row for each message in flat files
#   callboard-N     `callboard serve`: events in the journal, N of hepload's 100,000 numbers being lines of ours
# RATES="0 100000 …" messages/s, 0: as fast as it goes, and the kernel drops what is not taken in time. ROUNDS=5
# SECONDS_EACH=3  WARMUP=6 seconds at 150,000 messages/s before each, for every target  SYNC=interval  OUT=FILE for the
# JSON lines.
#
# With kamailio's own allocator (qm) it is five times slower: it runs with tlsf here, and one UDP worker.
# shellcheck disable=SC1091,SC2034,SC2153  # what is set here is read in lib.sh
set -eu
. "$(dirname "$0")/lib.sh"
ROUNDS=${ROUNDS:-5} RATES=${RATES:-0} WARMUP=${WARMUP:-6} HEP=${HEP:-19060} HTTP=${HTTP:-18083}
OUT=${OUT:-$(mktemp /tmp/bench-hep.XXXXXX)}
DIR=$(mktemp -d /tmp/bench-hep.d.XXXXXX)
chmod 755 "$DIR"
trap 'rm -rf "$DIR"' EXIT
METRICS=http://127.0.0.1:$HTTP/metrics

send() { # name, then what hepload reads the receiver's progress from
    local name=$1 rate speed
    shift
    for rate in $RATES; do
        [ "$rate" = 0 ] && speed="full speed" || speed="$rate/s"
        taskset -c 1 "$BUILD/bench/hepload" --name "$name HEP at $speed" --port "$HEP" --rate "$rate" \
            --duration "$SECONDS_EACH" --warmup "$WARMUP" --pid "$PID" --metrics "$METRICS" "$@" || true
    done
}

sink() { # name, further arguments of limit
    local name=$1
    shift
    on_server_cpu "$BUILD/bench/limit" --port "$HTTP" --hep "$HEP" "$@" &
    PID=$!
    wait_port "$HTTP"
    send "$name" --metric limit_hep_messages_total
    stopped "$PID"
}

kamailio_config() { # what is done with each message
    cat <<CFG
#!KAMAILIO
debug=-1
log_stderror=yes
children=1
listen=udp:127.0.0.1:$HEP
listen=tcp:127.0.0.1:$HTTP
tcp_children=1
tcp_accept_no_cl=yes
dns=no
rev_dns=no
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "pv.so"
loadmodule "kex.so"
loadmodule "counters.so"
loadmodule "sl.so"
loadmodule "xhttp.so"
loadmodule "xhttp_prom.so"
loadmodule "db_flatstore.so"
loadmodule "sipcapture.so"
modparam("xhttp_prom", "xhttp_prom_stats", "all")
modparam("sipcapture", "db_url", "flatstore:$DIR/flat")
modparam("sipcapture", "insert_retries", 1)
modparam("sipcapture", "capture_on", 1)
modparam("sipcapture", "hep_capture_on", 1)
request_route { $1 drop; }
onreply_route { $1 drop; }
event_route[xhttp:request] { if (prom_check_uri()) { prom_dispatch(); return; } xhttp_reply("404", "no", "", ""); }
CFG
}

kamailio_capture() { # name, what is done with each message
    local main
    kamailio_config "$2" >"$DIR/kamailio.cfg"
    mkdir -p "$DIR/flat"
    on_server_cpu kamailio -DD -E -f "$DIR/kamailio.cfg" -m 1024 -M 64 -X tlsf -x tlsf -b 33554432 -Y "$DIR" -P "$DIR/kam.pid" >"$DIR/log" 2>&1 &
    main=$!
    (wait_port "$HTTP") || { cat "$DIR/log" >&2; exit 1; }
    PID=$(pgrep -P "$main" | paste -sd,)
    send "$1" --metric kamailio_core_rcv_requests+kamailio_core_rcv_replies
    stopped "$main"
    rm -rf "$DIR/flat"
}

callboard() { # name, lines
    "$BENCH/peers/callboard_config.sh" "$2" "$DIR/data" "127.0.0.1:$HTTP" "127.0.0.1:$HEP" >"$DIR/callboard.toml"
    on_server_cpu "$BUILD/src/app/callboard" --log-level error serve --config "$DIR/callboard.toml" &
    PID=$!
    wait_port "$HTTP"
    send "$1" --metric callboard_sip_messages_total
    curl -s "$METRICS" | awk -v name="$1" '/^callboard_(hep_dropped|events_dropped|source_events_dropped|sip_errors|hep_errors)_total/ && $NF > 0 { print name ": " $0 }
        /^callboard_journal_sequence/ { print name ": " $NF " events in the journal" }' >&2
    stopped "$PID"
    rm -rf "$DIR/data"
}

[ $# -gt 0 ] || set -- sink sink-parse kamailio-parse kamailio-flat callboard-0 callboard-1000 callboard-100000
for round in $(seq "$ROUNDS"); do
    for one in "$@"; do
        case $one in
            sink) sink "$one" ;;
            sink-parse) sink "$one" --hep-parse ;;
            kamailio-parse) kamailio_capture "$one" "" ;;
            kamailio-flat) kamailio_capture "$one" 'sip_capture("sip_capture");' ;;
            callboard-*) callboard "$one" "${one#callboard-}" ;;
            *) echo "no target $one" >&2; exit 2 ;;
        esac
    done
    echo "round $round of $ROUNDS done, load $(cut -d' ' -f1 /proc/loadavg)" >&2
done >>"$OUT"
echo "JSON lines: $OUT" >&2
python3 "$BENCH/peers/table.py" "$OUT"
