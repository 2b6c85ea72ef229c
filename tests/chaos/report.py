"""What a run of chaos has measured, in lines for people."""
import array
import asyncio
import math
import statistics
import time

from exchange import left_over

CALM = "calm"
# They concern whoever does it, and nobody else.
OF_OTHERS = ("slow_readers", "slow_senders", "crowd", "token_churn", "lying exchange", "slow_network", "cut_network", "cut_exchange")


class Phases:
    """When what was done. A phase lasts until the next begins."""

    def __init__(self):
        self.begun = []  # monotonic s, name

    def begin(self, name, now):
        self.begun.append((now, name))

    def delays(self, some):
        """By phase, how long the deliveries took that were sent in it. `some`: readers."""
        found = {}
        for reader in some:
            place = 0
            for sent, delay in sorted(zip(reader.sent, reader.delays)):
                while place + 1 < len(self.begun) and self.begun[place + 1][0] <= sent:
                    place += 1
                found.setdefault(self.begun[place][1], []).append(delay)
        return found


class Lag:
    """How late the driver itself is: readers and attackers share its loop, and what it is late by is not the server's."""

    EVERY = 0.01  # s

    def __init__(self):
        self.sent, self.delays = array.array("d"), array.array("d")

    async def run(self):
        while True:
            begun = time.monotonic()
            await asyncio.sleep(self.EVERY)
            self.sent.append(begun)
            self.delays.append(time.monotonic() - begun - self.EVERY)


def percentile(delays, part):
    return 1_000 * sorted(delays)[int(part * (len(delays) - 1))] if delays else math.nan


def ratios(delays, lags=None):
    """The p99 of each phase beside that of the calm; without that by which the driver was late, if `lags` are given."""
    def p99(name):
        return percentile(delays[name], 0.99) - (percentile(lags.get(name, ()), 0.99) if lags else 0)
    return {name: p99(name) / percentile(delays[CALM], 0.99) for name in delays if name != CALM} if delays.get(CALM) else {}


def sums(world, truth):
    yield (f"{len(truth.told)} events, {sum(len(one.told) for one in world.readers)} deliveries to {len(world.readers)} readers, who came back "
           f"{sum(one.connections - 1 for one in world.readers)} times; {len(world.receiver.got)} webhooks; {world.mirror.sent} mirrored calls")
    yield (f"batches: {sum(len(one.acknowledged) for one in world.posters)} acknowledged, {sum(len(one.unanswered) for one in world.posters)} "
           f"without an answer, {sum(len(one.refused) for one in world.posters)} refused; {world.starts} starts; at most "
           f"{world.most_memory >> 20} MB and {world.most_descriptors} descriptors")
    for one in world.exchanges:
        yield (f"{one.name}: {len(one.calls)} calls, {one.connections} connections, {len(one.listed)} lists; "
               f"{len(left_over(one, truth.of_lines(one.phones.values())))} calls left over after a restart")


def latencies(delays, lags):
    beside = ratios(delays)
    for name, some in sorted(delays.items(), key=lambda item: (item[0] != CALM, item[0])):
        ratio = "" if name == CALM else f", {beside[name]:.1f} x that of the calm"
        yield f"{name:18} p50 {percentile(some, 0.5):7.1f} ms, p99 {percentile(some, 0.99):7.1f} ms of {len(some)}{ratio}; the driver was late by {percentile(lags.get(name, ()), 0.99):.1f} ms"


def recoveries(done):
    for fault, took in sorted(done.items()):
        yield f"{fault:18} {len(took):4} times, ready again after {statistics.median(took):.2f} s in the middle, {max(took):.2f} s at most"
