"""Two players who send a token to each other, hop after hop."""

import os
import struct
import threading
import time
from itertools import chain

from .protocol import PATIENCE, unsupported
from .stop import look

# So many hops lie between two looks at the flag.
LOOKS = 64
# The token of a player who leaves: the other one would wait for ever.
LEFT = 2**64 - 1


def play(job, side, send, receive):
    """One of two players: sends the even hops, or the odd ones."""
    arrived, latencies = [], []
    try:
        for hop in range(job.hops):
            if hop % LOOKS == 0:
                look()
            if hop % 2 == side:
                send((hop, time.monotonic_ns()))
            else:
                token, sent = receive()
                latencies.append(time.monotonic_ns() - sent)
                expect(token, hop)
                arrived.append(token)
    except BaseException:
        send((LEFT, 0))
        raise
    return len(arrived), sum(arrived), latencies


def expect(token, hop):
    if token == LEFT:
        look()
        raise ConnectionError("the other player left")
    if token != hop:
        raise ValueError(f"hop {token} arrived at hop {hop}")


def play_in_pipes(job, side, source, sink):
    """The same, with tokens that go through pipes of the system."""
    def send(token):
        os.write(sink, struct.pack("2Q", *token))

    def receive():
        return struct.unpack("2Q", os.read(source, 16))

    return play(job, side, send, receive)


def relay(players):
    """What both players saw, as one answer."""
    hops, sums, latencies = zip(*players)
    return sum(hops), sum(sums), list(chain(*latencies))


class Slot:
    """A place for one token, and an event that it is there."""

    def __init__(self):
        self.token, self.filled = None, threading.Event()

    def put(self, token):
        self.token = token
        self.filled.set()

    def get(self):
        if not self.filled.wait(PATIENCE):
            raise TimeoutError("the other player left")
        self.filled.clear()
        return self.token


def two_players(workers):
    if workers < 2:
        why = "two players who wait for each other need two workers"
        raise unsupported(why)
