#!/usr/bin/env bash
# compare.sh [SCENARIO...] (default: S1 S2 S5 S6): nchan, `limit` with epoll and with io_uring, and callboard, one after
# the other in every scenario of every round, so that ratios come from the same minutes; then a table.
# ROUNDS=5  SECONDS_EACH=3  TARGETS="nchan limit limit-uring callboard"  OUT=FILE for the JSON lines
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ROUNDS=${ROUNDS:-5} OUT=${OUT:-$(mktemp /tmp/bench-compare.XXXXXX)}
[ $# -gt 0 ] || set -- S1 S2 S5 S6
for round in $(seq "$ROUNDS"); do
    for one in "$@"; do
        for target in ${TARGETS:-nchan limit limit-uring callboard}; do
            case $target in
                limit-uring) "$here/limit.sh" --uring "$one" ;;
                *) "$here/$target.sh" "$one" ;;
            esac
        done
    done
    echo "round $round of $ROUNDS done, load $(cut -d' ' -f1 /proc/loadavg)" >&2
done >>"$OUT"
echo "JSON lines: $OUT" >&2
exec python3 "$here/table.py" "$OUT"
