"""Clients of every transport, who come back whenever their connection is lost, and remember what they were told."""
import array
import asyncio
import contextlib
import json
import sys
import time

from http_client import Broken, Connection

REST = 0.2  # s before another try
TOLD_TO_ALL = {"registered", "start_ringing", "end_ringing", "start_calling", "end_calling"}  # the others are for streams alone


def key_of(event):
    """Names an event, whatever the version: when it was appended, and what it says."""
    one = {name.lower(): value for name, value in event.items()}
    return sys.intern(f'{one["timestamp"]} {one["event"]} {one["ressource"]} {one["data"]["CallId"]}')


class Reader:
    """`told`: keys of events in the order in which they came; None where events may begin to repeat."""

    may_repeat = False
    host, inside = "127.0.0.1", contextlib.nullcontext  # where the server is, and where to make sockets

    def __init__(self, port, token, cursor):
        self.port, self.token, self.cursor = port, token, cursor
        self.told, self.complaints = [], []
        self.sent, self.delays = array.array("d"), array.array("d")  # s: when, and how long it took
        self.connection, self.connections = None, 0

    async def run(self):
        while True:
            try:
                self.connection = await Connection.open(self.port, self.host, self.inside)
                self.connections += 1
                if self.may_repeat and self.told:
                    self.told.append(None)
                await self.read()
            except Broken:
                pass
            except (ValueError, KeyError, TypeError) as error:
                self.complain(f"cannot understand an answer: {error!r}")
            self.cut()
            await asyncio.sleep(REST)

    def complain(self, what):
        if len(self.complaints) < 5:
            self.complaints.append(f"{type(self).__name__}: {what}")

    def take(self, event):
        self.told.append(key_of(event))
        data = event.get("Data") or event["data"]
        if "Sent" in data:
            self.sent.append(data["Sent"])
            self.delays.append(time.monotonic() - data["Sent"])

    def cut(self):
        if self.connection:
            self.connection.abort()

    def refused(self, status, body):
        """429 and 503 pass; anything else is a complaint."""
        if status in (429, 503):
            return
        self.complain(f"refused with {status}: {body[:200]}")


class LongPoll(Reader):
    async def read(self):
        while True:
            status, body = await self.connection.ask("GET", f"/?token={self.token}&session={self.cursor}")
            if status != 200:
                return self.refused(status, body)
            answer = json.loads(body)
            if "gone" in answer["Message"] or "replaced" in answer["Message"]:
                self.complain(answer["Message"])
            self.cursor = answer["Session"]
            for event in answer["Events"]:
                self.take(event)


class EventStream(Reader):
    async def read(self):
        await self.connection.send(f"GET /api/events?after={self.cursor} HTTP/1.1\r\nHost: chaos\r\nAuthorization: Bearer {self.token}\r\n\r\n".encode())
        status, headers = await self.connection.head()
        if status != 200:
            return self.refused(status, "")
        async for block in self.connection.blocks(headers):
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
            if "data" in fields and "event" not in fields:
                event = json.loads(fields["data"])
                if event["event"] in TOLD_TO_ALL:
                    self.take(event)
            elif fields.get("event") == "gap":
                self.complain(fields["data"])
            self.cursor = fields.get("id", self.cursor)


class Session(Reader):
    """A client of version 2, whose place the server keeps."""

    session = None

    async def begin(self):
        """Before anything is told."""
        connection = await Connection.open(self.port, self.host, self.inside)
        _, body = await connection.ask("POST", "/v2/session")
        self.session = json.loads(body)["id"]
        status, body = await connection.ask("POST", f"/v2/session/{self.session}/subscribe/{self.token}")
        if status != 200:
            self.refused(status, body)
        connection.abort()


class SessionPoll(Session):
    may_repeat = True

    async def read(self):
        while True:
            status, body = await self.connection.ask("GET", f"/v2/session/{self.session}/events/poll")
            if status != 200:
                return self.refused(status, body)
            if not body.startswith(b"["):
                continue  # the time is over, in words
            for event in json.loads(body):
                self.take(event)


class WebSocket(Session):
    may_repeat = True

    async def read(self):
        status = await self.connection.upgrade(f"/v2/session/{self.session}/events/websocket")
        if status != 101:
            return self.refused(status, "")
        async for text in self.connection.messages():
            if text.startswith("{"):
                self.take(json.loads(text))


TRANSPORTS = (LongPoll, EventStream, SessionPoll, WebSocket)


def against(truth, told):
    """What is wrong with `told`, beside the truth in order; nothing: it is right. Pure."""
    place_of = {key: place for place, key in enumerate(truth)}
    place, may_repeat = 0, False
    for key in told:
        if key is None:
            may_repeat = True
            continue
        if key not in place_of:
            return f"{key} is in no journal"
        at = place_of[key]
        if at > place:
            return f"{truth[place]} is missing before {key}"
        if at < place and not may_repeat:
            return f"{key} came again"
        place, may_repeat = at + 1, False
    if place < len(truth):
        return f"the last {len(truth) - place} are missing, from {truth[place]} on"
    return None
