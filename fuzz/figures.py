#!/usr/bin/env python3
"""What the logs of turns.py add up to, as the table of docs/fuzzing.md.

    figures.py [PREFIX-log]
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent


def rows(log):
    lines = [line.split("\t") for line in log.read_text().splitlines()]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "build/fuzzing-log")
    print("| harness | CPU minutes | executions | coverage | features | corpus |")
    print("|---|--:|--:|--:|--:|--:|")
    for log in sorted(folder.glob("*.tsv")):
        turns = rows(log)
        minutes = sum(float(turn["cpu_seconds"]) for turn in turns) / 60
        executions = sum(int(turn["executions"]) for turn in turns)
        last = turns[-1]
        print(f"| `{log.stem}` | {minutes:.1f} | {executions:,} | {last['coverage']} | {last['features']} | {last['corpus']} |")


if __name__ == "__main__":
    main()
