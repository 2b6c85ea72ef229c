#!/usr/bin/env python3
"""The same load for a long time: memory stays what it was, no call is left over, and the journal forgets what is old.

    soak.py [SECONDS] [EVENTS_A_SECOND]

Calls of 2,000 lines ring, are answered and end, posted in groups of 50 events; two readers take everything. The journal
keeps one minute.
"""
import asyncio
import json
import pathlib
import sys
import time

import load
import readers
from http_client import Connection
from world import World, play

LINES = [f"00331235{i:05}" for i in range(2_000)]
WARM = 0.3       # of the time, until tables have their size
GROWTH = 1.10    # of memory from then on, at most
BATCH = 50
FORGETS_AFTER = 240  # s: a minute is kept, and the journal is looked through once a minute


class SoakWorld(World):
    lines = {f"soak{line}": line for line in LINES}
    retention = "1m"
    disk = "4g"  # for the history, which forgets nothing within an hour
    calls_back = False
    has_exchanges = False


async def post(world, rate, until, posted):
    """Four connections; each call is three posts' events at least, so that it is in progress for a while."""
    async def one(number):
        connection, open_calls, made = await Connection.open(world.port), [], 0
        mine = LINES[number::4]
        while open_calls or time.monotonic() < until:
            begun, events = time.monotonic(), []
            while len(events) < BATCH and (open_calls or time.monotonic() < until):
                if len(open_calls) < 400 and time.monotonic() < until:
                    made += 1
                    open_calls.append((mine[made % len(mine)], f"soak-{number}-{made}"))
                    steps = (("start_ringing", open_calls[-1]), ("end_ringing", open_calls[-1]), ("start_calling", open_calls[-1]))
                else:
                    steps = (("end_calling", open_calls.pop(0)),)
                events += [{"event": name, "service": "sip", "ressource": line,
                            "data": {"CallId": call, "Calling": "0033612345678", "Called": line, "Dialed": line, "Sent": time.monotonic()}}
                           for name, (line, call) in steps]
            status, body = await connection.ask("POST", "/api/ingest", json.dumps(events).encode(), f"Authorization: Bearer {load.KEY}\r\n")
            world.expect(status == 200, f"a post was answered with {status} {body[:100]}")
            posted.append(len(events))
            await asyncio.sleep(max(0, len(events) * 4 / rate - (time.monotonic() - begun)))
    await asyncio.gather(*(one(number) for number in range(4)))


class Counting(readers.LongPoll):
    """Counts what it is told instead of keeping it."""
    count = 0

    def take(self, event):
        self.count += 1


async def run(world, seconds, rate):
    world.write_config(0)
    world.token = await world.callboard("token", "create", "--account", "office")
    await world.lie()
    await world.serve()
    begin = (await asyncio.to_thread(world.ask, "/api/snapshot"))["cursor"]
    some = [Counting(world.port, world.token, begin) for _ in range(2)]
    tasks = [asyncio.create_task(reader.run()) for reader in some]
    memory, posted, begun = [], [], time.monotonic()

    async def sample():
        while True:
            await asyncio.sleep(1)
            status = pathlib.Path(f"/proc/{world.server.pid}/status").read_text()
            memory.append((time.monotonic() - begun, int(status.split("VmRSS:")[1].split()[0]) / 1024))
    tasks.append(asyncio.create_task(sample()))
    await post(world, rate, begun + seconds, posted)
    took = time.monotonic() - begun
    end = time.monotonic() + 60
    while any(reader.count < sum(posted) for reader in some) and time.monotonic() < end:
        await asyncio.sleep(0.1)
    for reader in some:
        world.expect(reader.count == sum(posted), f"a reader was told {reader.count} of {sum(posted)} events")
        for complaint in reader.complaints:
            world.expect(False, complaint)
    shown = (await asyncio.to_thread(world.ask, "/api/snapshot"))["lines"]
    world.expect(not any(line["calls"] for line in shown), "calls are left over")
    warm = [size for at, size in memory if at > WARM * took]
    first, last = warm[:max(1, len(warm) // 5)], warm[-max(1, len(warm) // 5):]
    before, after = sum(first) / len(first), sum(last) / len(last)
    world.expect(after < before * GROWTH, f"memory grew from {before:.0f} to {after:.0f} MB")
    if seconds > FORGETS_AFTER:
        _, body = await (await Connection.open(world.port)).ask("GET", f"/?token={world.token}&session={begin}")
        world.expect(b"are gone" in body[:500], f"the journal has forgotten nothing: {body[:200]}")
    journal = sum(path.stat().st_size for path in (world.data / "data").glob("journal.db*"))
    history = sum(path.stat().st_size for path in (world.data / "data").glob("history.db*"))
    print(f"{sum(posted)} events in {took:.0f} s ({sum(posted) / took:.0f}/s), {sum(reader.count for reader in some)} deliveries; memory {before:.1f} MB when warm, "
          f"{after:.1f} MB at the end, {max(size for _, size in memory):.1f} MB at most; journal {journal / 1e6:.0f} MB and history {history / 1e6:.0f} MB at the end")
    for task in tasks:
        task.cancel()


def main():
    numbers = [float(text) for text in sys.argv[1:]]
    seconds, rate = numbers + [1_800, 2_000][len(numbers):]
    world = SoakWorld(seed=1)
    return play(world, run(world, seconds, rate), seconds + 300)


if __name__ == "__main__":
    sys.exit(main())
