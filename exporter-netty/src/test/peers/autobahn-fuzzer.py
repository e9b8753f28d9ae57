"""The fuzzing server of the Autobahn test suite, which tests WebSocket clients.

Listens on a free port of 127.0.0.1 and prints the port. Its reports and its log go to REPORTS.

    python2.7 autobahn-fuzzer.py SUITE REPORTS
"""

import binascii
import os
import socket
import sys
import types

SUITE, REPORTS = sys.argv[1:]


class Masker(object):
    """Masks with one operation on one large number: the suite's own loop takes minutes."""

    def __init__(self, mask):
        self.mask = binascii.hexlify(mask)
        self.done = 0

    def pointer(self):
        return self.done

    def reset(self):
        self.done = 0

    def process(self, data):
        if not data:
            return data
        start = 2 * (self.done & 3)
        digits = 2 * len(data)
        mask = (self.mask[start:] + self.mask * (len(data) // 4 + 1))[:digits]
        self.done += len(data)
        masked = int(binascii.hexlify(data), 16) ^ int(mask, 16)
        return binascii.unhexlify("%0*x" % (digits, masked))


class NoMasker(Masker):
    def __init__(self, mask=None):
        self.done = 0

    def process(self, data):
        self.done += len(data)
        return data


def create_masker(mask, length=None):
    return Masker(mask)


# Where the suite looks for a faster masker than its own.
wsaccel = types.ModuleType("wsaccel")
xormask = types.ModuleType("wsaccel.xormask")
xormask.XorMaskerNull = NoMasker
xormask.createXorMasker = create_masker
wsaccel.xormask = xormask
sys.modules.update({"wsaccel": wsaccel, "wsaccel.xormask": xormask})

sys.path.insert(0, SUITE)
from autobahntestsuite import choosereactor  # Must come before what else imports the reactor.
from autobahn.websocket import listenWS
from autobahntestsuite.fuzzing import FuzzingServerFactory
from twisted.internet import reactor

# The suite wants to know its port before it listens.
probe = socket.socket()
probe.bind(("127.0.0.1", 0))
port = probe.getsockname()[1]
probe.close()
spec = {
    "url": "ws://127.0.0.1:%d" % port,
    "outdir": REPORTS,
    "cases": ["*"],
    "exclude-cases": [],
    "exclude-agent-cases": {},
}

stdout = sys.stdout
sys.stdout = sys.stderr = open(os.path.join(REPORTS, "server.log"), "w", 1)
listenWS(FuzzingServerFactory(spec), interface="127.0.0.1")
stdout.write("%d\n" % port)
stdout.flush()
reactor.run()
