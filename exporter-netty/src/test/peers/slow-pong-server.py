"""A WebSocket server that answers each PING after 100 ms, and tells when it did.

Made with Python's standard library alone. Listens on a free port of 127.0.0.1 and prints the port;
then "ping" for each PING that came, and "pong READ BEFORE AFTER" once its PONG is sent: when the
PING was read, and right before and after the PONG was sent, in nanoseconds of CLOCK_MONOTONIC.

    python3 slow-pong-server.py
"""

import base64
import hashlib
import socket
import struct
import threading
import time

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
DELAY_SECONDS = 0.1


def read_frame(stream):
    first, second = stream.read(2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack(">H", stream.read(2))
    mask = stream.read(4)
    return first & 0x0F, bytes(b ^ mask[i % 4] for i, b in enumerate(stream.read(length)))


def serve(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = connection.makefile("rb")
    key = b""
    for line in iter(stream.readline, b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"sec-websocket-key":
            key = value.strip()
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + base64.b64encode(hashlib.sha1(key + GUID).digest()) + b"\r\n\r\n"
    )
    opcode, payload = read_frame(stream)
    while opcode != 0x8:
        if opcode == 0x9:
            read = time.monotonic_ns()
            print("ping", flush=True)
            time.sleep(DELAY_SECONDS)
            before = time.monotonic_ns()
            connection.sendall(bytes([0x8A, len(payload)]) + payload)
            print("pong", read, before, time.monotonic_ns(), flush=True)
        opcode, payload = read_frame(stream)
    connection.close()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
