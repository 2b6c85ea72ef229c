#!/usr/bin/env python3
"""Holds the include rules of src/ (tools/layers.txt) and three rules that a search can hold.

Prints every breach as FILE:LINE: sentence; exit 1 when there is one.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
ASKS_THE_TIME = re.compile(r"(system_clock|steady_clock|high_resolution_clock)::now|\bclock_gettime\b|\bgettimeofday\b|\btime\(nullptr\)")
CAPTURES_ALL_BY_COPY = re.compile(r"\[=[\],]")


def rules():
    allowed = {}
    for number, line in enumerate((ROOT / "tools/layers.txt").read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        folder, _, below = line.partition(":")
        folder, below = folder.strip(), below.split()
        for name in below:
            if name not in allowed:
                sys.exit(f"tools/layers.txt:{number}: {folder} names {name}, which is not above it")
        allowed[folder] = {folder, *below}
    return allowed


def folder_of(path, allowed):
    parts = pathlib.PurePosixPath(path).parts[:-1]
    for length in range(len(parts), 0, -1):
        if "/".join(parts[:length]) in allowed:
            return "/".join(parts[:length])
    return None


def breaches(allowed):
    for path in sorted((ROOT / "src").rglob("*.[ch]pp")):
        inside = path.relative_to(ROOT / "src").as_posix()
        folder = folder_of(inside, allowed)
        if folder is None:
            yield f"src/{inside}:1: this folder has no line in tools/layers.txt"
            continue
        test = inside.endswith(("_test.cpp", "_test.hpp"))
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if found and not test:
                target = folder_of(found[1], allowed)
                if target is None:
                    yield f"src/{inside}:{number}: \"{found[1]}\" is not written from src/"
                elif target not in allowed[folder]:
                    yield f"src/{inside}:{number}: {folder} may not include {target}"
            code = line.split("//")[0]
            if ASKS_THE_TIME.search(code) and inside != "base/clock.cpp" and not test:
                yield f"src/{inside}:{number}: only base/clock.cpp asks the system for the time"
            if CAPTURES_ALL_BY_COPY.search(code):
                yield f"src/{inside}:{number}: a lambda names what it captures"
    main = ROOT / "src/app/main.cpp"
    if main.exists() and len(main.read_text().splitlines()) >= 60:
        yield "src/app/main.cpp:60: main stays under 60 lines"


def main():
    found = list(breaches(rules()))
    print("\n".join(found) if found else "folders: each includes only what is below it")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
