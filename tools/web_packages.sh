#!/bin/sh
# web_packages.sh NPM [FOLDER]: makes FOLDER/node_modules what FOLDER/package-lock.json says; FOLDER is web when it is not
# given. Several build directories share it: the first one installs, the others find it done.
set -eu
cd "$(dirname "$0")/../${2:-web}"
exec 9<package-lock.json
flock 9
installed=node_modules/.package-lock.json
if [ -e $installed ] && [ -z "$(find package-lock.json -newer $installed)" ]; then exit 0; fi
"$1" ci --ignore-scripts --no-audit --no-fund --loglevel=error || {
    echo "the packages of ${2:-web} could not be installed: is a package registry reachable? -DCALLBOARD_WEB=OFF builds without them" >&2
    exit 1
}
touch $installed
