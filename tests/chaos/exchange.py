"""What honest exchanges have in common: calls from outside to phones of their own at a steady rate, of which they tell
whoever listens, and remember what they told. How it is said is for those who speak a protocol."""
import asyncio
import fcntl
import random
import socket
import struct
import termios
import time

MARGIN = 10  # s; what came in so shortly before the server died may not have been worked at
PATIENCE, QUIET = 10, 150  # s for what a listener says before and while it listens: it asks for lists once a minute


class Listening:
    """One connection, from the moment on from which it is told everything."""

    acknowledged = 0  # monotonic s; what was said a second before that has come in

    def look(self, writer):
        """Asks the kernel what is on its way still."""
        on_its_way = writer.transport.get_write_buffer_size() + struct.unpack(
            "i", fcntl.ioctl(writer.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4)))[0]
        if on_its_way == 0:
            self.acknowledged = time.monotonic()
        return on_its_way == 0

    def received(self, at, deaths):
        """Whether what was said then is sure to have come in."""
        return at + 1 < self.acknowledged and not any(at <= death <= at + MARGIN for death in deaths)


class Call:
    def __init__(self, number, name, phone, line):
        self.number, self.phone, self.line = number, phone, line
        self.caller = f"07{number:08}"
        self.id = f"{name}-{number}"
        self.ids = {self.id}  # under which it may be told
        self.state, self.answered, self.ended = "new", False, None
        self.steps = []  # event, monotonic s, who was told


class Exchange:
    """`phones`: lines by the name of their phone. `inside`: a context in which sockets are made, such as that of a network."""

    open_calls = 4

    def __init__(self, name, address, inside, phones, seed, pause):
        self.name, self.address, self.inside, self.phones, self.pause = name, address, inside, phones, pause
        self.random = random.Random(f"{seed} {name}")
        self.calls, self.open, self.made = [], [], 0
        self.listening = self.writer = None
        self.connections, self.listed = 0, []  # `listed`: monotonic s of answers that named all calls in progress
        self.away_until = 0

    async def begin(self):
        with self.inside():
            listener = socket.create_server(self.address)
        self.server = await asyncio.start_server(self.serve, sock=listener)

    async def serve(self, reader, writer):
        if time.monotonic() < self.away_until:
            return writer.transport.abort()
        self.lose()  # a client has one connection: who comes again has lost the other
        self.writer = writer
        try:
            await self.converse(reader, writer)
        except (OSError, EOFError, asyncio.TimeoutError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            if self.writer is writer:
                self.lose()
            writer.close()

    def patience(self):
        return QUIET if self.listening else PATIENCE

    def listen(self):
        """From now on the client hears everything."""
        self.listening = Listening()
        self.connections += 1

    def lose(self, orderly=False):
        if self.writer and orderly:
            self.writer.close()
        elif self.writer:
            self.writer.transport.abort()
        self.listening = self.writer = None

    def cut(self, seconds, orderly):
        self.away_until = time.monotonic() + seconds
        self.lose(orderly)

    def step(self):
        """The next thing that happens."""
        if self.listening:
            self.listening.look(self.writer)
        if len(self.open) < self.open_calls or self.random.random() < 0.2:
            self.made += 1
            phone = self.random.choice(sorted(self.phones))
            call = self.new_call(self.made, phone, self.phones[phone])
            self.calls.append(call)
            self.open.append(call)
            return self.ring(call)
        call = self.random.choice(self.open)
        if call.state == "ringing" and self.random.random() < 0.8:
            return self.answer(call)
        return self.end(call)

    def new_call(self, number, phone, line):
        return Call(number, self.name, phone, line)

    def ring(self, call):
        self._tell(call, "ringing", ("start_ringing",), self.of_ring(call))

    def answer(self, call):
        call.answered = True
        self._tell(call, "up", ("end_ringing", "start_calling"), self.of_answer(call))

    def end(self, call):
        self.open.remove(call)
        self._tell(call, "over", ("end_calling",) if call.answered else ("end_ringing",), self.of_end(call))

    def _tell(self, call, state, names, events):
        call.state, now = state, time.monotonic()
        call.steps += [(name, now, self.listening) for name in names]
        if state == "over":
            call.ended = now
        if self.listening and not self.writer.transport.is_closing():
            self.writer.write(b"".join(events))

    async def run(self):
        while True:
            self.step()
            await asyncio.sleep(self.pause)

    async def finish(self, within):
        """Ends all calls. Whether somebody heard it, or came and read the list, within so many seconds."""
        while self.open:
            self.end(self.open[0])
        begun = time.monotonic()
        while time.monotonic() < begun + within:
            heard = self.listening and self.listening.look(self.writer)
            told = all(listening is self.listening for _, at, listening in (call.steps[-1] for call in self.calls) if at > begun - 1)
            if heard and (told or (self.listed and self.listed[-1] > begun)) and time.monotonic() > begun + 2:
                return True
            await asyncio.sleep(0.1)
        return False


ORDER = ("start_ringing", "end_ringing", "start_calling", "end_calling")


def wrong_with(exchange, truth, deaths):
    """Yields what was told of its calls and should not have been, or the other way round. `truth`: keys of all events of its
    lines; `deaths`: when the server ended, monotonic s."""
    known = {id: call for call in exchange.calls for id in call.ids}
    told = {call.id: [] for call in exchange.calls}
    for key in truth:
        _, name, _, id = key.split(" ", 3)
        if id not in known:
            yield f"{exchange.name} never had a call {id}"
        else:
            told[known[id].id].append(name)
    for call in exchange.calls:
        yield from wrong_with_call(exchange, call, told[call.id], deaths)


def wrong_with_call(exchange, call, told, deaths):
    places = [ORDER.index(name) for name in told]
    if any(after <= before for before, after in zip(places, places[1:])):
        yield f"{call.id} was told as {told}"
    for name, at, listening in call.steps:
        # Which end it has depends on what was heard before; that it has one is looked at below.
        needless = (name == "end_ringing" and "start_ringing" not in told) or at == call.ended
        if listening and listening.received(at, deaths) and name not in told and not needless:
            yield f"{exchange.name} told {name} of {call.id}, and it was told as {told} alone: {story(exchange, call, deaths)}"
            return
    if told and call.ended is not None and not is_over(told) and not may_be_left_over(exchange, call, deaths):
        yield f"{call.id} is over and was told as {told}: a ghost: {story(exchange, call, deaths)}"


def story(exchange, call, deaths):
    """What happened around a call, in s since it began."""
    begun = call.steps[0][1]
    happened = [(at, name + ("" if listening else " to nobody")) for name, at, listening in call.steps]
    happened += [(at, "the server died") for at in deaths] + [(at, "a list") for at in exchange.listed]
    return ", ".join(f"{at - begun:.1f} {what}" for at, what in sorted(happened) if -20 < at - begun < call.ended - begun + 60)


def is_over(told):
    return told[-1] == "end_calling" or (told[-1] == "end_ringing" and "start_calling" not in told)


def may_be_left_over(exchange, call, deaths):
    """Where several sources tell of lines a call that ended while the server was dead is nobody's: the journal does not say
    whose it was. So it is unless the exchange has spoken of it between the server's last death and its end."""
    after = next((at for at in exchange.listed if at > call.ended), float("inf"))
    died = max((death for death in deaths if death < after), default=None)
    if died is None:
        return False
    listed = any(max(died, call.steps[0][1]) < at < call.ended for at in exchange.listed)
    said = any(listening and died < at < call.ended and listening.received(at, deaths) for _, at, listening in call.steps)
    return not listed and not said


def left_over(exchange, truth):
    """Calls that are over and not told so."""
    told = {}
    for key in truth:
        _, name, _, id = key.split(" ", 3)
        told.setdefault(id, []).append(name)
    return [id for id, names in told.items() if not is_over(names)]
