#!/usr/bin/env python3
"""Holds the sizes that keep the code readable: functions p99 <= 80 lines and none over 150, sources over 600
lines only with a reason in tools/long-files.txt, test code at least as much as code.
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in out.splitlines() if (ROOT / line).exists()]


def functions(files):
    out = subprocess.run(["ctags", "--languages=C++", "--c++-kinds=f", "--fields=+ne", "-f", "-", *map(str, files)],
                         capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        columns = line.split("\t")
        fields = dict(column.split(":", 1) for column in columns[3:] if ":" in column)
        if "line" in fields and "end" in fields:
            yield int(fields["end"]) - int(fields["line"]) + 1, columns[0], columns[1], fields["line"]


def lines(files):
    return sum(len(file.read_text(errors="replace").splitlines()) for file in files)


def main():
    failed = False
    sources = tracked("src/*.cpp", "src/*.hpp")
    tests = [file for file in sources if file.stem.endswith("_test")]
    code = [file for file in sources if file not in tests]
    sizes = sorted(functions(code), reverse=True)
    if sizes:
        p99 = sizes[len(sizes) // 100][0]
        print(f"functions: {len(sizes)}, p99 {p99} lines, longest {sizes[0][0]} ({sizes[0][1]})")
        failed |= p99 > 80
        for size, name, path, line in sizes:
            if size > 150:
                print(f"{path}:{line}: {name} has {size} lines, 150 are the most")
                failed = True
    reasons = (ROOT / "tools/long-files.txt").read_text()
    for file in code + tracked("web/src/*"):
        count = len(file.read_text(errors="replace").splitlines())
        name = file.relative_to(ROOT).as_posix()
        if count > 600 and name not in reasons:
            print(f"{name}: {count} lines; split it, or give a reason in tools/long-files.txt")
            failed = True
    web = tracked("web/src/*.ts", "web/src/*.tsx")
    web_tests = [file for file in web if ".test." in file.name]
    all_tests = tests + web_tests + tracked("tests/*.cpp", "tests/*.hpp", "tests/*.py", "tests/*.ts", "tests/*.mjs", "tests/*.sh", "tests/*.xml",
                                           "fuzz/*.cpp", "fuzz/*.hpp", "bench/*_test.py", "web/test.mjs")
    words = tracked("web/src/text/??.ts")  # of a language: nothing runs there
    all_code = code + [file for file in web if file not in web_tests and file not in words]
    print(f"code: {lines(all_code)} lines, tests: {lines(all_tests)} lines")
    if lines(all_tests) < lines(all_code):
        print("test code is less than code")
        failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
