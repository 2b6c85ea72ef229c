"""When all is over: what each was told, was promised and shows, held against what an independent client reads."""
import asyncio
import collections
import json
import time

import load
import readers
from exchange import wrong_with
from http_client import Broken, Connection

PATIENCE = 120  # s for readers and webhooks together to come to the end


class Truth:
    """All events from the beginning on, as keys in order; and those of it that were posted."""

    def __init__(self, told=(), posted=()):
        self.told, self.posted = list(told), list(posted)
        self.parts = collections.defaultdict(list)
        for key in self.told:
            self.parts[key.split(" ")[2]].append(key)

    def of(self, line):
        """Those of one line; of all when it is None."""
        return self.told if line is None else self.parts[line]

    def of_lines(self, lines):
        return [key for line in lines for key in self.of(line)]

    def last(self, line):
        return self.of(line)[-1] if self.of(line) else None


async def read_truth(world):
    """By one client who comes when all is over."""
    posted = []
    reader = readers.LongPoll(world.port, world.token, world.begin)
    connection = await Connection.open(world.port)
    while True:
        status, body = await connection.ask("GET", f"/?token={world.token}&session={reader.cursor}")
        if status != 200:
            raise Broken(f"{status} {body}")
        answer = json.loads(body)
        if not answer["Events"]:
            return Truth(reader.told, posted)
        reader.cursor = answer["Session"]
        for event in answer["Events"]:
            reader.take(event)
            if "Sent" in event["Data"]:
                posted.append(reader.told[-1])


async def until_complete(world, end):
    """A reader who complains is not waited for: what it says is enough."""
    def lacks(reader):
        wanted = world.truth.last(reader.line)
        return wanted and not reader.complaints and (not reader.told or reader.told[-1] != wanted)
    while time.monotonic() < end and any(map(lacks, world.readers)):
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
    return {line: of for line, of in calls.items()}


async def check_webhooks(world, truth, end):
    wanted = {(name, call) for _, name, _, call in (key.split(" ", 3) for key in truth.told) if name in ("start_ringing", "end_calling")}
    while True:
        world.missing_webhooks = wanted - {(name, call) for _, name, call in world.receiver.got}
        if not world.missing_webhooks or time.monotonic() > end:
            break
        await asyncio.sleep(0.5)
    missing = world.missing_webhooks
    world.expect(not missing, f"{len(missing)} deliveries of webhooks are missing, such as {sorted(missing)[:3]}")
    check_order_of_webhooks(world, {(name, call) for _, name, _, call in (key.split(" ", 3) for key in truth.posted)})


def check_order_of_webhooks(world, posted):
    told = {}
    for number, (_, name, call) in enumerate(world.receiver.got):
        if (name, call) in posted:
            told.setdefault((name, call), number)
    for (name, call), number in told.items():
        if name == "end_calling" and ("start_ringing", call) in told:
            world.expect(told["start_ringing", call] < number, f"the webhook for the end of {call} came before that of its beginning: "
                         f"{[one for one in world.receiver.got if one[2] == call]}")


def check_readers(world, truth):
    for reader in world.readers:
        for complaint in reader.complaints:
            world.expect(False, complaint)
        wrong = readers.against(truth.of(reader.line), reader.told)
        world.expect(wrong is None, f"{type(reader).__name__} of {reader.line or 'everything'}: {wrong}")


async def check_board(world, truth):
    shown = {line["number"]: line["calls"] for line in (await asyncio.to_thread(world.ask, "/api/snapshot"))["lines"]}
    wanted = fold(truth.told)
    for line, calls in shown.items():
        world.expect(calls == len(wanted.get(line, ())), f"{line} shows {calls} calls, of the events come {len(wanted.get(line, ()))}")


def check_exchanges(world, truth):
    for exchange in world.exchanges:
        for wrong in wrong_with(exchange, truth.of_lines(exchange.phones.values()), world.deaths):
            world.expect(False, wrong)


async def check(world):
    """The truth, once everything was held against it."""
    end = time.monotonic() + PATIENCE
    world.truth = truth = await read_truth(world)
    await until_complete(world, end)
    check_readers(world, truth)
    for wrong in load.broken_promises(world.posters, truth.posted):
        world.expect(False, wrong)
    check_exchanges(world, truth)
    await check_board(world, truth)
    await check_webhooks(world, truth, end)
    return truth
