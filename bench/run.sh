#!/usr/bin/env bash
# What `./dev bench` runs, the release build being made; README.md says what the figures mean.
#   run.sh [micro] [ARGUMENT...]    the micro benchmarks; arguments go to Google Benchmark: --benchmark_filter=scan
#   run.sh compare [SCENARIO...]    readers: nchan, the practical limit of this machine, and callboard, interleaved
#   run.sh hep [TARGET...]          intake: a bare sink, kamailio and callboard, interleaved
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case ${1:-micro} in
    compare | hep)
        what=$1
        shift
        exec "$here/peers/$what.sh" "$@"
        ;;
    micro) shift || true ;;
    -*) ;;
    *)
        grep '^#   ' "$0" >&2
        exit 1
        ;;
esac
exec "${BUILD:-$here/../build/release}/bench/callboard_bench" --benchmark_counters_tabular=true "$@"
