#!/usr/bin/env python3
"""Everything at once: a server under load from all sides, with readers on every transport, and what the world does to it.

    chaos.py [SECONDS] [SEED] [READERS] [EVENTS_A_SECOND]

Afterwards: nothing acknowledged is lost or there twice, each reader was told each of its events once and in order (those
of version 2 again after a lost connection, never with a gap), webhooks came at least once and in order of their call, the
board shows what an independent fold of the events shows, and the server never ended by itself. CALLBOARD names the
program, CALLBOARD_CHAOS_PRELOAD the library of preload.cpp. As root it has a disk of its own to fill.
"""
import asyncio
import collections
import json
import statistics
import sys
import time

import faults
import load
import readers
from http_client import Broken, Connection
from world import World, play

PATIENCE = 120  # s for readers and webhooks to come to the end


async def told_to_all(world):
    """Every event from the beginning on, by one client who comes when all is over: the truth. And those of it that were
    posted: the source adopts calls that were in progress at a restart, and ends them when their time is over."""
    posted = []
    reader = readers.LongPoll(world.port, world.token, world.begin)
    connection = await Connection.open(world.port)
    while True:
        status, body = await connection.ask("GET", f"/?token={world.token}&session={reader.cursor}")
        if status != 200:
            raise Broken(f"{status} {body}")
        answer = json.loads(body)
        if not answer["Events"]:
            return reader.told, posted
        reader.cursor = answer["Session"]
        for event in answer["Events"]:
            reader.take(event)
            if "Sent" in event["Data"]:
                posted.append(reader.told[-1])


def part_of(truth, line):
    return [key for key in truth if line is None or key.split(" ")[2] == line]


async def until_complete(world, truth):
    last = {line: (part_of(truth, line) or [None])[-1] for line in {reader.line for reader in world.readers}}
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if all(last[reader.line] is None or (reader.told and reader.told[-1] == last[reader.line]) for reader in world.readers):
            return
        await asyncio.sleep(0.2)


def fold(truth):
    """Calls in progress of each line, in the simplest way."""
    calls = collections.defaultdict(dict)
    for key in truth:
        _, name, line, call = key.split(" ", 3)
        if name.startswith("start_"):
            calls[line][call] = name
        elif name == "end_calling" or (name == "end_ringing" and calls[line].get(call) == "start_ringing"):
            calls[line].pop(call, None)
    return {line: len(of) for line, of in calls.items()}


async def check_webhooks(world, truth, posted):
    posted = {(name, call) for _, name, _, call in (key.split(" ", 3) for key in posted)}
    wanted = {(name, call) for _, name, _, call in (key.split(" ", 3) for key in truth) if name in ("start_ringing", "end_calling")}
    end = time.monotonic() + PATIENCE
    while wanted - {(name, call) for _, name, call in world.receiver.got} and time.monotonic() < end:
        await asyncio.sleep(0.5)
    missing = wanted - {(name, call) for _, name, call in world.receiver.got}
    world.expect(not missing, f"{len(missing)} deliveries of webhooks are missing, such as {sorted(missing)[:3]}")
    told = {}
    for number, (one, name, call) in enumerate(world.receiver.got):
        if (name, call) in posted:
            told.setdefault((name, call), number)
    for (name, call), number in told.items():
        if name == "end_calling" and ("start_ringing", call) in told:
            world.expect(told["start_ringing", call] < number, f"the webhook for the end of {call} came before that of its beginning: "
                         f"{[one for one in world.receiver.got if one[2] == call]}")


async def check(world):
    truth, posted = await told_to_all(world)
    await until_complete(world, truth)
    for reader in world.readers:
        for complaint in reader.complaints:
            world.expect(False, complaint)
        wrong = readers.against(part_of(truth, reader.line), reader.told)
        world.expect(wrong is None, f"{type(reader).__name__} of {reader.line or 'everything'}: {wrong}")
    for wrong in load.broken_promises(world.posters, posted):
        world.expect(False, wrong)
    shown = {line["number"]: line["calls"] for line in (await asyncio.to_thread(world.ask, "/api/snapshot"))["lines"]}
    wanted = fold(truth)
    for line, calls in shown.items():
        world.expect(calls == wanted.get(line, 0), f"{line} shows {calls} calls, of the events come {wanted.get(line, 0)}")
    await check_webhooks(world, truth, posted)
    return truth


def percentile(delays, part):
    return 1_000 * sorted(delays)[int(part * (len(delays) - 1))] if delays else float("nan")


def report(world, truth, calm_until, done):
    print(f"{len(truth)} events, {sum(len(one.told) for one in world.readers)} deliveries to {len(world.readers)} readers, who came back "
          f"{sum(one.connections - 1 for one in world.readers)} times; {len(world.receiver.got)} webhooks; {world.mirror.sent} mirrored calls")
    print(f"batches: {sum(len(one.acknowledged) for one in world.posters)} acknowledged, {sum(len(one.unanswered) for one in world.posters)} "
          f"without an answer, {sum(len(one.refused) for one in world.posters)} refused; {world.starts} starts; at most "
          f"{world.most_memory >> 20} MB and {world.most_descriptors} descriptors")
    delays = [delay for one in world.readers for delay in one.delays]
    for what, some in (("calm", [d for at, d in delays if at < calm_until]), ("faults", [d for at, d in delays if at >= calm_until])):
        print(f"latency, {what}: p50 {percentile(some, 0.5):.1f} ms, p99 {percentile(some, 0.99):.1f} ms of {len(some)}")
    for fault, recoveries in sorted(done.items()):
        print(f"{fault:18} {len(recoveries):4} times, ready again after {statistics.median(recoveries):.2f} s in the middle, {max(recoveries):.2f} s at most")


async def run(world, seconds):
    await world.begin()
    begun = time.monotonic()
    calm_until = begun + seconds * 0.15
    await asyncio.sleep(calm_until - begun)
    done, bag = collections.defaultdict(list), []
    while time.monotonic() < begun + seconds:
        if not bag:  # each once, in another order every time
            bag = [fault for fault in faults.ALL if world.has_disk or fault is not faults.full_disk]
            world.random.shuffle(bag)
        fault = bag.pop()
        world.faults.append(fault.__name__)
        await fault(world)
        done[fault.__name__].append(await world.recovered())
        await asyncio.sleep(world.random.uniform(0.2, 3))
    await world.end_load()
    truth = await check(world)
    report(world, truth, calm_until, done)
    for task in (*world.reading, world.watching):
        task.cancel()


def main():
    numbers = [float(text) for text in sys.argv[1:]]
    seconds, seed, clients, rate = numbers + [1_200, 20_261_126, 500, 20][len(numbers):]
    world = World(int(seed), int(clients), rate)
    print(f"{seconds:.0f} s, seed {seed:.0f}, {clients:.0f} readers, {rate:.0f} events/s" + ("" if world.has_disk else "; no disk of its own: none is filled"))
    return play(world, run(world, seconds))


if __name__ == "__main__":
    sys.exit(main())
