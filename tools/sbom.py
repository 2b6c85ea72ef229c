#!/usr/bin/env python3
"""Writes what the program is made of as SPDX 2.3 (JSON): the Debian libraries that packages.txt names and the npm packages of
web/package-lock.json, with versions, licences and what each is for.

    tools/sbom.py [--program FILE] [--output FILE]

Versions are those installed here (dpkg), licences those of Debian's copyright files and of the lock. With --program the shared
libraries that the program needs are told from what only builds it.
"""
import argparse
import hashlib
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What Debian's copyright files call licences that SPDX has another name for.
SPDX = {"Expat": "MIT", "MIT": "MIT", "BSD-3-clause": "BSD-3-Clause", "BSD-3-Clause": "BSD-3-Clause", "BSD-2-clause": "BSD-2-Clause",
        "Apache-2.0": "Apache-2.0", "Apache-2": "Apache-2.0", "Zlib": "Zlib", "zlib": "Zlib", "BSL-1.0": "BSL-1.0", "Boost-1.0": "BSL-1.0",
        "LGPL-2.1": "LGPL-2.1-only", "LGPL-2.1+": "LGPL-2.1-or-later", "LGPL-2+": "LGPL-2.0-or-later", "LGPL-3+": "LGPL-3.0-or-later",
        "GPL-2": "GPL-2.0-only", "GPL-2+": "GPL-2.0-or-later", "GPL-3": "GPL-3.0-only", "GPL-3+": "GPL-3.0-or-later", "ISC": "ISC",
        "public-domain": None, "CC0-1.0": "CC0-1.0", "Unicode": "Unicode-DFS-2016"}
# Whose copyright file is not in the form of DEP 5, or names the licence in a way of its own.
BY_HAND = {"libsqlite3-dev": "blessing", "libsqlite3-0": "blessing", "libfmt-dev": "MIT", "libfmt9": "MIT",
           "libgtest-dev": "BSD-3-Clause", "libgmock-dev": "BSD-3-Clause", "librapidcheck-dev": "BSD-2-Clause",
           "zlib1g-dev": "Zlib", "zlib1g": "Zlib", "libcurl4-openssl-dev": "curl", "libcurl4": "curl", "libpq-dev": "PostgreSQL", "libpq5": "PostgreSQL"}
NO_OPTION = "NOASSERTION"


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def named_libraries():
    """The packages of packages.txt that are compiled against."""
    words = " ".join(line for line in (ROOT / "packages.txt").read_text().splitlines() if not line.startswith("#")).split()
    return [word for word in words if word.endswith("-dev") and "clang" not in word]


def version(package):
    found = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True).stdout
    if not found:
        sys.exit(f"sbom: {package} is not installed: run ./dev setup")
    return found


def licence(package):
    """The licences of the first paragraph for all files (DEP 5), as SPDX; NOASSERTION when the file is not of that form."""
    if package in BY_HAND:
        return BY_HAND[package]
    path = pathlib.Path("/usr/share/doc") / package.split(":")[0] / "copyright"
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return NO_OPTION
    found = re.search(r"^Files:\s*\*.*?^License:\s*(\S[^\n]*)", text, re.M | re.S)
    if not found:
        return NO_OPTION
    words = re.split(r"\s+(?:and|or|,)\s+|,\s*", found[1].strip())
    joint = " OR " if " or " in found[1] else " AND "
    known = [SPDX.get(word) for word in words]
    return joint.join(known) if all(known) else NO_OPTION


def shared_libraries(program):
    """Debian packages of the libraries that the program is linked to by name (not what these need in turn)."""
    needed = re.findall(r"NEEDED.*\[(.*?)\]", output("readelf", "-d", program))
    places = dict(re.findall(r"^\s*(\S+) => (\S+)", output("ldd", program), re.M))
    packages = {}
    for library in needed:
        place = pathlib.Path(places.get(library, library))
        for candidate in (place, place.resolve(), pathlib.Path("/usr" + str(place))):
            owner = subprocess.run(["dpkg-query", "-S", candidate], capture_output=True, text=True).stdout
            if owner:
                packages.setdefault(owner.split(": ")[0].split(":")[0], library)
                break
    return packages


def npm_packages():
    lock = json.loads((ROOT / "web/package-lock.json").read_text())
    manifest = json.loads((ROOT / "web/package.json").read_text())
    shipped = set(manifest.get("dependencies", {}))
    for path, entry in sorted(lock["packages"].items()):
        if path and not entry.get("link"):
            name = path.rsplit("node_modules/", 1)[1]
            yield name, entry, name in shipped or not entry.get("dev")


def identifier(*words):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]+", "-", "-".join(words))


def package(reference, name, its_version, licences, url, purpose, purl):
    return {"SPDXID": reference, "name": name, "versionInfo": its_version, "downloadLocation": url or NO_OPTION, "filesAnalyzed": False,
            "licenseConcluded": NO_OPTION, "licenseDeclared": licences or NO_OPTION, "copyrightText": NO_OPTION, "primaryPackagePurpose": purpose,
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}] if purl else []}


def document(program, created):
    own_version = re.search(r"project\(callboard VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
    own = identifier("callboard")
    packages = [package(own, "callboard", own_version, "MIT", None, "APPLICATION", None)]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", own)]
    architecture = output("dpkg", "--print-architecture").strip()

    def debian(name):
        reference = identifier("deb", name)
        packages.append(package(reference, name, version(name), licence(name), None, "LIBRARY",
                                f"pkg:deb/debian/{name}@{version(name)}?arch={architecture}"))
        return reference
    for name in named_libraries():
        relations.append((debian(name), "BUILD_DEPENDENCY_OF", own))
    for name in sorted(shared_libraries(program)) if program else []:
        relations.append((own, "DYNAMIC_LINK", debian(name)))
    for name, entry, shipped in npm_packages():
        reference = identifier("npm", name, entry["version"])
        packages.append(package(reference, name, entry["version"], entry.get("license"), entry.get("resolved"), "LIBRARY",
                                f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"))
        relations.append((own, "CONTAINS", reference) if shipped else (reference, "BUILD_TOOL_OF", own))
    digest = hashlib.sha256(json.dumps([packages, relations], sort_keys=True).encode()).hexdigest()
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"callboard-{own_version}",
            "documentNamespace": f"https://spdx.org/spdxdocs/callboard-{own_version}-{digest[:32]}",
            "creationInfo": {"created": created, "creators": ["Tool: callboard-tools/sbom.py"]},
            "packages": list({one["SPDXID"]: one for one in packages}.values()),
            "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b} for a, kind, b in dict.fromkeys(relations)]}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--program")
    arguments.add_argument("--output")
    given = arguments.parse_args()
    # The time of the last commit: the same sources give the same document.
    created = output("git", "-C", str(ROOT), "log", "-1", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%cd").strip()
    text = json.dumps(document(given.program, created), indent=1) + "\n"
    if given.output:
        pathlib.Path(given.output).write_text(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
