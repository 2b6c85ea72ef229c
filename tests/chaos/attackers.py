#!/usr/bin/env python3
"""Clients that mean ill, or are just bad ones. They are a process of their own, at the lowest priority: elsewhere they have
processors of their own, and what they compute delays nobody.

    attackers.py (crowd | slow_senders | slow_readers) PORT [TOKEN CURSOR]
"""
import asyncio
import os
import resource
import sys

from http_client import Broken, Connection

LOWEST_PRIORITY = 19
CROWD = 5_000
DESCRIPTORS_OF_ITS_OWN = 100  # of a process, beside its connections


async def opened(port, most):
    """As many connections as there may be."""
    held = []
    for _ in range(most):
        try:
            held.append(await Connection.open(port))
        except Broken:
            break
    return held


async def crowd(port):
    """As many connections as the system lets one process have, and nothing said on them."""
    held = await opened(port, min(CROWD, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - DESCRIPTORS_OF_ITS_OWN))
    await asyncio.sleep(1)
    for connection in held:
        connection.abort()


async def slow_senders(port):
    """Requests of one byte at a time, which never end."""
    async def one():
        try:
            connection = await Connection.open(port)
            for byte in b"GET /api/snapshot HTTP/1.1\r\nHost: " + b"a" * 40:
                await connection.send(bytes([byte]))
                await asyncio.sleep(0.1)
            connection.abort()
        except Broken:
            pass
    await asyncio.gather(*(one() for _ in range(100)))


async def slow_readers(port, token, begin):
    """Who ask for everything since `begin` and take nothing."""
    held = await opened(port, 20)
    for connection in held:
        connection.writer.transport.pause_reading()
        try:
            await connection.send(f"GET /api/events?after={begin} HTTP/1.1\r\nHost: chaos\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        except Broken:
            pass
    await asyncio.sleep(4)
    for connection in held:
        connection.abort()


if __name__ == "__main__":
    os.nice(LOWEST_PRIORITY)
    _, attack, to, *more = sys.argv
    asyncio.run({"crowd": crowd, "slow_senders": slow_senders, "slow_readers": slow_readers}[attack](int(to), *more))
