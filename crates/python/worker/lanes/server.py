"""The loopback server that workloads send their requests to."""

import heapq
import os
import selectors
import signal
import socket
import struct
import time

from .forked import leave_worker
from .seeds import numbers

MOST_NUMBERS = 1 << 20


class Server:
    """A loopback server that answers after a delay, in a process of its own:
    as a thread it would share the GIL with what is measured."""

    def __init__(self):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(4096)
        self.address = listener.getsockname()
        parent = os.getpid()
        self.process = os.fork()
        if self.process == 0:
            try:
                leave_worker()
                serve(listener, parent)
            finally:
                os._exit(0)
        listener.close()

    def end(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


class Client:
    """A connection of the server: bytes received, and bytes still to send."""

    def __init__(self, stream):
        self.stream, self.received, self.answer = stream, b"", b""


def serve(listener, parent):
    listener.setblocking(False)
    selector, due, order = selectors.DefaultSelector(), [], 0
    selector.register(listener, selectors.EVENT_READ)
    # The worker may be killed, and then does not end its server.
    while os.getppid() == parent:
        wait = due[0][0] - time.monotonic() if due else 1
        for key, _ in selector.select(min(max(wait, 0), 1)):
            if key.fileobj is listener:
                welcome(selector, listener)
                continue
            client = key.data
            try:
                asked = send_rest(selector, client) or take(client)
            except OSError:
                asked = b""
            if asked is None:
                continue
            delay, seed, count = struct.unpack("<3Q", asked or bytes(24))
            if not asked or count > MOST_NUMBERS:
                selector.unregister(client.stream)
                client.stream.close()
                continue
            at, order = time.monotonic() + delay / 1e6, order + 1
            client.answer = memoryview(numbers(seed, count).tobytes())
            heapq.heappush(due, (at, order, client))
            selector.unregister(client.stream)
        while due and due[0][0] <= time.monotonic():
            client = heapq.heappop(due)[2]
            selector.register(client.stream, selectors.EVENT_WRITE, client)
            try:
                send_rest(selector, client)
            except OSError:
                selector.unregister(client.stream)
                client.stream.close()


def welcome(selector, listener):
    while True:
        try:
            stream, _ = listener.accept()
        except BlockingIOError:
            return
        except OSError:
            # Without descriptors the listener stays readable: do not spin.
            return time.sleep(0.005)
        stream.setblocking(False)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(stream, selectors.EVENT_READ, Client(stream))


def take(client):
    """A whole request, None if there is more to come, b"" at the end."""
    try:
        some = client.stream.recv(24 - len(client.received))
    except BlockingIOError:
        return None
    client.received += some
    if not some or len(client.received) < 24:
        return None if some else b""
    request, client.received = client.received, b""
    return request


def send_rest(selector, client):
    """Sends what goes; when all is gone, the next request may come."""
    if not client.answer:
        return None
    try:
        gone = client.stream.send(client.answer)
    except BlockingIOError:
        return None
    client.answer = client.answer[gone:]
    if not client.answer:
        selector.modify(client.stream, selectors.EVENT_READ, client)
    return None
