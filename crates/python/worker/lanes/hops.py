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


def go(job, seat, give, take):
    """One task of a ring: takes the token, and hands it to the next."""
    arrived, latencies = [], []
    try:
        look()
        if seat == 0 and job.hops > 0:
            give((0, time.monotonic_ns()))
        for hop in turns(job, seat):
            token, sent = take()
            latencies.append(time.monotonic_ns() - sent)
            arrived.append(expect(token, hop))
            look()
            if hop + 1 < job.hops:
                give((hop + 1, time.monotonic_ns()))
    except BaseException:
        give((LEFT, 0))
        raise
    return len(arrived), sum(arrived), latencies


def turns(job, seat):
    """The hops that arrive at a task of a ring: hop 0 at the second one."""
    return range((seat - 1) % job.tasks, job.hops, job.tasks)


class Ring:
    """A ring whose tasks are not there while they wait: one is started for
    each hop, and none runs beside it."""

    def __init__(self, job):
        self.job, self.hops, self.sum, self.latencies = job, 0, 0, []

    def begin(self):
        """The token of the first hop; None without hops."""
        look()
        return (0, time.monotonic_ns()) if self.job.hops > 0 else None

    def take(self, token):
        """What the task does that a token is for: the token of the next hop;
        None after the last."""
        token, sent = token
        self.latencies.append(time.monotonic_ns() - sent)
        self.sum += expect(token, self.hops)
        self.hops += 1
        look()
        if self.hops == self.job.hops:
            return None
        return self.hops, time.monotonic_ns()

    def relay(self):
        return self.hops, self.sum, self.latencies


def expect(token, hop):
    if token == LEFT:
        look()
        raise ConnectionError("the other player left")
    if token != hop:
        raise ValueError(f"hop {token} arrived at hop {hop}")
    return token


def play_in_pipes(job, side, source, sink):
    """The same, with tokens that go through pipes of the system."""
    def send(token):
        os.write(sink, struct.pack("2Q", *token))

    def receive():
        return struct.unpack("2Q", os.read(source, 16))

    return play(job, side, send, receive)


def relay(players):
    """What all players saw, as one answer."""
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
