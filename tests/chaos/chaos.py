#!/usr/bin/env python3
"""Everything at once: a server under load from all sides, with readers on every transport, and what the world does to it.

    chaos.py [--judge-latency] [SECONDS] [SEED] [READERS] [EVENTS_A_SECOND]

Afterwards: nothing acknowledged is lost or there twice, each reader was told each of its events once and in order (those
of version 2 again after a lost connection, never with a gap), webhooks came at least once and in order of their call, the
board shows what an independent fold of the events shows, and the server never ended by itself. CALLBOARD names the
program, CALLBOARD_CHAOS_PRELOAD the library of preload.cpp. As root it has a disk of its own to fill.

With --judge-latency what concerns others only must not delay everybody: it is a complaint when the p99 is more than twice
that of the calm, provided that the machine had nothing else to do.
"""
import asyncio
import collections
import sys
import time

import faults
import report
from checks import PATIENCE, check
from network import NETEM
from world import RECOVERY, World, play

BEGINNING = 5   # s, in which all readers come, and which is no measure for anything
CALM = 0.15     # of the time, in which nothing is done
LIES = 0.05     # of it, in which there is a lying exchange and nothing else
SLOWEST = 2     # times the p99 of the calm
AFTERWARDS = PATIENCE + 2 * RECOVERY  # s, at most, from the last fault to the end


async def suffer(world, until, phases):
    """Faults until then: each once, in another order every time. How long it took each time until it was ready again."""
    done, bag = collections.defaultdict(list), []
    while time.monotonic() < until:
        if not bag:
            bag = faults.possible(world)
            world.random.shuffle(bag)
        fault = bag.pop()
        world.faults.append(fault.__name__)
        phases.begin(fault.__name__, time.monotonic())
        since = await fault(world) or time.monotonic()
        await world.recovered()
        done[fault.__name__].append(time.monotonic() - since)
        phases.begin("between faults", time.monotonic())
        await asyncio.sleep(world.random.uniform(0.2, 3))
    return done


def judge(world, delays, lags):
    for name, ratio in report.ratios(delays, lags).items():
        if name in report.OF_OTHERS:
            world.expect(ratio <= SLOWEST, f"{name} made the p99 of everybody else {ratio:.1f} times that of the calm")


async def run(world, seconds, judges):
    phases, lag = report.Phases(), report.Lag()
    await world.begin()
    lagging = asyncio.create_task(lag.run())
    phases.begin("beginning", time.monotonic())
    await asyncio.sleep(BEGINNING)
    begun = time.monotonic()
    phases.begin(report.CALM, begun)
    await asyncio.sleep(CALM * seconds)
    await world.lie()
    phases.begin("lying exchange", time.monotonic())
    await asyncio.sleep(LIES * seconds)
    done = await suffer(world, begun + seconds, phases)
    await world.end_load()
    lagging.cancel()
    truth = await check(world)
    lags = phases.delays([lag])
    delays = phases.delays([reader for reader in world.readers if reader.host == "127.0.0.1"])
    for line in (*report.sums(world, truth), *report.latencies(delays, lags), *report.recoveries(done)):
        print(line)
    if judges:
        judge(world, delays, lags)
    for task in (*world.reading, world.watching):
        task.cancel()


def idle_part(within=2):
    """How much of the machine nobody uses, 0 to 1."""
    def ticks():
        with open("/proc/stat", encoding="utf8") as file:
            return [int(word) for word in file.readline().split()[1:]]
    before = ticks()
    time.sleep(within)
    spent = [after - one for one, after in zip(before, ticks())]
    return (spent[3] + spent[4]) / max(1, sum(spent))


def left_out(world, judges):
    if not world.has_disk:
        yield "no disk of its own: none is filled"
    if not world.network:
        yield f"no network of its own ({world.why_no_network}): none is slow or cut"
    elif world.network.shaper != NETEM:
        yield f"no netem in this kernel: the network is slow by {world.network.shaper or 'nothing'}"
    if not judges:
        yield "latency is told and not judged"


def main():
    judges = "--judge-latency" in sys.argv and idle_part() > 0.9
    numbers = [float(text) for text in sys.argv[1:] if text != "--judge-latency"]
    seconds, seed, clients, rate = numbers + [1_200, 20_261_126, 500, 20][len(numbers):]
    world = World(int(seed), int(clients), rate, seconds)
    print("; ".join((f"{seconds:.0f} s, seed {seed:.0f}, {clients:.0f} readers, {rate:.0f} events/s", *left_out(world, judges))), flush=True)
    return play(world, run(world, seconds, judges), BEGINNING + seconds + AFTERWARDS)


if __name__ == "__main__":
    sys.exit(main())
