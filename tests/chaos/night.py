#!/usr/bin/env python3
"""The two nights in which clocks change, under load: the server lives in Paris, and begins 10 s before the hour that comes
twice, or is left out.

    night.py [SECONDS] [READERS]

Afterwards everything that chaos.py holds against the truth; and the history has each call once, with no time that runs
backwards, on the right day and in the right hours, also as CSV; and queues count since the midnight of that day.
"""
import asyncio
import collections
import csv
import datetime
import io
import json
import os
import sys
import time
import urllib.request
import zoneinfo

import checks
from world import World, play

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
UTC = datetime.timezone.utc
# When clocks change: at one o'clock UTC on the last Sunday of October and of March.
NIGHTS = {"October": datetime.datetime(2026, 10, 25, 1, tzinfo=UTC), "March": datetime.datetime(2027, 3, 28, 1, tzinfo=UTC)}
BEFORE = 10     # s
PATIENCE = 60   # s for the history, which follows behind
QUEUE = "0033123456000"


def nanoseconds(moment):
    return int(moment.timestamp()) * 10**9


class NightWorld(World):
    """A server whose clock shows `change` less 10 s when it begins."""

    def __init__(self, change, clients):
        super().__init__(seed=1, clients=clients, rate=15)
        self.change = change
        self.order(clock_offset=nanoseconds(change) - (int(time.time()) + BEFORE) * 10**9)

    def write_config(self, receiver):
        super().write_config(receiver)
        text = self.config.read_text()
        self.config.write_text('time_zone = "Europe/Paris"\n' + text.replace(
            '[[account.service]]', f'[[account.service]]\nnumber = "{QUEUE}"\ntype = "easyHunting"\n[[account.service]]', 1))

    def text(self, path):
        with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={
                "Authorization": f"Bearer {self.token}"}), timeout=20) as answer:
            return answer.read().decode()

    def rows(self):
        """All of the history."""
        rows, after = [], ""
        while True:
            page = json.loads(self.text(f"/api/calls?limit=1000{after}"))
            rows += page["calls"]
            if not page.get("next"):
                return rows
            after = f"&after={page['next']}"

    def midnight(self):
        """Of the day in which clocks change, in Paris."""
        return self.change.astimezone(PARIS).replace(hour=0, fold=0)


async def follow(world, truth):
    """The history, once it has every call that was told."""
    told = collections.Counter()
    for line, part in truth.parts.items():
        told.update({(line, key.split(" ", 3)[3]): 1 for key in part})
    end = time.monotonic() + PATIENCE
    while True:
        rows = await asyncio.to_thread(world.rows)
        kept = collections.Counter((row["line"], row["call_id"]) for row in rows)
        over = fold_is_over(rows, truth)
        if (kept == told and over) or time.monotonic() > end:
            break
        await asyncio.sleep(0.5)
    world.expect(kept == told, f"the history lacks {list((told - kept).items())[:3]} and has too much of {list((kept - told).items())[:3]}")
    return rows


def fold_is_over(rows, truth):
    """Whether what goes on in the history is what goes on in truth."""
    going_on = sum(len(calls) for calls in checks.fold(truth.told).values())
    return sum(1 for row in rows if row["outcome"] == "in_progress") == going_on


def check_times(world, rows):
    for row in rows:
        moments = [row[name] for name in ("started", "rang", "answered", "ended") if row.get(name)]
        world.expect(moments == sorted(moments), f"time runs backwards in {row}")
        world.expect(all(row.get(name) is None or row[name] >= 0 for name in ("waited_s", "talked_s")), f"a negative duration in {row}")
        world.expect(world.midnight().timestamp() * 1e9 <= row["started"], f"another day: {row}")


def check_csv(world, rows):
    """Each beginning in the time of Paris, with the offset that held then."""
    table = list(csv.DictReader(io.StringIO(world.text("/api/calls.csv"))))
    world.expect(len(table) == len(rows), f"{len(table)} rows of CSV, {len(rows)} of JSON")
    for line, row in zip(table, rows):
        said = datetime.datetime.fromisoformat(line["started"].replace("Z", "+00:00"))
        there = datetime.datetime.fromtimestamp(row["started"] / 1e9, PARIS)
        world.expect(abs((said - there).total_seconds()) < 0.01 and said.utcoffset() == there.utcoffset(), f"{line['started']} is not {there}")


def check_statistics(world, rows):
    """All on one day, in the hour before and the hour after."""
    offered = collections.Counter(row["started"] >= nanoseconds(world.change) for row in rows if row["direction"] == "in")
    day, hour = nanoseconds(world.midnight()), 3_600 * 10**9
    want = {"day": {day: offered.total()}, "hour": {nanoseconds(world.change) - hour: offered[False], nanoseconds(world.change): offered[True]}}
    for interval, counts in want.items():
        answer = json.loads(world.text(f"/api/statistics?by=line&interval={interval}&from={day}&to={day + 30 * hour}"))
        told = collections.Counter()
        hours = {row["end"] - row["start"] for row in answer["rows"]}
        world.expect(hours == {(1 if interval == "hour" else 25 if world.change.month == 10 else 23) * hour}, f"a {interval} has {hours} ns")
        for row in answer["rows"]:
            told[row["start"]] += row["offered"]
        world.expect(told == collections.Counter(counts), f"of each {interval} {dict(told)} is told, it was {counts}")


def check_day(world):
    for queue in json.loads(world.text("/api/snapshot"))["queues"]:
        world.expect(queue["counters"]["since"] == nanoseconds(world.midnight()), f"{queue['number']} counts since {queue['counters']['since']}, not since midnight")


async def run(world, seconds):
    await world.begin()
    await asyncio.sleep(seconds)
    await world.end_load()
    truth = await checks.check(world)
    rows = await follow(world, truth)
    check_times(world, rows)
    for check in (check_csv, check_statistics):
        await asyncio.to_thread(check, world, rows)
    await asyncio.to_thread(check_day, world)
    after = sum(1 for row in rows if row["started"] >= nanoseconds(world.change))
    through = sum(1 for row in rows if row["started"] < nanoseconds(world.change) <= (row.get("ended") or 0))
    world.expect(0 < after < len(rows) and through, "the night was not in it")
    print(f"{world.change:%Y-%m-%d}: {len(truth.told)} events, {len(rows)} calls, {len(rows) - after} before the change, {through} through it, {after} after it")
    for task in (*world.reading, world.watching):
        task.cancel()


def main():
    numbers = [int(text) for text in sys.argv[1:]]
    os.environ["TZ"] = "Europe/Paris"
    seconds, clients = numbers + [25, 40][len(numbers):]
    return max(play(world, run(world, seconds), seconds + checks.PATIENCE + 2 * PATIENCE) for world in
               (NightWorld(change, clients) for change in NIGHTS.values()))


if __name__ == "__main__":
    sys.exit(main())
