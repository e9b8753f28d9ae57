"""The WebSocket servers that are probed."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ssl
import threading
from collections.abc import Awaitable, Coroutine
from http import HTTPStatus
from typing import Any, Callable

import websockets

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Peers:
    """Servers on free ports of the loopback interface. They run in a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._servers: dict[int, Any] = {}
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def well_behaved(
        self, token: str = "", tls: ssl.SSLContext | None = None, going_away_after: float | None = None
    ) -> int:
        """A server of the library `websockets`, which lets in only those who have the token: as path, or as bearer."""

        def admit(first: Any, second: Any) -> Any:
            # Up to version 13 they are the path and the headers, then the connection and the request.
            old = isinstance(first, str)
            path, headers = (first, second) if old else (second.path, second.headers)
            if not token or path == f"/{token}" or headers.get("Authorization") == f"Bearer {token}":
                return None
            return (HTTPStatus.UNAUTHORIZED, [], b"") if old else first.respond(HTTPStatus.UNAUTHORIZED, "")

        async def read_on(connection: Any) -> None:
            async for _message in connection:
                pass

        async def serve(connection: Any, *_: Any) -> None:
            try:
                await asyncio.wait_for(read_on(connection), going_away_after)
            except asyncio.TimeoutError:
                await connection.close(1001)

        async def listen() -> Any:
            return await websockets.serve(serve, "127.0.0.1", 0, process_request=admit, ssl=tls)

        return self._started(listen())

    def odd(self, talk: Talk) -> int:
        """One that no library offers."""

        async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await talk(reader, writer)
            except (asyncio.IncompleteReadError, ConnectionError):
                pass  # The exporter has what it wanted to know.
            finally:
                writer.close()

        async def listen() -> Any:
            return await asyncio.start_server(guarded, "127.0.0.1", 0)

        return self._started(listen())

    def stop(self, port: int) -> None:
        """Nothing listens on that port any more."""
        self._loop.call_soon_threadsafe(self._servers[port].close)

    def _started(self, listen: Coroutine[Any, Any, Any]) -> int:
        server = asyncio.run_coroutine_threadsafe(listen, self._loop).result(10)
        port: int = next(iter(server.sockets)).getsockname()[1]
        self._servers[port] = server
        return port


def late(seconds: float) -> Talk:
    """Answers each PING that much later."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _upgrade(reader, writer)
        await _answer_frames(reader, writer, seconds)

    return talk


async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Upgrades, and answers no PING."""
    await _upgrade(reader, writer)
    await reader.read()


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Accepts, and never says a word."""
    await reader.read()


def flapping(period: float) -> Talk:
    """Upgrades for the first half of each period, and answers 503 in the second."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if asyncio.get_running_loop().time() % period < period / 2:
            await _upgrade(reader, writer)
            await _answer_frames(reader, writer, 0)
        else:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()

    return talk


async def _upgrade(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    key = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:"))
    digest = hashlib.sha1(key.split(b":", 1)[1].strip() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + base64.b64encode(digest.digest()) + b"\r\n\r\n"
    )
    await writer.drain()


async def _answer_frames(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pong_delay: float) -> None:
    """Frames of a client are masked, and those of control have at most 125 bytes."""
    while True:
        opcode, length = (byte & mask for byte, mask in zip(await reader.readexactly(2), (0x0F, 0x7F)))
        mask = await reader.readexactly(4)
        payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(await reader.readexactly(length)))
        if opcode == 0x9:
            await asyncio.sleep(pong_delay)
            writer.write(bytes([0x8A, length]) + payload)
        elif opcode == 0x8:
            writer.write(bytes([0x88, length]) + payload)
            return
        await writer.drain()
