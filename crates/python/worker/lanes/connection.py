"""A loopback connection that a thread waits for."""

import socket
import struct
from collections import namedtuple

from .protocol import PATIENCE
from .trace import TRACING

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
            self.stream = socket.create_connection(self.address, PATIENCE)
            nodelay = socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            self.stream.setsockopt(*nodelay)
        self.stream.sendall(struct.pack("<3Q", *request))
        reply = bytearray()
        while len(reply) < request.count * 8:
            some = self.stream.recv(request.count * 8 - len(reply))
            if not some:
                raise EOFError("the reply ended early")
            reply += some
        if TRACING:
            TRACING[0].waited(task, begin, begin + request.delay * 1000)
        return reply
