#!/usr/bin/env python3
"""A table of what the runners measured: median [lowest - highest] of each figure, and the median of its ratios to the
first target of the same round.

    table.py FILE...
"""
import collections
import json
import statistics
import sys

FIGURES = [("deliveries_per_s", "deliveries/s"), ("server_us_per_delivery", "CPU us/delivery"), ("p50_us", "p50 us"), ("p99_us", "p99 us"),
           ("rss_bytes_per_sub", "bytes/reader"), ("processed_per_s", "messages/s"), ("server_us_per_message", "CPU us/message"),
           ("loss", "loss")]
PACED_ONLY = ("p50_us", "p99_us")  # elsewhere it only says how long the queue was


def shown(number):
    if number == 0:
        return "0"
    return f"{number:.4f}" if abs(number) < 0.1 else f"{number:.2f}" if abs(number) < 10 else f"{number:,.0f}"


def spread(numbers):
    return f"{shown(statistics.median(numbers))} [{shown(min(numbers))} - {shown(max(numbers))}]"


def read(files):
    """scenario -> target -> runs, in the order they came."""
    runs = collections.defaultdict(lambda: collections.defaultdict(list))
    for file in files:
        for line in open(file):
            run = json.loads(line)
            target, _, scenario = run["name"].partition(" ")
            runs[scenario][target].append(run)
    return runs


def main():
    wrong = 0
    for scenario, targets in read(sys.argv[1:]).items():
        print(f"\n{scenario}")
        first = next(iter(targets.values()))
        for target, rounds in targets.items():
            wrong += sum(run.get("ok") == "NO" for run in rounds)
            for figure, label in FIGURES:
                if figure in PACED_ONLY and not scenario.startswith("S6"):
                    continue
                if figure == "rss_bytes_per_sub" and not scenario.startswith("S3"):
                    continue
                numbers = [run[figure] for run in rounds if figure in run]
                if not numbers:
                    continue
                ratios = [run[figure] / base[figure] for run, base in zip(rounds, first) if figure in run and base.get(figure)]
                ratio = "" if rounds is first or not ratios else f"x{shown(statistics.median(ratios))} [{shown(min(ratios))} - {shown(max(ratios))}]"
                print(f"  {target:<12} {label:<16} {spread(numbers):<34} {ratio}")
    if wrong:
        print(f"\n{wrong} runs were not ok: something was lost, doubled or refused")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
