#!/usr/bin/env bash
# Makes build/package/callboard_VERSION_ARCH.deb of a program that is built already, and holds it against lintian.
#   packaging/build.sh BUILD-FOLDER [REVISION]
set -euo pipefail
cd "$(dirname "$0")/.."
build=$(realpath "${1:?the folder of a build, such as build/package-build}")
revision=${2:-}
out=$PWD/build/package
version=$(sed -n 's/^project(callboard VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
stage=$out/callboard-$version

rm -rf "$stage"
mkdir -p "$stage"
cp -r docs packaging README.md CHANGELOG.md SECURITY.md "$stage/"
mv "$stage/packaging/debian" "$stage/debian"
find "$stage" -name __pycache__ -prune -exec rm -rf {} +
if [ -n "$revision" ]; then sed -i "1s/($version-[^)]*)/($version-$revision)/" "$stage/debian/changelog"; fi
grep -q "^callboard ($version-" "$stage/debian/changelog" || {
    echo "packaging/debian/changelog does not begin with version $version" >&2; exit 1; }
TZ=UTC python3 tools/sbom.py --program "$build/src/app/callboard" --output "$build/callboard.spdx.json"

cd "$stage"
export CALLBOARD_BUILD=$build SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -S Timestamp)
# Symbols are kept apart by whoever builds with -g; a release has none.
DEB_BUILD_OPTIONS="noautodbgsym ${DEB_BUILD_OPTIONS:-}" dpkg-buildpackage -b -us -uc -d >"$out/build.log" 2>&1 || {
    cat "$out/build.log" >&2; exit 1; }
cd "$out"
deb=callboard_$(dpkg-parsechangelog -l "$stage/debian/changelog" -S Version)_$(dpkg --print-architecture).deb
lintian --fail-on error,warning --tag-display-limit 0 "$deb"
echo "$out/$deb"
