"""A loopback connection that a thread waits for."""

import socket
import struct
import time
from collections import namedtuple

from .protocol import PATIENCE
from .stop import look
from .trace import TRACING

# How many seconds a wait takes at most between two looks at the flag.
SLICE = 0.02

# "Answer this after this delay": microseconds, seed and count.
Request = namedtuple("Request", "delay seed count")


class Connection:
    """A connection that a thread waits for; opened by its first request."""

    def __init__(self, address):
        self.address, self.stream = address, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.stream:
            self.stream.close()

    def exchange(self, request, task):
        """The whole reply to a request."""
        begin = TRACING[0].now() if TRACING else 0
        if self.stream is None:
            self.stream = patiently(
                lambda: socket.create_connection(self.address, SLICE)
            )
            nodelay = socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            self.stream.setsockopt(*nodelay)
        self.stream.sendall(struct.pack("<3Q", *request))
        reply = bytearray()
        while len(reply) < request.count * 8:
            left = request.count * 8 - len(reply)
            some = patiently(lambda: self.stream.recv(left))
            if not some:
                raise EOFError("the reply ended early")
            reply += some
        if TRACING:
            TRACING[0].waited(task, begin, begin + request.delay * 1000)
        return reply


def patiently(wait):
    """What a wait of a slice gives that is tried again and again."""
    end = None
    while True:
        look()
        try:
            return wait()
        except socket.timeout:
            now = time.monotonic()
            end = end or now + PATIENCE
            if now > end:
                raise
