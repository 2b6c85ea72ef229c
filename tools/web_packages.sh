#!/bin/sh
# web_packages.sh NPM: makes web/node_modules what web/package-lock.json says. Several build directories share it: the
# first one installs, the others find it done.
set -eu
cd "$(dirname "$0")/../web"
exec 9<package-lock.json
flock 9
installed=node_modules/.package-lock.json
if [ -e $installed ] && [ -z "$(find package-lock.json -newer $installed)" ]; then exit 0; fi
"$1" ci --ignore-scripts --no-audit --no-fund --loglevel=error || {
    echo "the packages of the page could not be installed: is a package registry reachable? -DCALLBOARD_WEB=OFF builds without the page" >&2
    exit 1
}
touch $installed
