#!/usr/bin/env python3
"""Brings what fuzzers have found back into fuzz/corpus: those inputs that reach the most that no seed reaches.

    merge.py [--keep PREFIX] [--binaries FOLDER] [NAME...]

A corpus stays small, because every ordinary build replays it in all slices: MOST_FILES files and MOST_BYTES bytes,
new ones of less than LONGEST bytes.
"""
import argparse
import pathlib
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MOST_FILES = 40
MOST_BYTES = 200_000
LONGEST = 1_500


def merge(name, binaries, keep):
    seeds = HERE / "corpus" / name
    with tempfile.TemporaryDirectory() as folder:
        merged = pathlib.Path(folder)
        known = {seed.name: seed.stat().st_size for seed in seeds.iterdir()}
        for seed in known:
            shutil.copy(seeds / seed, merged / seed)
        # The cover is written beginning with the input that adds the most.
        subprocess.run([str(binaries / f"{name}_fuzz"), "-set_cover_merge=1", f"-max_len={LONGEST}", str(merged),
                        f"{keep}-corpus/{name}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        new = sorted((path for path in merged.iterdir() if path.name not in known), key=lambda path: path.stat().st_mtime_ns)
        files = len(known)
        size = sum(known.values())
        taken = 0
        for path in new:
            length = path.stat().st_size
            if files + taken >= MOST_FILES or size + length > MOST_BYTES:
                break
            shutil.copy(path, seeds / path.name[:12])
            size += length
            taken += 1
        print(f"{name}: {taken} of {len(new)} taken, {files + taken} files, {size} bytes", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", default=str(HERE.parent / "build/fuzzing"), metavar="PREFIX")
    parser.add_argument("--binaries", type=pathlib.Path, default=HERE.parent / "build/fuzz/fuzz")
    parser.add_argument("names", nargs="*", metavar="NAME")
    asked = parser.parse_args()
    for name in asked.names or sorted(path.name for path in (HERE / "corpus").iterdir()):
        merge(name, asked.binaries, asked.keep)


if __name__ == "__main__":
    main()
