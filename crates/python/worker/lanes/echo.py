"""A server that answers each request with itself, and the client that is at
it: in another process, and the same for every model of every language."""

import json
import pkgutil
import selectors
import socket
import struct
import subprocess
from contextlib import ExitStack

from .protocol import unsupported
from .stop import look
from .trace import TRACING, computing

# How many seconds a wait takes at most between two looks at the flag.
SLICE = 0.02
# A storm of clients fits.
BACKLOG = 4096
# What a report begins with: how many requests were answered and failed, how
# many latencies follow, the sum, and whether the run was saturated.
HEAD = struct.Struct("<5Q")


class Client:
    """A client's process. It does one plan after the other, and ends when its
    socket does."""

    def __init__(self):
        try:
            own = pkgutil.get_data(__package__, "client.json")
        except OSError:
            why = "the client comes with the command, and is not in this folder"
            raise unsupported(why) from None
        client = json.loads(own)
        self.socket, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [client["name"]], executable=client["program"], stdin=theirs,
                stdout=subprocess.DEVNULL,
            )

    def begin(self, plan):
        self.socket.sendall(json.dumps(plan).encode() + b"\n")

    def report(self):
        """What it saw of the server."""
        head = HEAD.unpack(self.receive(HEAD.size))
        answered, failed, count, found, saturated = head
        latencies = struct.unpack(f"<{count}I", self.receive(count * 4))
        if failed:
            raise ConnectionError(f"{failed} of its requests failed")
        # The longest that can be said was longer.
        saturated = saturated or 2**32 - 1 in latencies
        return answered, found, None if saturated else latencies

    def receive(self, count):
        received = bytearray()
        while len(received) < count:
            some = self.socket.recv(count - len(received))
            if not some:
                raise EOFError("the client of the server is gone")
            received += some
        return received

    def end(self):
        self.socket.close()
        self.process.kill()
        self.process.wait()


class Clients:
    """The client that has nothing to do, kept from run to run."""

    def __init__(self):
        self.idle = Client()

    def take(self):
        client, self.idle = self.idle, None
        return client or Client()

    def cleanup(self):
        if self.idle:
            self.idle.end()


class Visit:
    """A run: the server's port, and the client that is at it."""

    def __init__(self, job):
        look()
        address = ("127.0.0.1", 0)
        self.listener = socket.create_server(address, backlog=BACKLOG)
        self.listener.setblocking(False)
        self.job, self.client = job, job.kept.take()
        host, port = self.listener.getsockname()
        self.client.begin({"address": f"{host}:{port}", **job.plan})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.hang_up()
        self.listener.close()

    def hang_up(self, *_):
        """Ends a client that has not said what it saw: all its connections end,
        and nobody waits for them."""
        client, self.client = self.client, None
        if client:
            client.end()

    def events(self, selector):
        """What is ready, until the client has something to say."""
        selector.register(self.listener, selectors.EVENT_READ)
        selector.register(self.client.socket, selectors.EVENT_READ)
        while True:
            look()
            for key, _ in selector.select(SLICE):
                if key.fileobj is self.client.socket:
                    return
                yield key

    def accept(self):
        """The next connection, which blocks; None if it is gone again."""
        try:
            stream, _ = self.listener.accept()
        except (BlockingIOError, ConnectionError):
            return None
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return stream

    def __iter__(self):
        """The connections that come."""
        with selectors.DefaultSelector() as selector:
            for _ in self.events(selector):
                stream = self.accept()
                if stream:
                    yield stream

    def answer(self):
        """What the client saw, which has no more connections."""
        report = self.client.report()
        self.job.kept.idle, self.client = self.client, None
        return report


def came(connection):
    """A request has come on the connection with this number."""
    look()
    if TRACING:
        with computing(connection):
            pass


def serve(job, connection, stream):
    """Answers the requests of one connection, until it is closed or reset. A
    client that is gone is no matter of the others."""
    with stream:
        try:
            while True:
                received = stream.recv(job.bytes, socket.MSG_WAITALL)
                if len(received) < job.bytes:
                    return
                came(connection)
                stream.sendall(received)
        except OSError:
            pass


def serve_all(job, visit):
    """The bare server: one thread and one readiness loop."""
    count = 0
    with selectors.DefaultSelector() as selector, ExitStack() as streams:
        for key in visit.events(selector):
            if key.data:
                if not advance(job, key.fileobj, *key.data):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                continue
            stream = visit.accept()
            if stream:
                streams.enter_context(stream)
                own = count, bytearray()
                selector.register(stream, selectors.EVENT_READ, own)
                count += 1


def advance(job, stream, connection, received):
    """Takes what a connection has; whether it is still there."""
    try:
        some = stream.recv(job.bytes - len(received))
        received += some
        if len(received) == job.bytes:
            came(connection)
            # The client reads at any time.
            stream.sendall(received)
            received.clear()
    except OSError:
        return False
    return bool(some)
