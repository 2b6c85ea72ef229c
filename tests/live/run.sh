#!/usr/bin/env bash
# Real SIP against the development build: sipp phones through kamailio with a HEP mirror.
set -euo pipefail
cd "$(dirname "$0")/../.."
CALLBOARD=${CALLBOARD:-$PWD/build/dev/src/app/callboard} exec python3 tests/live/live_test.py "$@"
