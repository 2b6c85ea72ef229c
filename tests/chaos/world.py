"""A server with everything around it: a disk of its own, sources, readers, a receiver of webhooks."""
import asyncio
import contextlib
import json
import os
import pathlib
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import deadline
import load
import readers
from event_socket import Freeswitch
from http_client import Broken
from manager import Asterisk
from network import Network

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from office import CALLBOARD, free_port  # noqa: E402

POSTED = [f"00331234510{i:02}" for i in range(8)]
PHONES = {f"phone{i}": f"00331234530{i:02}" for i in range(12)}
EXTENSIONS = {Freeswitch: {f"{201 + i}": f"00331234540{i:02}" for i in range(6)}, Asterisk: {f"{301 + i}": f"00331234550{i:02}" for i in range(6)}}
FAR = 5  # one of so many readers lives in the network of its own
RECOVERY = 60  # s until it is ready again, at most
MOST_MEMORY = 1 << 30


class World:
    lines = {**PHONES, **{f"posted{number}": number for number in POSTED}}  # by alias
    has_exchanges = True  # honest ones; the liar is always there
    retention = "30d"
    disk = "256m"  # small enough to be filled
    calls_back = True  # webhooks

    def __init__(self, seed, clients=0, rate=1, seconds=60):
        self.random = random.Random(seed)
        self.seed, self.clients, self.rate, self.seconds = seed, clients, rate, seconds
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="callboard-chaos-"))
        self.data = self.folder / "disk"
        self.data.mkdir()
        self.port, self.hep_port, self.exchange_port = free_port(), free_port(socket.SOCK_DGRAM), free_port()
        self.complaints, self.readers, self.faults = [], [], []
        self.truth, self.missing_webhooks = None, set()  # once the checks know them
        self.offset, self.orders = 0, {"clock_offset": 0, "sync_errno": 0}
        self.deaths, self.exchanges, self.liar = [], [], None
        self.most_memory = self.most_descriptors = self.starts = 0
        self.spare_line = PHONES["phone0"]  # nobody else has a token for it
        self.has_disk = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.disk}", "tmpfs", self.data], capture_output=True, check=False).returncode == 0
        self.network, self.why_no_network = Network.make() if self.has_exchanges else (None, "not wanted")
        if self.has_exchanges:
            self.lines = {**self.lines, **{name: line for phones in EXTENSIONS.values() for name, line in phones.items()}}
        self.order()

    def close(self):
        if getattr(self, "server", None) and self.server.poll() is None:
            self.server.kill()
            self.server.wait()
        if self.network:
            self.network.end()
        if self.has_disk:
            subprocess.run(["umount", "-l", self.data], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def expect(self, holds, otherwise):
        if not holds and len(self.complaints) < 50:
            self.complaints.append(otherwise)

    def order(self, **orders):
        """What the preloaded library does from now on."""
        self.orders |= orders
        data = b"".join(self.orders[name].to_bytes(8, "little", signed=True) for name in ("clock_offset", "sync_errno"))
        with open(self.folder / "orders", "r+b" if (self.folder / "orders").exists() else "w+b") as file:
            file.write(data)

    def write_config(self, receiver):
        services = "".join(f'[[account.service]]\nnumber = "{number}"\ntype = "sipCirpack"\naliases = ["{alias}"]\n'
                           for alias, number in self.lines.items())
        webhook = (f'[[webhook]]\nname = "crm"\naccount = "office"\nevents = ["start_ringing", "end_calling"]\nmethod = "POST"\nsecret = "{"s" * 32}"\n'
                   f'url = "http://127.0.0.1:{receiver}/call"\n[webhooks]\nallow_private = ["127.0.0.1"]\n')
        listen = ", ".join(f'"{address}:{self.port}"' for address in ("127.0.0.1", *([self.network.here] if self.network else [])))
        self.config = self.folder / "callboard.toml"
        self.config.write_text(
            f'data_dir = "{self.data}/data"\nthreads = 2\n[http]\nlisten = [{listen}]\npoll_timeout = "10s"\n'
            f'access_log = "{self.folder}/access.log"\n[journal]\nretention = "{self.retention}"\n'
            f'[[source]]\nname = "mirror"\nkind = "hep"\nlisten = "udp:127.0.0.1:{self.hep_port}"\n'
            f'[[source]]\nname = "liar"\nkind = "freeswitch"\naddress = "127.0.0.1:{self.exchange_port}"\npassword = "ClueCon"\nlines = "never"\n'
            f'{"".join(map(self.source_of, self.exchanges))}'
            f'[[api.key]]\nname = "poster"\nkey = "{load.KEY}"\nallow = ["POST /api/ingest"]\n[[account]]\nid = "office"\n{services}{webhook if self.calls_back else ""}')

    @staticmethod
    def source_of(exchange):
        login = 'password = "ClueCon"' if isinstance(exchange, Freeswitch) else 'username = "callboard"\nsecret = "s3cret"'
        return (f'[[source]]\nname = "{exchange.name}"\nkind = "{type(exchange).__name__.lower()}"\naddress = "{exchange.address[0]}:{exchange.address[1]}"\n'
                f'{login}\nlines = "always"\n')

    def inside(self):
        """Where sockets are made that live in the network of their own, if there is one."""
        return self.network.inside() if self.network else contextlib.nullcontext()

    async def make_exchanges(self):
        host = self.network.there if self.network else "127.0.0.1"
        for kind, phones in EXTENSIONS.items() if self.has_exchanges else ():
            self.exchanges.append(kind(f"honest{kind.__name__}", (host, free_port()), self.inside, phones, self.seed, 4 / self.rate))
            await self.exchanges[-1].begin()

    async def callboard(self, *arguments):
        program = await asyncio.create_subprocess_exec(CALLBOARD, *arguments[:2], "--config", str(self.config), *arguments[2:],
                                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, errors = await program.communicate()
        self.expect(program.returncode == 0, f"callboard {arguments}: {errors.decode()}")
        return output.decode().strip()

    async def serve(self):
        environment = {**os.environ, "CALLBOARD_CHAOS": str(self.folder / "orders")}
        if library := os.environ.get("CALLBOARD_CHAOS_PRELOAD"):
            environment["LD_PRELOAD"] = library
        with open(self.folder / "log", "a", encoding="utf8") as log:
            self.server = subprocess.Popen([CALLBOARD, "serve", "--config", self.config], stderr=log, env=environment)
        self.starts += 1
        await self.recovered()

    def dies(self):
        """Somebody ends it now: the moment."""
        self.deaths.append(time.monotonic())
        return self.deaths[-1]

    async def ends_within(self, seconds):
        end = time.monotonic() + seconds
        while self.server.poll() is None and time.monotonic() < end:
            await asyncio.sleep(0.02)
        return self.server.poll() == 0

    def ask(self, path):
        with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={
                "Authorization": f"Bearer {getattr(self, 'token', '')}"}), timeout=20) as answer:
            return json.load(answer)

    async def recovered(self):
        """Seconds until it is ready."""
        begun = time.monotonic()
        while time.monotonic() < begun + RECOVERY:
            try:
                status = await asyncio.to_thread(self.ask, "/readyz")
                if status["journal"]["ok"]:
                    return time.monotonic() - begun
            except (OSError, ValueError):
                pass
            if self.server.poll() is not None:
                self.expect(False, f"it ended by itself with {self.server.returncode}: {(self.folder / 'log').read_text()[-500:]}")
                return await self.serve()
            await asyncio.sleep(0.05)
        self.expect(False, f"it was not ready {RECOVERY} s afterwards")
        return RECOVERY

    async def begin(self):
        self.receiver = load.Receiver(self.seed)
        await self.make_exchanges()
        self.write_config(await self.receiver.begin())
        self.token = await self.callboard("token", "create", "--account", "office")
        tokens = {line: await self.callboard("token", "create", "--account", "office", "--service", line) for line in POSTED}
        await self.serve()
        self.begin = (await asyncio.to_thread(self.ask, "/api/snapshot"))["cursor"]
        for number in range(self.clients):
            line = None if number % 8 == 0 else POSTED[number % len(POSTED)]
            reader = readers.TRANSPORTS[number // 8 % 4](self.port, tokens[line] if line else self.token, self.begin)
            reader.line = line
            if self.network and number % FAR == FAR - 1:
                reader.host, reader.inside = self.network.here, self.network.inside
            if isinstance(reader, readers.Session):
                await reader.begin()
            self.readers.append(reader)
        self.posters = [load.Poster(self.port, line, self.seed, len(POSTED) / self.rate) for line in POSTED]
        self.mirror = load.Mirror(self.hep_port, list(PHONES), 1 / self.rate)
        self.reading = [asyncio.create_task(reader.run()) for reader in self.readers]
        self.loading = [asyncio.create_task(one.run()) for one in (*self.posters, self.mirror, *self.exchanges)]
        self.watching = asyncio.create_task(self.watch())

    async def watch(self):
        """Memory and descriptors, once a second."""
        while True:
            await asyncio.sleep(1)
            try:
                status = pathlib.Path(f"/proc/{self.server.pid}/status").read_text()
                memory = int(status.split("VmRSS:")[1].split()[0]) * 1024
                self.most_memory = max(self.most_memory, memory)
                self.most_descriptors = max(self.most_descriptors, len(os.listdir(f"/proc/{self.server.pid}/fd")))
                self.expect(memory < MOST_MEMORY, f"it has {memory >> 20} MB")
            except (OSError, IndexError):
                pass  # it is dead just now

    async def lie(self):
        """From now on the other exchange lies."""
        self.liar = await load.lying_exchange(self.exchange_port, self.seed)

    async def end_load(self):
        for task in self.loading:
            task.cancel()
        await asyncio.gather(*self.loading, return_exceptions=True)
        heard = await asyncio.gather(*(exchange.finish(RECOVERY) for exchange in self.exchanges))
        for exchange, one in zip(self.exchanges, heard):
            self.expect(one, f"nobody listens to {exchange.name}")
        await asyncio.sleep(1)


def play(world, story, seconds):
    """Runs `story`, a coroutine of `world`, for at most so long, says what was wrong, and ends the world. The exit code."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    try:
        asyncio.run(deadline.within(story, seconds, world))
    except (Broken, OSError) as error:
        world.expect(False, f"the server did not answer: {error}")
    finally:
        log = (world.folder / "log").read_text()
        world.close()
    for complaint in world.complaints:
        print(f"WRONG: {complaint}")
    if world.complaints:
        print("faults: " + ", ".join(world.faults))
        print("log:\n" + log[-3_000:])
    print(f"{len(world.complaints)} complaints")
    return 1 if world.complaints else 0
