"""The requests, read by a thread of their own: one to cancel is seen while the
one before it is being answered."""

import json
import queue
import threading

from . import stop
from .protocol import MOST_BYTES, invalid


class Inbox:
    """The requests in their order, until the socket ends."""

    def __init__(self, socket):
        self.socket, self.requests = socket, queue.SimpleQueue()
        self.lock = threading.Lock()
        # How many requests were received and taken, and below which number
        # those are that are to end.
        self.received, self.taken, self.ended = 0, 0, 0
        name = "requests"
        threading.Thread(target=self.read, name=name, daemon=True).start()

    def read(self):
        try:
            for line in lines(self.socket):
                try:
                    asked = json.loads(line)
                except ValueError as error:
                    asked = invalid(f"a line that is no JSON: {error}")
                self.receive(asked, is_cancel(asked))
        except (OSError, EOFError):
            pass
        # Nobody waits for a reply any more.
        self.receive(None, True)

    def receive(self, asked, ends):
        with self.lock:
            self.received += 1
            if ends:
                self.ended = self.received
                if self.taken:
                    stop.raise_flag()
        self.requests.put(asked)

    def __iter__(self):
        while True:
            asked = self.requests.get()
            with self.lock:
                self.taken += 1
                if self.taken < self.ended:
                    stop.raise_flag()
                else:
                    stop.lower_flag()
            if asked is None:
                return
            yield asked


def is_cancel(asked):
    return isinstance(asked, dict) and asked.get("do") == "cancel"


def lines(socket):
    """The lines that come; raises EOFError at one that is too long."""
    received = bytearray()
    while True:
        some = socket.recv(1 << 16)
        if not some:
            return
        *whole, rest = some.split(b"\n")
        for end in whole:
            received += end
            yield bytes(received)
            received.clear()
        received += rest
        if len(received) >= MOST_BYTES:
            raise EOFError
