#!/usr/bin/env bash
# nchan.sh [SCENARIO...]: scenarios (default: all) against nginx with nchan, one worker, started afresh for each.
# TUNE=0 leaves nginx's buffers at their defaults instead of what these requests need; both are equally fast.
# shellcheck disable=SC1091,SC2034,SC2153  # what is set here is read in lib.sh
set -eu
. "$(dirname "$0")/lib.sh"
MODULE=/usr/lib/nginx/modules/ngx_nchan_module.so
[ -e "$MODULE" ] || { echo "nchan is missing: apt-get install --no-install-recommends nginx-light libnginx-mod-nchan" >&2; exit 1; }
TARGET=nchan PORT=${PORT:-18081} URL=http://127.0.0.1:$PORT POLL=nchan
SUB='/sub?id={token}' WS='/sub?id={token}' SSE='/sub?id={token}' PUB='/pub?id={token}'
DIR=$(mktemp -d /tmp/bench-nchan.XXXXXX)
chmod 755 "$DIR"
trap 'rm -rf "$DIR"' EXIT
mkdir "$DIR/tmp"
small=""
[ "${TUNE:-1}" = 0 ] || small="connection_pool_size 256; request_pool_size 512; client_header_buffer_size 512; output_buffers 1 4k;"
cat >"$DIR/nginx.conf" <<CONF
load_module $MODULE;
daemon off; worker_processes 1; pid $DIR/nginx.pid; error_log $DIR/error.log warn;
events { worker_connections 19900; use epoll; multi_accept on; }
http {
    access_log off; server_tokens off; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 1h; $small
    client_body_temp_path $DIR/tmp; proxy_temp_path $DIR/tmp/p; fastcgi_temp_path $DIR/tmp/f; uwsgi_temp_path $DIR/tmp/u; scgi_temp_path $DIR/tmp/s;
    nchan_shared_memory_size 512m;
    server {
        listen 127.0.0.1:$PORT backlog=4096;
        location = /sub { nchan_subscriber; nchan_channel_id \$arg_id; nchan_subscriber_timeout 0; }
        location = /pub { nchan_publisher; nchan_channel_id \$arg_id; nchan_message_buffer_length 64; nchan_message_timeout 60s; }
    }
}
CONF
scenarios=("$@")
[ $# -gt 0 ] || read -ra scenarios <<<"$SCENARIOS"
for one in "${scenarios[@]}"; do
    on_server_cpu nginx -p "$DIR" -e "$DIR/error.log" -c "$DIR/nginx.conf" &
    master=$!
    wait_port "$PORT"
    PID=$(pgrep -P "$master" | head -1) # the worker
    scenario "$one"
    stopped "$master"
    grep -vE "signal|exit" "$DIR/error.log" | head -3 >&2 || true
    : >"$DIR/error.log"
done
