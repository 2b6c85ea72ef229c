#!/usr/bin/env python3
"""Which lines of src/ the tests have run, from the counts that a build of the preset `coverage` has left behind.

    coverage.py [BUILD]

Prints the files with the most lines that were never run, and the whole; build/coverage/uncovered.txt names every such
line. Only what is in the program counts: the libraries, not their tests."""
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
GCOV = "llvm-cov-14"
MOST_SHOWN = 25
LINE = re.compile(r"\s*([^:]+):\s*(\d+):(.*)")


def lines_of(counts, build):
    """(file of src/, line, how often) of one object."""
    # Sources are named as seen from the build folder, and gcov has to find them: it runs in one as deep.
    with tempfile.TemporaryDirectory(prefix="counts-", dir=build.parent) as folder:
        subprocess.run([GCOV, "gcov", "-p", counts], cwd=folder, check=True, capture_output=True)
        return [line for path in pathlib.Path(folder).iterdir() for line in lines_in(path, build)]


def lines_in(path, build):
    source = None
    for text in path.read_text(encoding="utf8", errors="replace").splitlines():
        count, number, rest = LINE.fullmatch(text).groups()
        if number == "0":
            if rest.startswith("Source:"):
                source = os.path.relpath(build / rest.removeprefix("Source:"), ROOT)
                if not source.startswith("src/"):
                    return
        elif count != "-":
            yield source, int(number), 0 if count in ("#####", "=====") else int(count.rstrip("*"))


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/coverage").resolve()
    objects = [path for path in build.glob("src/**/*.gcda") if "_test.dir" not in str(path)]
    if not objects:
        sys.exit(f"{build} has no counts: ./dev coverage builds it and runs the tests")
    runs = collections.defaultdict(collections.Counter)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for lines in pool.map(lambda path: lines_of(path, build), objects):
            for source, number, count in lines:
                runs[source][number] += count
    never = {source: sorted(number for number, count in lines.items() if not count) for source, lines in runs.items()}
    (build / "uncovered.txt").write_text("".join(f"{source}:{number}\n" for source in sorted(never) for number in never[source]), encoding="utf8")
    for source in sorted(never, key=lambda one: -len(never[one]))[:MOST_SHOWN]:
        print(f"{len(never[source]):5} of {len(runs[source]):4} lines never run: {source}")
    count, missing = sum(map(len, runs.values())), sum(map(len, never.values()))
    print(f"{count - missing} of {count} lines of src/ were run, {100 * (count - missing) / count:.1f} %")


if __name__ == "__main__":
    main()
