"""What goes in: calls that a system of its own posts, and calls that a mirror shows as SIP in HEP."""
import asyncio
import json
import random
import socket
import struct
import time

from http_client import Broken, Connection

KEY = "a-key-of-the-chaos-test"


class Poster:
    """Calls of one line, some of which never end. Remembers what it was promised."""

    def __init__(self, port, line, seed, pause):
        self.port, self.line, self.pause = port, line, pause
        self.random = random.Random(f"{seed} {line}")
        self.made, self.open = 0, []  # calls in progress: id and whether it is answered
        self.acknowledged, self.unanswered, self.refused = [], [], []  # batches of "event CallId"

    def event(self, name, call):
        return {"event": name, "service": "sip", "ressource": self.line,
                "data": {"CallId": call, "Calling": "0033612345678", "Called": self.line, "Dialed": self.line, "Sent": time.monotonic()}}

    def step(self):
        """The next batch."""
        if len(self.open) < 3 or self.random.random() < 0.2:
            self.made += 1
            call = f"posted-{self.line}-{self.made}"
            self.open.append([call, False])
            return [self.event("start_ringing", call)]
        at = self.random.randrange(len(self.open))
        call, answered = self.open[at]
        if answered:
            self.open.pop(at)
            return [self.event("end_calling", call)]
        self.open[at][1] = True
        return [self.event("end_ringing", call), self.event("start_calling", call)]

    async def run(self):
        connection = None
        while True:
            batch = self.step()
            names = [f'{event["event"]} {event["data"]["CallId"]}' for event in batch]
            try:
                connection = connection or await Connection.open(self.port)
            except Broken:
                self.refused.append(names)
                await asyncio.sleep(self.pause)
                continue
            try:
                status, _ = await connection.ask("POST", "/api/ingest", json.dumps(batch).encode(), f"Authorization: Bearer {KEY}\r\n")
                (self.acknowledged if status == 200 else self.refused).append(names)
            except Broken:
                self.unanswered.append(names)
                connection = None
            await asyncio.sleep(self.pause)


def broken_promises(posters, truth):
    """`truth`: keys of all events. Yields what is wrong."""
    kept = {}
    for key in truth:
        _, name, _, call = key.split(" ", 3)
        kept[f"{name} {call}"] = kept.get(f"{name} {call}", 0) + 1
    for poster in posters:
        for names in poster.acknowledged:
            for name in names:
                if kept.get(name, 0) != 1:
                    yield f"{name} was acknowledged and is there {kept.get(name, 0)} times"
        for names in poster.unanswered:
            if len({kept.get(name, 0) for name in names}) != 1:
                yield f"half of {names} is there"
        for names in poster.refused:
            if any(name in kept for name in names):
                yield f"{names} was refused and is there"


class Mirror:
    """A proxy's SIP as HEP3 over UDP: calls that ring, are answered and end, between phones that are lines of ours."""

    def __init__(self, port, users, pause):
        self.port, self.users, self.pause, self.sent = port, users, pause, 0

    def packet(self, payload):
        def chunk(kind, value):
            return struct.pack("!HHH", 0, kind, len(value) + 6) + value
        now = time.time()
        chunks = (chunk(1, b"\x02") + chunk(2, b"\x11") + chunk(3, b"\xc0\x0a\x02\x01") + chunk(4, b"\xc0\x0a\x02\x02") + chunk(7, b"\x13\xc4") +
                  chunk(8, b"\x13\xc4") + chunk(9, struct.pack("!I", int(now))) + chunk(10, struct.pack("!I", int(now % 1 * 1e6))) +
                  chunk(11, b"\x01") + chunk(12, b"\0\0\x07\xd1") + chunk(15, payload.encode()))
        return b"HEP3" + struct.pack("!H", len(chunks) + 6) + chunks

    @staticmethod
    def call(number, caller, called):
        """Its messages, in order."""
        def message(first, method, cseq, tag):
            return (f"{first}\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{number}{method}\r\nFrom: <sip:{caller}@pbx.example>;tag=a{number}\r\n"
                    f"To: <sip:{called}@pbx.example>{tag}\r\nCall-ID: mirrored-{number}\r\nCSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n")
        tag, uri = f";tag=b{number}", f"sip:{called}@pbx.example"
        return [message(f"INVITE {uri} SIP/2.0", "INVITE", 1, ""), message("SIP/2.0 180 Ringing", "INVITE", 1, tag),
                message("SIP/2.0 200 OK", "INVITE", 1, tag), message(f"ACK {uri} SIP/2.0", "ACK", 1, tag),
                message(f"BYE {uri} SIP/2.0", "BYE", 2, tag), message("SIP/2.0 200 OK", "BYE", 2, tag)]

    async def run(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mirror:
            while True:
                self.sent += 1
                caller, called = random.sample(self.users, 2)
                for text in self.call(self.sent, caller, called):
                    try:
                        mirror.sendto(self.packet(text), ("127.0.0.1", self.port))
                    except OSError:
                        pass  # nobody listens just now
                    await asyncio.sleep(self.pause)


async def lying_exchange(port, seed):
    """An event socket of FreeSWITCH that lets in and then tells nonsense."""
    rng = random.Random(seed)

    def lie():
        return rng.choice([
            b"Content-Length: 99999999\nContent-Type: text/event-plain\n\n", b"Content-Length: -1\n\n", rng.randbytes(300),
            b"Content-Type: text/event-json\nContent-Length: 5\n\n{\"a\":", b"\n\n\n\n", b"Content-Type: command/reply\nReply-Text: -ERR\n\n",
            b"Content-Type: text/event-plain\nContent-Length: 40\n\nEvent-Name: CHANNEL_CREATE\nUnique-ID: x\n\n"])

    async def serve(reader, writer):
        try:
            writer.write(b"Content-Type: auth/request\n\n")
            async with asyncio.timeout(10):
                await reader.readuntil(b"\n\n")
            writer.write(b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
            for _ in range(rng.randrange(1, 50)):
                writer.write(lie())
                await writer.drain()
                await asyncio.sleep(rng.random() / 5)
        except (OSError, EOFError, asyncio.TimeoutError):
            pass
        finally:
            writer.transport.abort()
    return await asyncio.start_server(serve, "127.0.0.1", port)


class Receiver:
    """Of webhooks: mostly quick, sometimes slow or out of order. Remembers what it has said 200 to."""

    def __init__(self, seed):
        self.random, self.got, self.failed = random.Random(seed), [], 0

    async def begin(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1")
                fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
                body = await reader.readexactly(int(fields.get("content-length", 0)))
                luck = self.random.random()
                if luck < 0.02:
                    await asyncio.sleep(1)
                if luck > 0.99:
                    self.failed += 1
                    writer.write(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
                    continue
                event = json.loads(body)
                self.got.append((fields["callboard-id"], event["event"], event["data"]["CallId"]))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        except (OSError, EOFError, asyncio.CancelledError):
            writer.close()
