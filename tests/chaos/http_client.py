"""As much of HTTP/1.1 and WebSocket as the readers need, on asyncio's streams.

Waits end by asyncio.timeout(): in Python 3.11 asyncio.wait_for() loses a cancellation that comes when the answer does, and who
was to stop goes on for ever."""
import asyncio
import base64
import contextlib
import os
import socket
import struct

PATIENCE = 90  # s for an answer; a poll is held for less


class Broken(Exception):
    """The connection is gone, or was never there."""


class Connection:
    """One connection to the server. Errors of all kinds become Broken."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @staticmethod
    async def open(port, host="127.0.0.1", inside=contextlib.nullcontext):
        """`inside`: the context in which its socket is made."""
        with inside():
            client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        client.setblocking(False)
        try:
            async with asyncio.timeout(10):
                await asyncio.get_running_loop().sock_connect(client, (host, port))
            return Connection(*await asyncio.open_connection(sock=client, limit=1 << 22))
        except (OSError, asyncio.TimeoutError) as error:
            client.close()
            raise Broken(str(error)) from error

    def abort(self):
        """As a link that is cut: what was on its way is lost."""
        self.writer.transport.abort()

    async def _read(self, coroutine, within=PATIENCE):
        try:
            async with asyncio.timeout(within):
                return await coroutine
        except (OSError, EOFError, asyncio.TimeoutError, asyncio.LimitOverrunError) as error:
            raise Broken(type(error).__name__) from error

    async def send(self, data):
        try:
            self.writer.write(data)
            async with asyncio.timeout(PATIENCE):
                await self.writer.drain()
        except (OSError, asyncio.TimeoutError) as error:
            raise Broken(str(error)) from error

    async def head(self):
        """Status and headers of an answer."""
        text = (await self._read(self.reader.readuntil(b"\r\n\r\n"))).decode("latin1")
        first, *lines = text.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        return int(first.split(" ")[1]), headers

    async def ask(self, method, path, body=b"", headers=""):
        """Status and body."""
        await self.send(f"{method} {path} HTTP/1.1\r\nHost: chaos\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        status, told = await self.head()
        if told.get("transfer-encoding") == "chunked":
            body = b"".join([chunk async for chunk in self.chunks()])
        else:
            body = await self._read(self.reader.readexactly(int(told.get("content-length", 0))))
        if told.get("connection") == "close":
            self.writer.close()
        return status, body

    async def chunks(self):
        while True:
            size = int((await self._read(self.reader.readuntil(b"\r\n"))).split(b";")[0], 16)
            data = await self._read(self.reader.readexactly(size + 2))
            if size == 0:
                return
            yield data[:-2]

    async def blocks(self, headers):
        """Blocks of a stream of server-sent events, without their empty line."""
        left = b""
        if headers.get("transfer-encoding") == "chunked":
            async for chunk in self.chunks():
                *whole, left = (left + chunk).split(b"\n\n")
                for block in whole:
                    yield block.decode()
            return
        while True:
            yield (await self._read(self.reader.readuntil(b"\n\n")))[:-2].decode()

    async def upgrade(self, path):
        key = base64.b64encode(os.urandom(16)).decode()
        await self.send(f"GET {path} HTTP/1.1\r\nHost: chaos\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        return (await self.head())[0]

    async def messages(self):
        """Texts of a WebSocket; a close of the server ends them."""
        while True:
            first, second = await self._read(self.reader.readexactly(2))
            length = second & 127
            if length == 126:
                length, = struct.unpack("!H", await self._read(self.reader.readexactly(2)))
            elif length == 127:
                length, = struct.unpack("!Q", await self._read(self.reader.readexactly(8)))
            data = await self._read(self.reader.readexactly(length))
            kind = first & 15
            if kind == 1:
                yield data.decode()
            elif kind == 8:
                return
            elif kind == 9:  # ping: the same back, masked as a client has to
                await self.send(bytes([0x8A, 0x80 | len(data)]) + b"\0\0\0\0" + data)
