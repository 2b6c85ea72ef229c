#!/usr/bin/env bash
# callboard_config.sh LINES DATA_DIR HTTP_ADDRESS [HEP_ADDRESS]: a configuration on stdout with as many lines, the
# first of the numbers that hepload uses.
set -eu
cat <<TOML
data_dir = "$2"
time_zone = "Europe/Paris"
default_region = "FR"
threads = ${THREADS:-1}

[http]
listen = ["$3"]
${IO:+io = \"$IO\"}
public_url = "http://$3"

[journal]
sync = "${SYNC:-interval}"

[[api.key]]
name = "bench"
key = "benchmark-key"
allow = ["POST /api/ingest"]
TOML
[ -z "${4:-}" ] || printf '\n[[source]]\nname = "mirror"\nkind = "hep"\nlisten = "udp:%s"\n' "$4"
printf '\n[[account]]\nid = "bench"\ndescription = "Bench"\n'
awk -v lines="$1" 'BEGIN {
    for (i = 0; i < lines; ++i)
        printf "  [[account.service]]\n  number = \"0033972%06d\"\n  description = \"Line %d\"\n  type = \"sipCirpack\"\n", i, i
}'
