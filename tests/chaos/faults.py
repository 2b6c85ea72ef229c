"""What the world does to a server. Each is a coroutine of a World, and leaves nothing behind when it ends. It returns the
moment from which the recovery counts, when that is not its end."""
import asyncio
import errno
import os
import pathlib
import resource
import signal
import socket
import sys

import readers
from http_client import Broken, Connection

ATTACKERS = pathlib.Path(__file__).with_name("attackers.py")


async def kill(world):
    """kill -9, and a start as soon as systemd makes one."""
    begun = world.dies()
    world.server.kill()
    await asyncio.sleep(0.1)
    await world.serve()
    return begun


async def restart(world):
    """SIGTERM ends it; 5 s are promised, and this machine has other things to do."""
    begun = world.dies()
    world.server.send_signal(signal.SIGTERM)
    world.expect(await world.ends_within(20), "it did not end on SIGTERM")
    await world.serve()
    return begun


async def stop_for_a_while(world):
    world.server.send_signal(signal.SIGSTOP)
    await asyncio.sleep(world.random.uniform(1, 10))
    world.server.send_signal(signal.SIGCONT)


async def full_disk(world):
    """Only where a disk of its own could be mounted."""
    filler = world.data / "filler"
    try:
        with open(filler, "wb") as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
            except OSError as error:
                world.expect(error.errno == errno.ENOSPC, f"filling the disk: {error}")
        await asyncio.sleep(3)
    finally:
        filler.unlink(missing_ok=True)


async def broken_sync(world):
    world.order(sync_errno=errno.EIO)
    await asyncio.sleep(3)
    world.order(sync_errno=0)


async def jumping_clock(world):
    """An hour on or back. It stays there: clocks that are set do not come back either."""
    world.offset += world.random.choice([-1, 1]) * 3600 * 10**9
    world.order(clock_offset=world.offset)


async def cut_links(world):
    """Half of all clients, at once."""
    for reader in world.readers:
        if world.random.random() < 0.5:
            reader.cut()


async def garbage(world):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(500):
            sender.sendto(world.random.choice([b"", b"HEP3"]) + world.random.randbytes(world.random.randrange(1400)), ("127.0.0.1", world.hep_port))
    for _ in range(20):
        try:
            connection = await Connection.open(world.port)
            await connection.send(world.random.randbytes(2000))
            connection.abort()
        except Broken:
            pass


async def crowd(world):
    await attack(world, "crowd")


async def slow_senders(world):
    await attack(world, "slow_senders")


async def slow_readers(world):
    await attack(world, "slow_readers", world.token, world.begin)


async def attack(world, *arguments):
    """By attackers.py, which says what they do."""
    name, *more = arguments
    attackers = await asyncio.create_subprocess_exec(sys.executable, ATTACKERS, name, str(world.port), *more)
    world.expect(await attackers.wait() == 0, f"the attackers of {name} ended with {attackers.returncode}")


async def token_churn(world):
    """Tokens come and go, and whoever waits with one of them is told."""
    for _ in range(3):
        token = await world.callboard("token", "create", "--account", "office", "--service", world.spare_line)
        reader = readers.LongPoll(world.port, token, world.begin)
        reader.refused = lambda status, body: None  # 403 is what has to come
        task = asyncio.create_task(reader.run())
        await asyncio.sleep(0.3)
        await world.callboard("token", "revoke", token)
        task.cancel()


async def reload(world):
    """SIGHUP, with the log of accesses moved away as logrotate does."""
    log = world.folder / "access.log"
    if log.exists():
        log.rename(world.folder / "access.log.1")
    world.server.send_signal(signal.SIGHUP)
    await asyncio.sleep(0.5)


async def no_descriptors(world):
    """The limit falls to what is open."""
    pid = world.server.pid
    used = len(os.listdir(f"/proc/{pid}/fd"))
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used, hard))
    for reader in world.random.sample(world.readers, len(world.readers) // 10):
        reader.cut()
    await asyncio.sleep(3)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))


async def cut_exchange(world):
    """An honest exchange goes away, with or without a word, and comes back."""
    exchange = world.random.choice(world.exchanges)
    seconds = world.random.uniform(0, 6)
    exchange.cut(seconds, world.random.random() < 0.5)
    await asyncio.sleep(seconds)


async def slow_network(world):
    """For those who live in it: late, narrow and with losses."""
    world.network.be_slow()
    await asyncio.sleep(world.random.uniform(5, 15))
    world.network.be_fast()


async def cut_network(world):
    """Nothing arrives, nobody is told. Sometimes for longer than sources and clients wait for a word."""
    world.network.cut()
    await asyncio.sleep(world.random.choice([seconds for seconds in (3, 10, 25, 45) if seconds <= max(3, world.seconds / 10)]))
    world.network.mend()


ALL = (kill, restart, stop_for_a_while, full_disk, broken_sync, jumping_clock, cut_links, garbage, crowd, slow_senders, slow_readers,
       token_churn, reload, no_descriptors, cut_exchange, slow_network, cut_network)


def possible(world):
    """All of them but what this machine cannot do."""
    missing = {full_disk: world.has_disk, cut_exchange: world.exchanges, cut_network: world.network, slow_network: world.network and world.network.shaper}
    return [fault for fault in ALL if missing.get(fault, True)]
