#!/usr/bin/env bash
# Installs, upgrades, removes and purges the package in a Debian of its own (debootstrap, chroot), as its users do, and looks
# at what they would. Needs root, a mirror, and some minutes: `./dev package test` runs it, the test suite does not.
#   tests/package/run.sh FIRST.deb SECOND.deb
# With CALLBOARD_PACKAGE_ON=overlay it is a layer over this machine instead, which is quick, and cannot show a library that the
# package forgets to ask for. What a chroot cannot show is not tested: systemd does not run in it.
set -euo pipefail
cd "$(dirname "$0")/../.."
first=$(realpath "${1:?the package}")
second=$(realpath "${2:?the same with a later version}")
base=$PWD/build/package/bookworm.tar
root=$(mktemp -d /tmp/callboard-package-XXXXXX)
passed=0 failed=0

[ "$(id -u)" = 0 ] || { echo "run this as root: it makes a chroot" >&2; exit 1; }

finish() {
    umount -l "$root/proc" "$root/dev" 2>/dev/null || true
    umount -l "$root" "$root.layer" 2>/dev/null || true
    rmdir "$root.layer" 2>/dev/null || true
    rm -rf --one-file-system "$root"
}
trap finish EXIT

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root "$@"; }
# check WHAT COMMAND...: the command has to succeed.
# shellcheck disable=SC2317
check() {
    local what=$1; shift
    if "$@" >"$root.log" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1)); echo "FAILED: $what"; sed 's/^/    /' "$root.log"; fi
    rm -f "$root.log"
}
not() { ! "$@"; }
owner_inside() { [ "$(inside stat -c '%a %U:%G' "$1")" = "$2" ] || { inside stat -c '%n is %a %U:%G' "$1"; return 1; }; }
install() { cp "$1" "$root/tmp/callboard.deb"; inside apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold /tmp/callboard.deb; }

make_overlay() {
    mkdir "$root.layer"
    mount -t tmpfs tmpfs "$root.layer"
    mkdir "$root.layer/upper" "$root.layer/work"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$root.layer/upper,workdir=$root.layer/work" "$root"
}

make_debian() {
    local mirror
    # One of the two places has it.
    mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } |
        sed -n 's/^URIs: \(.*debian\)$/\1/p; s/^deb \(http[^ ]*debian\) bookworm main.*/\1/p' | sed -n 1p)
    if [ ! -f "$base" ]; then
        echo "debootstrap from ${mirror:=http://deb.debian.org/debian}" >&2
        debootstrap --variant=minbase --include=ca-certificates,systemd bookworm "$root" "$mirror" >"$base.log"
        mkdir -p "$(dirname "$base")"
        tar -C "$root" --one-file-system -cf "$base.new" .
        mv "$base.new" "$base"
    else
        tar -C "$root" -xf "$base"
    fi
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    inside apt-get update -q
}

prepare() {
    chmod 755 "$root"  # mktemp makes it root's alone, and the server is not root
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    # Nothing is started in a chroot.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
}

# Runs the server as its user, with a network of its own, and lets `look` look at it.
with_server() {
    # shellcheck disable=SC2016
    unshare --net -- bash -c '
        ip link set lo up 2>/dev/null || true
        chroot --userspec=callboard:callboard "$0" /usr/bin/callboard serve --config /etc/callboard/callboard.toml 2>"$0/tmp/server.log" &
        server=$!
        for _ in $(seq 200); do curl -fs http://127.0.0.1:8080/healthz >/dev/null && break; sleep 0.1; done
        "${@:1}"; code=$?
        kill -TERM $server; wait $server || code=1
        [ $code = 0 ] || cat "$0/tmp/server.log"
        exit $code' "$root" "$@"
}

if [ "${CALLBOARD_PACKAGE_ON:-}" = overlay ]; then make_overlay; else make_debian; fi
prepare
echo "== install" >&2
check "it installs" install "$first"
check "its user exists, and has no shell" inside sh -c 'getent passwd callboard | grep -q ":/var/lib/callboard:/usr/sbin/nologin$"'
check "the configuration is root's, and the server may read it" owner_inside /etc/callboard/callboard.toml "640 root:callboard"
check "nobody else looks into its folder" owner_inside /etc/callboard "750 root:callboard"
check "the data is the server's" owner_inside /var/lib/callboard "700 callboard:callboard"
check "the configuration is correct" inside callboard check /etc/callboard/callboard.toml
# shellcheck disable=SC2016
check "it is a conffile" inside sh -c 'dpkg-query -W -f "\${Conffiles}" callboard | grep -q /etc/callboard/callboard.toml'
check "the unit is enabled" inside test -L /etc/systemd/system/multi-user.target.wants/callboard.service
check "the unit is one" inside systemd-analyze verify --man=no /lib/systemd/system/callboard.service
exposure=$(inside systemd-analyze security --offline=true --no-pager /lib/systemd/system/callboard.service | sed -n 's/.*exposure level.*: \([0-9.]*\).*/\1/p')
check "its exposure is at most 2.0 (is $exposure)" awk -v e="$exposure" 'BEGIN { exit !(e != "" && e <= 2.0) }'
check "the manual page is there" test -f "$root/usr/share/man/man1/callboard.1.gz"
check "completion is there" test -f "$root/usr/share/bash-completion/completions/callboard"
check "what it is made of is said" grep -q SPDX-2.3 "$root/usr/share/doc/callboard/callboard.spdx.json"
check "every library is there" inside sh -c '! ldd /usr/bin/callboard | grep "not found"'

echo "== use" >&2
check "it serves with the configuration it came with" with_server curl -fs http://127.0.0.1:8080/readyz
printf '\n[[account]]\nid = "office"\n[[account.service]]\nnumber = "0033972000001"\ntype = "sipCirpack"\n' >>"$root/etc/callboard/callboard.toml"
check "root makes a token" inside sh -c 'callboard token create --config /etc/callboard/callboard.toml --account office >/root/token'
token=$(cat "$root/root/token")
check "what root has made is the server's" inside sh -c '! find /var/lib/callboard ! -user callboard | grep .'
check "the token is in force" with_server curl -fs "http://127.0.0.1:8080/api/snapshot?token=$token"
check "the doctor has no problem" inside callboard doctor --config /etc/callboard/callboard.toml
check "a backup" inside callboard backup --config /etc/callboard/callboard.toml --to /var/backups/callboard

echo "== upgrade" >&2
check "it upgrades" install "$second"
check "the edited configuration stays" grep -q '^id = "office"' "$root/etc/callboard/callboard.toml"
check "and is still not everybody's" owner_inside /etc/callboard/callboard.toml "640 root:callboard"
check "the data stays" with_server curl -fs "http://127.0.0.1:8080/api/snapshot?token=$token"

echo "== remove" >&2
check "it is removed" inside apt-get remove -y -q callboard
check "the program is gone" not test -e "$root/usr/bin/callboard"
check "the data is not" test -f "$root/var/lib/callboard/tokens.db"
check "nor is the configuration" test -f "$root/etc/callboard/callboard.toml"
check "it comes back" install "$second"
check "as it was" with_server curl -fs "http://127.0.0.1:8080/api/snapshot?token=$token"
check "a restore" inside callboard restore --config /etc/callboard/callboard.toml --from /var/backups/callboard --replace
check "what root has restored is the server's" with_server curl -fs "http://127.0.0.1:8080/api/snapshot?token=$token"

echo "== purge" >&2
check "it is purged" inside apt-get purge -y -q callboard
check "no configuration is left" not test -e "$root/etc/callboard"
check "no data is left" not test -e "$root/var/lib/callboard"
check "nor its unit" not test -e "$root/etc/systemd/system/multi-user.target.wants/callboard.service"
check "nothing of it is left in /etc, /usr and /var" inside sh -c '! find /etc /usr /var/lib/systemd /var/log -iname "*callboard*" ! -path "/usr/share/doc/*" | grep .'
check "it installs again" install "$second"
check "and serves" with_server curl -fs http://127.0.0.1:8080/readyz

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
