"""A WebSocket server made with Python's websockets, to be probed.

Listens on 127.0.0.1, on a free port unless it is told one, prints the port, and goes away when its
standard input ends.

    python3 websockets-server.py [--port PORT] [--token TOKEN] [--cert PEM --key PEM]
                                 [--pong-after MS|never] [--compress]

With --token, any path but /TOKEN and what is below it is refused with a 403. A PING is answered
after --pong-after milliseconds (0), or as the request says itself: /TOKEN?pong-after=50. A message
is sent back. With --compress, whoever offers permessage-deflate gets it.
"""

import argparse
import asyncio
import contextlib
import ssl
import sys
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed

try:  # websockets 13 and newer
    from websockets.asyncio.server import ServerConnection, serve
    from websockets.frames import Opcode
    from websockets.protocol import State

    LEGACY = False
except ImportError:
    from websockets.legacy.server import WebSocketServerProtocol, serve

    LEGACY = True

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--token")
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--pong-after", default="0")
parser.add_argument("--compress", action="store_const", const="deflate")
options = parser.parse_args()


def is_allowed(path):
    return options.token is None or urlsplit(path).path.split("/")[1] == options.token


def pong_delay(path):
    """Seconds from a PING to its PONG; None if there is to be none."""
    asked = parse_qs(urlsplit(path).query).get("pong-after", [options.pong_after])[0]
    return None if asked == "never" else int(asked) / 1000


if LEGACY:

    class Connection(WebSocketServerProtocol):
        async def process_request(self, path, request_headers):
            return None if is_allowed(path) else (HTTPStatus.FORBIDDEN, [], b"")

        async def pong(self, data=b""):
            delay = pong_delay(self.path)
            if delay is not None:
                await asyncio.sleep(delay)
                await super().pong(data)

    CUSTOM = {"create_protocol": Connection}

else:

    class Connection(ServerConnection):
        def __init__(self, protocol, *args, **kwargs):
            super().__init__(protocol, *args, **kwargs)
            self.send_frame_now = protocol.send_frame
            protocol.send_frame = self.send_frame

        def send_frame(self, frame):
            if frame.opcode is not Opcode.PONG:
                self.send_frame_now(frame)
                return
            delay = pong_delay(self.request.path)
            if delay is not None:
                self.loop.call_later(delay, self.send_pong, frame)

        def send_pong(self, frame):
            if self.protocol.state is State.OPEN:
                self.send_frame_now(frame)
                self.send_data()

    def process_request(connection, request):
        return None if is_allowed(request.path) else connection.respond(HTTPStatus.FORBIDDEN, "")

    CUSTOM = {"create_connection": Connection, "process_request": process_request}


async def send_back(connection):
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


async def main():
    tls = None
    if options.cert:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.cert, options.key)
    settings = {"ssl": tls, "ping_interval": None, "compression": options.compress, **CUSTOM}
    async with serve(send_back, "127.0.0.1", options.port, **settings) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
