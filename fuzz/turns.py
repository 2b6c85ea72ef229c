#!/usr/bin/env python3
"""Lets fuzzers take turns, and writes down what each turn came to.

    turns.py [--seconds S] [--for-ever] [--show] [--keep PREFIX] [--binaries FOLDER] [NAME...]

Without a NAME every fuzzer that is built takes a turn. With --for-ever the one that has had the least processor time
goes next, until this is interrupted. A turn ends at its first find; a fuzzer with a find rests until it is built
again.

What comes of it is kept in PREFIX-corpus/NAME, PREFIX-artifacts/NAME-… and PREFIX-log/NAME.tsv; a log that is there
is continued. figures.py reads the logs.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ["time", "cpu_seconds", "executions", "coverage", "features", "corpus", "exit_code", "finds"]
STATUS = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)")
EXECUTED = re.compile(r"^#(\d+)\s", re.MULTILINE)
LONGEST_INPUT = 65536
SLOW = 5  # seconds of the processor for one input
PATIENCE = 600


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=180, help="of one turn (default 180)")
    parser.add_argument("--for-ever", action="store_true", help="turn after turn until interrupted")
    parser.add_argument("--show", action="store_true", help="what the fuzzers say, as they say it")
    parser.add_argument("--keep", default=str(HERE.parent / "build/fuzzing"), metavar="PREFIX")
    parser.add_argument("--binaries", type=pathlib.Path, default=HERE.parent / "build/fuzz/fuzz")
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser.parse_args()


class Fuzzer:
    def __init__(self, name, binaries, keep):
        self.name = name
        self.binary = binaries / f"{name}_fuzz"
        self.corpus = pathlib.Path(f"{keep}-corpus") / name
        self.log = pathlib.Path(f"{keep}-log") / f"{name}.tsv"
        self.artifacts = pathlib.Path(f"{keep}-artifacts")
        for folder in (self.corpus, self.log.parent, self.artifacts):
            folder.mkdir(parents=True, exist_ok=True)

    def finds(self):
        """What was found in the binary as it is now."""
        built = self.binary.stat().st_mtime
        for late in self.artifacts.glob(f"{self.name}-timeout-*"):
            if not self.is_slow(late):
                late.unlink()
        return [path for path in self.artifacts.glob(f"{self.name}-*")
                if path.stat().st_mtime > built and not path.name.startswith(f"{self.name}-slow-unit")]

    def is_slow(self, path):
        """Whether an input takes long by the processor's clock. Libfuzzer goes by the one on the wall, and others may
        have had the processor meanwhile."""
        process = subprocess.Popen([str(self.binary), f"-timeout={PATIENCE}", str(path)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        return usage.ru_utime + usage.ru_stime > SLOW

    def cpu_seconds(self):
        if not self.log.exists():
            return 0.0
        return sum(float(line.split("\t")[1]) for line in self.log.read_text().splitlines()[1:])

    def command(self, seconds):
        # Leaks are looked for at the end: after each input it costs more than the input where a server keeps state.
        command = [str(self.binary), f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}", "-rss_limit_mb=4096",
                   "-timeout=60", "-detect_leaks=0", f"-artifact_prefix={self.artifacts / self.name}-"]
        dictionary = HERE / f"{self.name}.dict"
        if dictionary.exists():
            command.append(f"-dict={dictionary}")
        command.append(str(self.corpus))
        if (HERE / "corpus" / self.name).exists():
            command.append(str(HERE / "corpus" / self.name))
        return command

    def turn(self, seconds, show=False):
        """Fuzzes for so long or until something is found, and writes it down."""
        output = self.log.with_suffix(".out")
        with output.open("wb") as file:
            process = subprocess.Popen(self.command(seconds), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE if show else file)
            for line in process.stderr or ():
                file.write(line)
                sys.stderr.buffer.write(line)
                sys.stderr.flush()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        text = output.read_text(errors="replace")
        figures = STATUS.findall(text)
        executed = EXECUTED.findall(text)
        row = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), f"{usage.ru_utime:.1f}", executed[-1] if executed else "0",
               *(figures[-1] if figures else ("0", "0", "0")), str(process.returncode), str(len(self.finds()))]
        if not self.log.exists():
            self.log.write_text("\t".join(COLUMNS) + "\n")
        with self.log.open("a") as file:
            file.write("\t".join(row) + "\n")
        print(f"{self.name}: " + ", ".join(f"{key} {value}" for key, value in zip(COLUMNS[1:], row[1:])), flush=True)
        return process.returncode


def named(asked):
    names = asked.names or sorted(path.name.removesuffix("_fuzz.cpp") for path in HERE.glob("*_fuzz.cpp"))
    return [Fuzzer(name, asked.binaries, asked.keep) for name in names]


def main():
    asked = arguments()
    if not asked.for_ever:
        return max(fuzzer.turn(asked.seconds, asked.show) != 0 for fuzzer in named(asked))
    while True:
        # Asked anew for each turn: a fuzzer may have been built or written meanwhile.
        able = [fuzzer for fuzzer in named(asked) if fuzzer.binary.exists() and not fuzzer.finds()]
        if able:
            min(able, key=Fuzzer.cpu_seconds).turn(asked.seconds, asked.show)
        else:
            time.sleep(10)


if __name__ == "__main__":
    sys.exit(main())
