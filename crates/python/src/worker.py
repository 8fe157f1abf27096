"""A worker of Lanes in real CPython: one script, six models.

Run as `python3 -I -c <this text> MODEL`, it speaks the protocol of the
measuring process over the socket that is its standard input. It needs the
standard library only, of 3.8 or later. Below: protocol helpers, seeds,
kernels, inputs, then one class for each model, whose methods stand in the same
order, then the exhibits.
"""

import errno
import json
import os
import pickle
import socket
import struct
import sys
import threading
import time
from array import array
from collections import Counter, namedtuple
from contextlib import contextmanager
from itertools import chain

# ---------------------------------------------------------------- protocol

PROTOCOL = 1
MOST_BYTES = 1 << 24
MOST_WORKERS = 1024
# What a wait for another task may take before it is an error.
PATIENCE = 30


class Refused(Exception):
    """An answer that is no result: its kind, and why in one sentence."""

    def __init__(self, kind, why):
        super().__init__(kind, why)
        self.kind, self.why = kind, why


def unsupported(why):
    return Refused("unsupported", why)


def invalid(why):
    return Refused("invalid", why)


RESOURCES = {
    errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC,
}


def refusal(error):
    """What the measuring process is told of an exception."""
    if isinstance(error, Refused):
        return {"kind": error.kind, "message": error.why}
    # A task group of asyncio tells several errors as one.
    error = getattr(error, "exceptions", [error])[0]
    kind = "failed"
    no_thread = "can't start new thread" in str(error)
    if isinstance(error, MemoryError) or no_thread:
        kind = "resource"
    elif isinstance(error, OSError) and error.errno in RESOURCES:
        kind = "resource"
    elif isinstance(error, ImportError):
        # Distributions leave modules out, and builds without a library too.
        kind = "unsupported"
    return {"kind": kind, "message": f"{type(error).__name__}: {error}"}


def has_gil():
    """Whether the threads of this interpreter take turns."""
    return getattr(sys, "_is_gil_enabled", lambda: True)()


class Trace:
    """Spans in nanoseconds since `origin`, by the monotonic clock.

    CPython does not tell who waits for the GIL. It is inferred: a thread
    that wants to compute, and whose wall time is ahead of its CPU time, was
    waiting for its turn. (Or the system ran another process: on a machine with
    too few free cores the two look alike.) `turns` says who takes turns:
    threads at any time, coroutines after a wait, or else nobody.
    """

    def __init__(self, origin, turns):
        self.origin, self.turns, self.spans = origin, turns, []

    def now(self):
        return time.monotonic_ns() - self.origin

    def record(self, task, state, begin, end, attached=True):
        """`attached` is false for the wait of a coroutine, which occupies no
        thread."""
        worker = threading.get_native_id() if attached else None
        self.spans.append((task, worker, state, begin, end))

    def started(self, task, begin):
        """Records how long a new thread waited for its first turn."""
        thread = threading.current_thread()
        asked, thread.asked = getattr(thread, "asked", None), None
        if asked is None or self.turns != "threads":
            return
        if begin - asked > NOTABLE_WAIT:
            self.record(task, "lock", asked, begin)

    def waited(self, task, begin, due, attached=True):
        """Records a wait for an answer that was there at `due`."""
        end = self.now()
        late = self.turns and end - due > NOTABLE_DELAY
        self.record(task, "io", begin, due if late else end, attached)
        if late:
            self.record(task, "lock", due, end, attached)


# Shorter waits than these, in nanoseconds, are the clocks' and the network's.
NOTABLE_WAIT = 200_000
NOTABLE_DELAY = 300_000

# Where this interpreter records spans, if anywhere.
TRACE = None


def nothing():
    pass


@contextmanager
def computing(task):
    """A stretch of compute for a task. What it gives is to be called after
    each slice; without a trace that does nothing."""
    trace = TRACE
    if trace is None:
        yield nothing
        return
    begin = wall = trace.now()
    used = time.thread_time_ns()
    trace.started(task, begin)

    def look():
        nonlocal wall, used
        now, cpu = trace.now(), time.thread_time_ns()
        waited = (now - wall) - (cpu - used)
        if trace.turns == "threads" and waited > NOTABLE_WAIT:
            trace.record(task, "lock", now - waited, now)
        wall, used = now, cpu

    try:
        yield look
    finally:
        look()
        trace.record(task, "compute", begin, trace.now())


def grain(usual, traced):
    """How much is done in one slice: in a traced run, 50 to 100 us' worth."""
    return usual if TRACE is None else min(usual, traced)


def apart(origin, work, *args):
    """Work in another process or interpreter, with the spans it recorded."""
    global TRACE
    TRACE = None if origin is None else Trace(origin, None)
    value = work(*args)
    return value, TRACE.spans if TRACE else []


def reply(message, answer):
    """Does what another interpreter asks for, and leaves the answer in a file
    that both have open: objects cannot cross, bytes can."""
    try:
        work, args = pickle.loads(message)
        result = True, work(*args)
    except Exception as error:
        result = False, refusal(error)
    left = memoryview(pickle.dumps(result, pickle.HIGHEST_PROTOCOL))
    os.ftruncate(answer, 0)
    os.lseek(answer, 0, os.SEEK_SET)
    while left:
        left = left[os.write(answer, left):]


# ------------------------------------------------------------------- seeds

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
FIRST = 0xBF58476D1CE4E5B9
SECOND = 0x94D049BB133111EB


def mixed(state):
    """SplitMix64: what the generator gives in this state."""
    z = (state ^ (state >> 30)) * FIRST & MASK
    z = (z ^ (z >> 27)) * SECOND & MASK
    return z ^ (z >> 31)


def numbers(seed, count):
    """The first numbers of a seed's stream, as an array.

    One at a time they would take longer to make than most workloads to run. A
    big integer is a vector here, with a number in every 128 bits: a product
    of two 64-bit numbers has room there, and reaches no neighbour.
    """
    lanes = min(count, 1024)
    if lanes == 0:
        return array("Q")
    ones = int.from_bytes((b"\1" + bytes(15)) * lanes, "little")
    low = ones * MASK
    steps = [(step + 1) * GOLDEN & MASK for step in range(lanes)]
    steps = b"".join(step.to_bytes(16, "little") for step in steps)
    steps = int.from_bytes(steps, "little")
    stream = bytearray()
    for first in range(0, count, lanes):
        z = steps + ones * ((seed + first * GOLDEN) & MASK) & low
        z = (z ^ (z >> 30 & low)) * FIRST & low
        z = (z ^ (z >> 27 & low)) * SECOND & low
        z = z ^ (z >> 31 & low)
        words = array("Q", z.to_bytes(16 * lanes, "little"))
        stream += words[::2].tobytes()
    return words_of(stream)[:count]


def words_of(octets):
    """Little-endian bytes, 8 a number, as numbers."""
    words = array("Q", bytes(octets))
    if sys.byteorder == "big":
        words.byteswap()
    return words


def part_seed(seed, part):
    """The seed of one part (a file, a request) of an input."""
    rotated = (part << 32 | part >> 32) & MASK
    return mixed((seed ^ rotated) + GOLDEN & MASK)


def digest(answer):
    """The numbers of an answer as one number."""
    state = 0
    for number in answer:
        # As `mixed`, without a call for each of millions.
        z = (state ^ number) + GOLDEN & MASK
        z = (z ^ (z >> 30)) * FIRST & MASK
        z = (z ^ (z >> 27)) * SECOND & MASK
        state = z ^ (z >> 31)
    return state


# ----------------------------------------------------------------- kernels

# What one task works on: consecutive items of the input.
Part = namedtuple("Part", "task begin end")


class Job:
    """An input: whatever fields its workload gives it."""

    def __init__(self, **fields):
        self.__dict__.update(fields)


def split(length, grain, count):
    """At most `count` parts of whole grains, as equal as grains allow."""
    grains = -(-length // grain)
    count = min(count, grains)
    cuts = [part * grains // count * grain for part in range(count)]
    cuts.append(length)
    return [Part(*part) for part in zip(range(count), cuts, cuts[1:])]


def parts(job, count):
    """The list of `max`, `double` or `join` in parts."""
    return split(len(job.list), job.grain, count)


def whole(job, task):
    return Part(task, 0, len(job.list))


def sent(job, part):
    """What another process needs for a part: those numbers, and no more."""
    own = Job(list=job.list[part.begin:part.end], grain=job.grain)
    return own, whole(own, part.task)


def largest(job, part):
    """The largest number of a part; None if it is empty."""
    most = None
    with computing(part.task) as look:
        step = grain(job.grain, 2048)
        for begin in range(part.begin, part.end, step):
            found = max(job.list[begin:min(begin + step, part.end)])
            most = found if most is None or found > most else most
            look()
    return most


def twice(job, part):
    """Every number of a part times two."""
    piece = array("Q")
    with computing(part.task) as look:
        step = grain(job.grain, 1024)
        for begin in range(part.begin, part.end, step):
            of = job.list[begin:min(begin + step, part.end)]
            piece.extend([number * 2 for number in of])
            look()
    return piece


def top(found):
    """The largest of what the parts found."""
    return max((most for most in found if most is not None), default=None)


# Units of compute, of waiting, and of compute, for each subtask.
PLAN = [(1, 3, 1), (1, 1, 1), (2, 0, 0)]
# How many numbers the server answers a subtask with.
COUNT = 512
# How many slices a unit of compute has.
LOOKS = 64
TRACED_ROUNDS = 800

# "Answer this after this delay": microseconds, seed and count.
Request = namedtuple("Request", "delay seed count")


def churn(state, rounds):
    """A chain of multiplications in which each needs the one before."""
    for _ in range(rounds):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
    return state


def units(job, task, state, count):
    with computing(task) as look:
        left = count * job.rounds
        step = grain(max(job.rounds // LOOKS, 1), TRACED_ROUNDS)
        while left > 0:
            state = churn(state, min(step, left))
            left -= step
            look()
    return state


def before(job, task):
    """The compute of a subtask before its wait."""
    return units(job, task, part_seed(job.seed, task), PLAN[task][0])


def request(job, task):
    """What a subtask waits for, if anything."""
    waits = PLAN[task][1]
    if waits == 0:
        return None
    return Request(waits * job.unit, part_seed(job.seed, task), COUNT)


def after(job, task, state, reply):
    """The compute after the wait, with the reply."""
    state ^= max(words_of(reply), default=0)
    after = PLAN[task][2]
    return units(job, task, state, after) if after else state


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
        trace = TRACE
        begin = trace.now() if trace else 0
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
        if trace:
            trace.waited(task, begin, begin + request.delay * 1000)
        return reply


def subtask(job, task):
    state, reply = before(job, task), b""
    asked = request(job, task)
    if asked:
        with Connection(job.address) as connection:
            reply = connection.exchange(asked, task)
    return after(job, task, state, reply)


def decode(index, reply):
    """The largest number of a reply."""
    with computing(index):
        return max(words_of(reply), default=0)


def fetch(job, indices):
    """Requests one after the other on one connection, each with its number."""
    found = []
    with Connection(job.address) as connection:
        for index in indices:
            reply = connection.exchange(job.requests[index], index)
            found.append((index, decode(index, reply)))
    return found


def in_order(found):
    """The largest numbers of all requests, by the requests' numbers."""
    return [most for _, most in sorted(chain.from_iterable(found))]


def load(path):
    with open(path, "rb") as file:
        return file.read()


def parse(task, text):
    """The largest of the decimal numbers in a text, one a line."""
    most = 0
    with computing(task) as look:
        lines = text.split()
        step = grain(len(lines) or 1, 1000)
        for begin in range(0, len(lines), step):
            most = max(most, max(map(int, lines[begin:begin + step])))
            look()
    return most


def read(job, part):
    """The largest number of each file of a part."""
    found = []
    for path in job.paths[part.begin:part.end]:
        begin = TRACE.now() if TRACE else 0
        text = load(path)
        if TRACE:
            TRACE.record(part.task, "io", begin, TRACE.now())
        found.append(parse(part.task, text))
    return found


SHARDS = 16


class Number:
    """A number that is shared by threads."""

    def __init__(self):
        self.value = 0


def totals():
    """Numbers to add to, each with its lock."""
    return [(threading.Lock(), Number()) for _ in range(SHARDS)]


def add(job, task, totals):
    """All additions of one task, each on its own."""
    lock, number = totals[task % SHARDS if job.form == "sharded" else 0]
    with computing(task) as look:
        step = grain(job.grain, 200)
        for begin in range(0, job.adds, step):
            ADD[job.form](lock, number, min(step, job.adds - begin))
            look()


def add_locked(lock, number, adds):
    for _ in range(adds):
        with lock:
            number.value += 1


def add_unlocked(_, number, adds):
    """Reads, adds and writes: an addition in between gets lost."""
    for _ in range(adds):
        number.value += 1


def add_apart(_, number, adds):
    """The same with a call in between, where threads may change."""
    for _ in range(adds):
        value = number.value
        nothing()
        number.value = value + 1


ADD = {
    "lock": add_locked,
    "sharded": add_locked,
    "unlocked": add_unlocked,
    "apart": add_apart,
}


def total(totals):
    """What was added, once all tasks are joined."""
    return sum(number.value for _, number in totals)


def add_alone(job, task):
    """All additions of one task to a number that nobody else has."""
    own = totals()
    add(job, task, own)
    return total(own)


def no_atomic(job):
    if job.form == "atomic":
        why = "Python has no atomic integers: an addition is three steps"
        raise unsupported(why)


def play(job, side, send, receive):
    """One of two players: sends the even hops, or the odd ones."""
    arrived, latencies = [], []
    for hop in range(job.hops):
        if hop % 2 == side:
            send((hop, time.monotonic_ns()))
        else:
            token, sent = receive()
            latencies.append(time.monotonic_ns() - sent)
            expect(token, hop)
            arrived.append(token)
    return len(arrived), sum(arrived), latencies


def expect(token, hop):
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


def empty(task):
    """An empty task: its own number, so that the sum tells who ran."""
    if TRACE:
        with computing(task):
            return task
    return task


def fib(n):
    """The recursion that models fork, without a fork."""
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def forks(n):
    a, b = 0, 1
    for _ in range(n + 1):
        a, b = b, a + b
    return a - 1


# What stands above is all that another interpreter needs; what is imported
# below is not made for several in one process on every version.
# ------------------------------------------------------------------ inputs

import asyncio  # noqa: E402
import heapq  # noqa: E402
import multiprocessing  # noqa: E402
import queue  # noqa: E402
import resource  # noqa: E402
import selectors  # noqa: E402
import signal  # noqa: E402
import tempfile  # noqa: E402
from concurrent.futures import (  # noqa: E402
    BrokenExecutor,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from multiprocessing import resource_tracker  # noqa: E402

# Processes are forked: a new one cannot import a script that is no file.
FORK = multiprocessing.get_context("fork")
MOST_NUMBERS = 1 << 20
# Above this many threads the system refuses sooner or later.
MOST_THREADS = 10_000
# Each fork of a recursion would be a thread that waits.
MOST_FORKS = 2_000


def die_with_parent():
    """Asks the system to kill this process when its parent ends; where that
    cannot be asked, the end of the socket and the process group remain."""
    try:
        import ctypes
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except (ImportError, OSError, AttributeError):
        pass


def forget_socket():
    """The socket is for the worker alone, not for what it forks."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)


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
                forget_socket()
                SOCKET.close()
                die_with_parent()
                serve(listener, parent)
            finally:
                os._exit(0)
        listener.close()

    def end(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


class Client:
    """A connection of the server: what has come, and what is to go."""

    def __init__(self, stream):
        self.stream, self.received, self.answer = stream, b"", b""


def serve(listener, parent):
    listener.setblocking(False)
    selector, due, order = selectors.DefaultSelector(), [], 0
    selector.register(listener, selectors.EVENT_READ)
    # Whoever started it may be killed, and then tells nobody.
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


class Temporary:
    """Files in a folder that goes with the input."""

    def __init__(self, files, octets, seed):
        self.folder = tempfile.TemporaryDirectory()
        self.paths = []
        for file in range(files):
            path = os.path.join(self.folder.name, f"{file}.txt")
            with open(path, "wb") as to:
                to.write(lines(octets, part_seed(seed, file)))
            self.paths.append(path)


def lines(octets, seed):
    """Lines of decimal numbers that fill so many bytes exactly."""
    count = octets // 16 + 8
    while True:
        found = numbers(seed, count)
        text = "".join(f"{number >> 1}\n" for number in found).encode()
        if len(text) >= octets:
            return text[:octets]
        count *= 2


def nanos(duration):
    return duration["secs"] * 10**9 + duration["nanos"]


def afford(octets):
    """Refuses an input that memory does not hold."""
    with open("/proc/meminfo") as file:
        for line in file:
            if line.startswith("MemAvailable:"):
                if octets > int(line.split()[1]) * 1024:
                    why = f"{octets} bytes are more than are free"
                    raise Refused("resource", why)


def rounds_per_nano():
    """How many rounds of `churn` are made in a nanosecond, at the best."""
    def try_once(state):
        begin = time.perf_counter_ns()
        churn(state, 1 << 13)
        return time.perf_counter_ns() - begin

    return (1 << 13) / min(try_once(state) for state in range(9))


def server_of(size):
    """The server that the size names, or else this worker's own."""
    if size.get("server") is None:
        return WORKER.server.address
    host, port = size["server"].rsplit(":", 1)
    return host.strip("[]"), int(port)


def list_input(size, seed):
    if size["grain"] == 0:
        raise invalid("a grain of zero")
    afford(size["len"] * 24)
    job = Job(list=array("Q"), grain=size["grain"])
    # In stretches, since all at once would need several times the memory.
    stretch = 1 << 18
    for first in range(0, size["len"], stretch):
        count = min(stretch, size["len"] - first)
        some = numbers((seed + first * GOLDEN) & MASK, count)
        job.list.extend([number >> 1 for number in some])
    return job


def subtasks_input(size, seed):
    unit, rounds = nanos(size["unit"]), size.get("rounds")
    if rounds is None:
        rounds = int(unit * rounds_per_nano())
    if rounds > 10**12:
        raise invalid(f"a unit of {unit} ns")
    address = server_of(size)
    return Job(address=address, seed=seed, unit=unit // 1000, rounds=rounds)


def fetch_input(size, seed):
    requests, count = size["requests"], size["count"]
    if size["in_flight"] == 0:
        raise invalid("no request may be in flight")
    if count > MOST_NUMBERS:
        raise invalid(f"arrays of more than {MOST_NUMBERS} numbers")
    afford(requests * 512 + min(requests, size["in_flight"]) * count * 16)
    delay = nanos(size["delay"]) // 1000
    asked = [
        Request(delay, part_seed(seed, index), count)
        for index in range(requests)
    ]
    in_flight = min(size["in_flight"], requests)
    address = server_of(size)
    return Job(address=address, requests=asked, in_flight=in_flight)


def read_input(size, seed):
    afford(size["files"] * max(size["bytes"], 256))
    kept = Temporary(size["files"], size["bytes"], seed)
    return Job(kept=kept, paths=kept.paths)


def counter_input(size, _seed):
    if size["grain"] == 0:
        raise invalid("a grain of zero")
    if size["form"] not in ("lock", "atomic", "sharded", "unlocked", "apart"):
        raise invalid(f"no form is called {size['form']}")
    if size["tasks"] * size["adds"] > MASK:
        raise invalid("so many additions overflow")
    return Job(**size)


def event_input(size, _seed):
    afford(size["hops"] * 64)
    return Job(**size)


def spawn_input(size, _seed):
    afford(size["tasks"] * 512)
    return Job(**size)


def fib_input(size, _seed):
    if size["n"] > 93:
        raise invalid(f"fib({size['n']}) does not fit 64 bits")
    return Job(**size)


INPUTS = {
    "max": list_input,
    "double": list_input,
    "join": list_input,
    "subtasks": subtasks_input,
    "fetch": fetch_input,
    "read": read_input,
    "counter": counter_input,
    "event": event_input,
    "spawn": spawn_input,
    "fib": fib_input,
}

# The numbers of an answer, in order.
NUMBERS = {
    "max": lambda most: [] if most is None else [most],
    "double": chain.from_iterable,
    "join": lambda both: chain(
        [] if both[0] is None else [both[0]], *both[1]
    ),
    "subtasks": list,
    "fetch": list,
    "read": list,
    "counter": lambda total: [total],
    "event": lambda relay: relay[:2],
    "spawn": lambda total: [total],
    "fib": lambda value: [value],
}

# ------------------------------------------------------------------ models


def join_all(tasks):
    """The results in order, once all have ended, or else the first error."""
    results, failed = [], None
    for task in tasks:
        try:
            results.append(task.result())
        except Exception as error:
            failed = failed or error
    if failed:
        raise failed
    return results


def present(arrived):
    """The system's number of this thread, once the others are here too."""
    arrived.wait(PATIENCE)
    return threading.get_native_id()


def handed_out(indices, takers):
    """A queue of numbers, and an end for each who takes from it."""
    todo = queue.SimpleQueue()
    for index in chain(indices, [None] * takers):
        todo.put(index)
    return todo


class Sequential:
    """python-sequential: one thread, one thing after the other.

    - share: nothing
    - start: a call
    - wait: the thread waits, and nothing else happens
    - join: the call returns
    """

    lane, turns = "main", None

    def __init__(self, _workers):
        self.workers = 1

    def threads(self):
        return [threading.get_native_id()]

    def max(self, job):
        return top([largest(job, part) for part in parts(job, self.workers)])

    def double(self, job):
        return [twice(job, part) for part in parts(job, self.workers)]

    def join(self, job):
        return largest(job, whole(job, 0)), [twice(job, whole(job, 1))]

    def subtasks(self, job):
        return [subtask(job, task) for task in range(len(PLAN))]

    def fetch(self, job):
        return in_order([fetch(job, range(len(job.requests)))])

    def read(self, job):
        return read(job, Part(0, 0, len(job.paths)))

    def counter(self, job):
        no_atomic(job)
        shared = totals()
        for task in range(job.tasks):
            add(job, task, shared)
        return total(shared)

    def event(self, job):
        latencies = []
        for hop in range(job.hops):
            sent = time.monotonic_ns()
            latencies.append(time.monotonic_ns() - sent)
        return job.hops, sum(range(job.hops)), latencies

    def spawn(self, job):
        return sum([empty(task) for task in range(job.tasks)])

    def fib(self, job):
        return fib(job.n)

    def close(self):
        pass


class Task(threading.Thread):
    """A thread that keeps what its work returned or raised: `join` would tell
    neither."""

    def __init__(self, work, *args):
        super().__init__(daemon=True)
        self.work, self.args, self.value, self.error = work, args, None, None
        self.asked = TRACE.now() if TRACE else None

    def run(self):
        try:
            self.value = self.work(*self.args)
        except BaseException as error:
            self.error = error

    def result(self):
        self.join()
        if self.error:
            raise self.error
        return self.value


def start(work, *args):
    """Starts a thread for a task."""
    task = Task(work, *args)
    task.start()
    return task


def affordable(threads):
    if threads > MOST_THREADS:
        why = f"a thread each for {threads} tasks; at most {MOST_THREADS}"
        raise unsupported(why)


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


class Threads:
    """python-threads: a threading.Thread for each task.

    - share: every thread sees the same objects
    - start: a thread of the system for each task
    - wait: a thread that waits lets go of the GIL
    - join: the threads are joined in order
    """

    lane, turns = "thread", "threads"

    def __init__(self, workers):
        self.workers = workers

    def threads(self):
        arrived = threading.Barrier(self.workers)
        threads = [start(present, arrived) for _ in range(self.workers)]
        return join_all(threads)

    def max(self, job):
        threads = [
            start(largest, job, part) for part in parts(job, self.workers)
        ]
        return top(join_all(threads))

    def double(self, job):
        threads = [
            start(twice, job, part) for part in parts(job, self.workers)
        ]
        return join_all(threads)

    def join(self, job):
        most = start(largest, job, whole(job, 0))
        piece = start(twice, job, whole(job, 1))
        most, piece = join_all([most, piece])
        return most, [piece]

    def subtasks(self, job):
        threads = [start(subtask, job, task) for task in range(len(PLAN))]
        return join_all(threads)

    def fetch(self, job):
        affordable(job.in_flight)
        todo = handed_out(range(len(job.requests)), job.in_flight)
        threads = [
            start(fetch, job, iter(todo.get, None))
            for _ in range(job.in_flight)
        ]
        return in_order(join_all(threads))

    def read(self, job):
        files = split(len(job.paths), 1, self.workers)
        threads = [start(read, job, part) for part in files]
        return list(chain(*join_all(threads)))

    def counter(self, job):
        no_atomic(job)
        affordable(job.tasks)
        shared = totals()
        threads = [start(add, job, task, shared) for task in range(job.tasks)]
        join_all(threads)
        return total(shared)

    def event(self, job):
        slots = [Slot(), Slot()]
        threads = [
            start(play, job, side, slots[1 - side].put, slots[side].get)
            for side in range(2)
        ]
        return relay(join_all(threads))

    def spawn(self, job):
        affordable(job.tasks)
        threads = [start(empty, task) for task in range(job.tasks)]
        return sum(join_all(threads))

    def fib(self, job):
        if forks(job.n) > MOST_FORKS:
            why = f"a thread each for {forks(job.n)} forks, most of which wait"
            raise unsupported(f"{why}; at most {MOST_FORKS}")
        return fib_in_threads(job.n)

    def close(self):
        pass


def fib_in_threads(n):
    if n < 2:
        return n
    left = start(fib_in_threads, n - 1)
    right = fib_in_threads(n - 2)
    return left.result() + right


class ThreadPool:
    """python-thread-pool: concurrent.futures.ThreadPoolExecutor.

    - share: every thread sees the same objects
    - start: a work item in the queue of the pool
    - wait: a thread that waits lets go of the GIL, and takes no other item
    - join: the futures' results in order
    """

    lane, turns = "thread", "threads"

    def __init__(self, workers):
        self.workers = workers
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="lane")

    def threads(self):
        arrived = threading.Barrier(self.workers)
        futures = [
            self.pool.submit(present, arrived) for _ in range(self.workers)
        ]
        return join_all(futures)

    def max(self, job):
        futures = [
            self.pool.submit(largest, job, part)
            for part in parts(job, self.workers)
        ]
        return top(join_all(futures))

    def double(self, job):
        futures = [
            self.pool.submit(twice, job, part)
            for part in parts(job, self.workers)
        ]
        return join_all(futures)

    def join(self, job):
        most = self.pool.submit(largest, job, whole(job, 0))
        piece = self.pool.submit(twice, job, whole(job, 1))
        most, piece = join_all([most, piece])
        return most, [piece]

    def subtasks(self, job):
        futures = [
            self.pool.submit(subtask, job, task) for task in range(len(PLAN))
        ]
        return join_all(futures)

    def fetch(self, job):
        at_once = min(self.workers, job.in_flight)
        todo = handed_out(range(len(job.requests)), at_once)
        futures = [
            self.pool.submit(fetch, job, iter(todo.get, None))
            for _ in range(at_once)
        ]
        return in_order(join_all(futures))

    def read(self, job):
        files = split(len(job.paths), 1, self.workers)
        futures = [self.pool.submit(read, job, part) for part in files]
        return list(chain(*join_all(futures)))

    def counter(self, job):
        no_atomic(job)
        shared = totals()
        futures = [
            self.pool.submit(add, job, task, shared)
            for task in range(job.tasks)
        ]
        join_all(futures)
        return total(shared)

    def event(self, job):
        two_players(self.workers)
        slots = [Slot(), Slot()]
        futures = [
            self.pool.submit(
                play, job, side, slots[1 - side].put, slots[side].get
            )
            for side in range(2)
        ]
        return relay(join_all(futures))

    def spawn(self, job):
        futures = [self.pool.submit(empty, task) for task in range(job.tasks)]
        return sum(join_all(futures))

    def fib(self, job):
        raise waits_for_itself()

    def close(self):
        self.pool.shutdown()


def two_players(workers):
    if workers < 2:
        why = "two players who wait for each other need two workers"
        raise unsupported(why)


def waits_for_itself():
    return unsupported(
        "a task that waits for its halves keeps its worker, so that a pool "
        "whose workers all wait would wait for itself"
    )


# What forked processes share, if this is one of them.
SHARED = None


def forked(shared):
    """What a process of the pool does first."""
    global SHARED, TRACE
    SHARED, TRACE = shared, None
    forget_socket()
    SOCKET.close()
    die_with_parent()


def present_process():
    SHARED.arrived.wait(PATIENCE)
    return os.getpid()


def add_shared(job, task):
    add(job, task, SHARED.totals)


def play_shared(job, side):
    end = SHARED.ends[side]
    return play(job, side, end.send, end.recv)


class ProcessPool:
    """python-process-pool: concurrent.futures.ProcessPoolExecutor.

    - share: nothing but what was made before the processes were forked
    - start: a work item, pickled with its input, in the queue of the pool
    - wait: a process waits, and the others go on
    - join: the futures' results in order, pickled there and unpickled here
    """

    lane, turns = "process", None

    def __init__(self, workers):
        self.workers = workers
        self.pool = None
        self.open()

    def open(self):
        values = [FORK.Value("Q") for _ in range(SHARDS)]
        self.shared = Job(
            arrived=FORK.Barrier(self.workers),
            totals=[(value.get_lock(), value.get_obj()) for value in values],
            ends=FORK.Pipe(),
        )
        self.pool = ProcessPoolExecutor(
            self.workers, FORK, initializer=forked, initargs=(self.shared,)
        )
        self.processes = self.threads()

    def submit(self, work, *args):
        origin = TRACE.origin if TRACE else None
        try:
            return self.pool.submit(apart, origin, work, *args)
        except BrokenExecutor:
            # A pool takes nothing any more once one of its processes died.
            self.close()
            self.open()
            return self.pool.submit(apart, origin, work, *args)

    def join_all(self, futures):
        return joined(futures)

    def threads(self):
        futures = [self.submit(present_process) for _ in range(self.workers)]
        return self.join_all(futures)

    def max(self, job):
        futures = [
            self.submit(largest, *sent(job, part))
            for part in parts(job, self.workers)
        ]
        return top(self.join_all(futures))

    def double(self, job):
        futures = [
            self.submit(twice, *sent(job, part))
            for part in parts(job, self.workers)
        ]
        return self.join_all(futures)

    def join(self, job):
        most = self.submit(largest, *sent(job, whole(job, 0)))
        piece = self.submit(twice, *sent(job, whole(job, 1)))
        most, piece = self.join_all([most, piece])
        return most, [piece]

    def subtasks(self, job):
        futures = [
            self.submit(subtask, job, task) for task in range(len(PLAN))
        ]
        return self.join_all(futures)

    def fetch(self, job):
        at_once = min(self.workers, job.in_flight)
        futures = [
            self.submit(fetch, job, range(first, len(job.requests), at_once))
            for first in range(at_once)
        ]
        return in_order(self.join_all(futures))

    def read(self, job):
        files = split(len(job.paths), 1, self.workers)
        own = Job(paths=job.paths)
        futures = [self.submit(read, own, part) for part in files]
        return list(chain(*self.join_all(futures)))

    def counter(self, job):
        no_atomic(job)
        for _, number in self.shared.totals:
            number.value = 0
        futures = [
            self.submit(add_shared, job, task) for task in range(job.tasks)
        ]
        self.join_all(futures)
        return total(self.shared.totals)

    def event(self, job):
        two_players(self.workers)
        futures = [self.submit(play_shared, job, side) for side in range(2)]
        return relay(self.join_all(futures))

    def spawn(self, job):
        futures = [self.submit(empty, task) for task in range(job.tasks)]
        return sum(self.join_all(futures))

    def fib(self, job):
        raise waits_for_itself()

    def close(self):
        self.pool.shutdown()


def joined(futures):
    """The results of work that was done apart; its spans are kept."""
    values = []
    for value, spans in join_all(futures):
        values.append(value)
        if TRACE:
            TRACE.spans.extend(spans)
    return values


async def gather(coroutines):
    """A task for each coroutine; their results in order."""
    if sys.version_info < (3, 11):
        return await asyncio.gather(*coroutines)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(coroutine) for coroutine in coroutines]
    return [task.result() for task in tasks]


async def to_thread(work, *args):
    """asyncio.to_thread, which came with 3.9."""
    if sys.version_info < (3, 9):
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, work, *args)
    return await asyncio.to_thread(work, *args)


class Streams:
    """A connection that a coroutine waits for; opened by its first request."""

    def __init__(self, address):
        self.address, self.reader, self.writer = address, None, None

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        if self.writer:
            self.writer.close()
            await self.writer.wait_closed()

    async def exchange(self, request, task):
        begin = TRACE.now() if TRACE else 0
        if self.reader is None:
            streams = await asyncio.open_connection(*self.address)
            self.reader, self.writer = streams
        self.writer.write(struct.pack("<3Q", *request))
        reply = await self.reader.readexactly(request.count * 8)
        if TRACE:
            # Due at the latest by then: the loop had something else to do.
            due = begin + request.delay * 1000
            TRACE.waited(task, begin, due, attached=False)
        return reply


class Asyncio:
    """python-asyncio: coroutines in one event loop.

    - share: every coroutine sees the same objects, and none is interrupted
    - start: a task of the loop
    - wait: a coroutine that awaits gives the loop back
    - join: a task group, or asyncio.gather before 3.11
    """

    lane, turns = "event loop", "coroutines"

    def __init__(self, _workers):
        self.workers = 1
        self.loop = asyncio.new_event_loop()
        # Locks and events of 3.8 and 3.9 take the loop that is set.
        asyncio.set_event_loop(self.loop)

    def threads(self):
        return [threading.get_native_id()]

    def max(self, job):
        async def run(part):
            return largest(job, part)

        tasks = [run(part) for part in parts(job, self.workers)]
        return top(self.run(tasks))

    def double(self, job):
        async def run(part):
            return twice(job, part)

        return self.run([run(part) for part in parts(job, self.workers)])

    def join(self, job):
        async def run(work, task):
            return work(job, whole(job, task))

        most, piece = self.run([run(largest, 0), run(twice, 1)])
        return most, [piece]

    def subtasks(self, job):
        async def run(task):
            state, reply = before(job, task), b""
            asked = request(job, task)
            if asked:
                async with Streams(job.address) as streams:
                    reply = await streams.exchange(asked, task)
            return after(job, task, state, reply)

        return self.run([run(task) for task in range(len(PLAN))])

    def fetch(self, job):
        # Coroutines take turns at awaits only, so that no lock is needed.
        todo = iter(range(len(job.requests)))

        async def run():
            found = []
            async with Streams(job.address) as streams:
                for index in todo:
                    reply = await streams.exchange(job.requests[index], index)
                    found.append((index, decode(index, reply)))
            return found

        return in_order(self.run([run() for _ in range(job.in_flight)]))

    def read(self, job):
        async def run(part):
            found = []
            for path in job.paths[part.begin:part.end]:
                begin = TRACE.now() if TRACE else 0
                # The loop has no files: a thread waits for them.
                text = await to_thread(load, path)
                if TRACE:
                    end = TRACE.now()
                    TRACE.record(part.task, "io", begin, end, attached=False)
                found.append(parse(part.task, text))
            return found

        files = split(len(job.paths), 1, self.workers)
        return list(chain(*self.run([run(part) for part in files])))

    def counter(self, job):
        no_atomic(job)
        totals = [(asyncio.Lock(), Number()) for _ in range(SHARDS)]

        async def run(task):
            sharded = job.form == "sharded"
            lock, number = totals[task % SHARDS if sharded else 0]
            with computing(task):
                for _ in range(job.adds):
                    if job.form == "unlocked":
                        number.value += 1
                    elif job.form == "apart":
                        value = number.value
                        # Without an await here nothing could get lost.
                        await asyncio.sleep(0)
                        number.value = value + 1
                    else:
                        async with lock:
                            number.value += 1

        self.run([run(task) for task in range(job.tasks)])
        return total(totals)

    def event(self, job):
        async def run(side):
            arrived, latencies = [], []
            for hop in range(job.hops):
                if hop % 2 == side:
                    tokens[1 - side] = (hop, time.monotonic_ns())
                    filled[1 - side].set()
                else:
                    await filled[side].wait()
                    filled[side].clear()
                    token, sent = tokens[side]
                    latencies.append(time.monotonic_ns() - sent)
                    expect(token, hop)
                    arrived.append(token)
            return len(arrived), sum(arrived), latencies

        tokens, filled = [None, None], [asyncio.Event(), asyncio.Event()]
        return relay(self.run([run(side) for side in range(2)]))

    def spawn(self, job):
        async def run(task):
            return empty(task)

        return sum(self.run([run(task) for task in range(job.tasks)]))

    def fib(self, job):
        async def run(n):
            if n < 2:
                return n
            left = asyncio.create_task(run(n - 1))
            right = await run(n - 2)
            return await left + right

        if job.n > 40:
            raise unsupported(f"{forks(job.n)} tasks, most of them waiting")
        return self.run([run(job.n)])[0]

    def run(self, coroutines):
        return self.loop.run_until_complete(gather(coroutines))

    def close(self):
        self.loop.close()


def own_gils():
    if sys.version_info < (3, 12):
        version = ".".join(map(str, sys.version_info[:2]))
        why = "from 3.12 on interpreters have a GIL each"
        raise unsupported(f"this is Python {version}; {why}")


class Interpreter:
    """An interpreter with a GIL of its own, as each version has it."""

    def __init__(self):
        if sys.version_info >= (3, 14):
            from concurrent import interpreters
            self.own = interpreters.create()
        elif sys.version_info >= (3, 13):
            import _interpreters as interpreters
            self.own = interpreters.create("isolated")
        else:
            import _xxsubinterpreters as interpreters
            self.own = interpreters.create(isolated=True)
        self.api = interpreters

    def run(self, code, **shared):
        """Runs code there, with these bytes and numbers as its globals."""
        if sys.version_info >= (3, 14):
            self.own.prepare_main(**shared)
            self.own.exec(code)
            return
        # 3.12 raises what goes wrong there, and 3.13 returns it.
        failed = self.api.run_string(self.own, code, shared)
        if failed is not None:
            raise RuntimeError(failed.formatted)


def kernels():
    """The text of this script down to where the interpreters' part ends."""
    script = sys.orig_argv[sys.orig_argv.index("-c") + 1]
    end = "# What stands above is all that another interpreter needs"
    return script[:script.index("\n" + end)]


class InterpreterPool(ThreadPoolExecutor):
    """A pool of threads with an interpreter each, as
    concurrent.futures.InterpreterPoolExecutor has them from 3.14 on."""

    def __init__(self, workers):
        self.local = threading.local()
        super().__init__(workers, "interpreter", self.open)

    def open(self):
        self.local.answer = os.memfd_create("answer")
        self.local.interpreter = Interpreter()
        self.local.interpreter.run(kernels())

    def here(self, work, *args):
        """Work for a thread of the pool itself."""
        return super().submit(work, *args)

    def submit(self, work, *args):
        message = pickle.dumps((work, args), pickle.HIGHEST_PROTOCOL)
        return super().submit(self.call, message)

    def call(self, message):
        own = self.local
        code = "reply(message, answer)"
        own.interpreter.run(code, message=message, answer=own.answer)
        with open(own.answer, "rb", closefd=False) as file:
            file.seek(0)
            right, value = pickle.loads(file.read())
        if not right:
            raise Refused(value["kind"], value["message"])
        return value


class Subinterpreters:
    """python-subinterpreters: a thread for each of several interpreters.

    - share: nothing; bytes are copied
    - start: a work item, pickled with its input, in the queue of the pool
    - wait: a thread waits, and the others go on: each has its own GIL
    - join: the futures' results in order, pickled there and unpickled here
    """

    lane, turns = "interpreter", None

    def __init__(self, workers):
        own_gils()
        self.workers = workers
        self.pool = InterpreterPool(workers)

    def submit(self, work, *args):
        origin = TRACE.origin if TRACE else None
        return self.pool.submit(apart, origin, work, *args)

    def join_all(self, futures):
        return joined(futures)

    def threads(self):
        arrived = threading.Barrier(self.workers)
        futures = [
            self.pool.here(present, arrived) for _ in range(self.workers)
        ]
        return join_all(futures)

    def max(self, job):
        futures = [
            self.submit(largest, *sent(job, part))
            for part in parts(job, self.workers)
        ]
        return top(self.join_all(futures))

    def double(self, job):
        futures = [
            self.submit(twice, *sent(job, part))
            for part in parts(job, self.workers)
        ]
        return self.join_all(futures)

    def join(self, job):
        most = self.submit(largest, *sent(job, whole(job, 0)))
        piece = self.submit(twice, *sent(job, whole(job, 1)))
        most, piece = self.join_all([most, piece])
        return most, [piece]

    def subtasks(self, job):
        futures = [
            self.submit(subtask, job, task) for task in range(len(PLAN))
        ]
        return self.join_all(futures)

    def fetch(self, job):
        at_once = min(self.workers, job.in_flight)
        futures = [
            self.submit(fetch, job, range(first, len(job.requests), at_once))
            for first in range(at_once)
        ]
        return in_order(self.join_all(futures))

    def read(self, job):
        files = split(len(job.paths), 1, self.workers)
        own = Job(paths=job.paths)
        futures = [self.submit(read, own, part) for part in files]
        return list(chain(*self.join_all(futures)))

    def counter(self, job):
        no_atomic(job)
        if job.form != "sharded":
            why = "interpreters share no number, and no lock to guard one"
            raise unsupported(why)
        futures = [
            self.submit(add_alone, job, task) for task in range(job.tasks)
        ]
        return sum(self.join_all(futures))

    def event(self, job):
        two_players(self.workers)
        pipes = [os.pipe(), os.pipe()]
        try:
            ends = [(pipes[0][0], pipes[1][1]), (pipes[1][0], pipes[0][1])]
            futures = [
                self.submit(play_in_pipes, job, side, *ends[side])
                for side in range(2)
            ]
            return relay(self.join_all(futures))
        finally:
            for end in chain(*pipes):
                os.close(end)

    def spawn(self, job):
        futures = [self.submit(empty, task) for task in range(job.tasks)]
        return sum(self.join_all(futures))

    def fib(self, job):
        raise waits_for_itself()

    def close(self):
        self.pool.shutdown()


MODELS = {
    "python-sequential": Sequential,
    "python-threads": Threads,
    "python-thread-pool": ThreadPool,
    "python-process-pool": ProcessPool,
    "python-asyncio": Asyncio,
    "python-subinterpreters": Subinterpreters,
}

# ---------------------------------------------------------------- exhibits


def calibrate(asked):
    """How many rounds of `churn` take so long."""
    return [int(asked["unit_ns"] * rounds_per_nano())]


def warm_pool(kind, workers):
    """A pool whose workers have all started."""
    if kind == "subinterpreters":
        pool = InterpreterPool(workers)
        arrived = threading.Barrier(workers)
        join_all([pool.here(present, arrived) for _ in range(workers)])
        return pool
    if kind == "threads":
        pool, arrived = ThreadPoolExecutor(workers), threading.Barrier(workers)
        join_all([pool.submit(present, arrived) for _ in range(workers)])
        return pool
    forkable()
    shared = Job(arrived=FORK.Barrier(workers))
    pool = ProcessPoolExecutor(
        workers, FORK, initializer=forked, initargs=(shared,)
    )
    join_all([pool.submit(present_process) for _ in range(workers)])
    return pool


def cpu(asked):
    """Wall time of so many rounds, split over so many workers."""
    return where_it_fits(split_cpu, asked)


def gain(asked):
    """Wall time of so many rounds split over all workers of a pool, over that
    of the same rounds in one of them, so many times.

    A machine may be fast now and slow in half a second: one, all, all, one
    come close together, and the machine's drift cancels.
    """
    return where_it_fits(ratios_of_cpu, asked)


def where_it_fits(work, asked):
    """Interpreters are made in a forked child, so that this process can still
    be forked afterwards."""
    if asked["with"] == "subinterpreters":
        own_gils()
        if not isinstance(WORKER.model, Subinterpreters):
            own = {"initializer": forked, "initargs": (None,)}
            with ProcessPoolExecutor(1, FORK, **own) as pool:
                return pool.submit(work, asked).result()
    return work(asked)


def ratios_of_cpu(asked):
    workers, rounds = int(asked["workers"]), int(asked["rounds"])
    with warm_pool(asked["with"], workers) as pool:

        def wall(count):
            begin = time.perf_counter_ns()
            join_all([
                pool.submit(churn, part.task, part.end - part.begin)
                for part in split(rounds, 1, count)
            ])
            return time.perf_counter_ns() - begin

        wall(workers)
        ratios = []
        for _ in range(int(asked["count"])):
            one, many = wall(1), wall(workers) + wall(workers)
            ratios.append(many / (one + wall(1)))
        return ratios


def forkable():
    if isinstance(WORKER.model, Subinterpreters):
        why = "a process with several interpreters cannot be forked on 3.13"
        raise unsupported(f"{why}: ask a worker of another model")


def split_cpu(asked):
    workers, rounds = int(asked["workers"]), int(asked["rounds"])
    with warm_pool(asked["with"], workers) as pool:
        # After a pause Linux leaves all workers on one core for some 40 ms:
        # a part of the work comes first, and is not timed.
        for share in (rounds // 3, rounds):
            begin = time.perf_counter_ns()
            join_all([
                pool.submit(churn, part.task, part.end - part.begin)
                for part in split(share, 1, workers)
            ])
            wall = time.perf_counter_ns() - begin
        return [wall]


def a_gil():
    if not has_gil():
        raise unsupported("this interpreter has no GIL to wait for")


@contextmanager
def switching_every(interval):
    """The interval after which a thread that waits asks for the GIL."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(interval)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def slices(asked):
    """How long threads that only compute ran before they lost the GIL: each
    reads the clock and signs again and again, and finds another's signature
    where it had to wait. (A gap in the readings may be the system's.)"""
    a_gil()
    end = time.perf_counter_ns() + int(asked["seconds"] * 1e9)
    signed = [None]

    def run(own):
        begin = last = time.perf_counter_ns()
        found = []
        while last < end:
            now = time.perf_counter_ns()
            if signed[0] != own:
                signed[0] = own
                found.append(last - begin)
                # The first reading may be from before the wait.
                begin = now = time.perf_counter_ns()
            last = now
        # The first began when the others were not there yet.
        return found[2:]

    with switching_every(asked["interval"]):
        threads = [start(run, own) for own in range(asked["threads"])]
        return list(chain(*join_all(threads)))


@contextmanager
def busy_thread():
    """A thread that computes until the block ends."""
    stop = []

    def run():
        while not stop:
            churn(1, 100)

    thread = start(run)
    try:
        yield
    finally:
        stop.append(True)
        thread.result()


def convoy(asked):
    """How late a thread that slept runs again beside one that computes."""
    a_gil()
    found = []
    with switching_every(asked["interval"]), busy_thread():
        for number in numbers(7, asked["requests"]):
            # Out of step with whatever else happens regularly.
            delay = 1_000_000 + number % 4_000_000
            due = time.perf_counter_ns() + delay
            time.sleep(delay / 1e9)
            found.append(max(time.perf_counter_ns() - due, 0))
    return found


def sleeps(asked):
    """Wall time of so many sleeps at once, a thread each."""
    begin = time.perf_counter_ns()
    threads = [
        start(time.sleep, asked["delay"]) for _ in range(asked["threads"])
    ]
    join_all(threads)
    return [time.perf_counter_ns() - begin]


def lost(asked):
    """How many additions there should be, and how many there are."""
    form, adds = asked["form"], asked["adds"]
    job = Job(form=form, adds=adds, grain=adds)
    if form not in ADD:
        raise invalid(f"no form is called {form}")
    shared = totals()
    arrived = threading.Barrier(asked["threads"])

    def run(task):
        arrived.wait(PATIENCE)
        add(job, task, shared)

    with switching_every(asked["interval"]):
        join_all([start(run, task) for task in range(asked["threads"])])
    return [asked["threads"] * adds, total(shared)]


def start_of(asked):
    """From the start of a thread or a process to the first line it runs."""
    method = asked["method"]
    if method == "thread":
        arrived, of = threading.Event(), threading.Thread
    elif method in ("fork", "spawn"):
        forkable()
        context = multiprocessing.get_context(method)
        # A new process can import what the library has, not this script.
        arrived, of = context.Event(), context.Process
        # The first process would also start the tracker of all semaphores.
        resource_tracker.ensure_running()
    else:
        raise invalid(f"no method is called {method}")
    begin = time.perf_counter_ns()
    started = of(target=arrived.set)
    started.start()
    if not arrived.wait(PATIENCE):
        raise TimeoutError("it did not start")
    found = time.perf_counter_ns() - begin
    started.join()
    return [found]


def echo(value):
    return value


def roundtrip(asked):
    """From the submission of an empty task to its result."""
    kind = {"thread": "threads", "process": "processes"}[asked["with"]]
    found = []
    with warm_pool(kind, 1) as pool:
        for task in range(asked["count"]):
            begin = time.perf_counter_ns()
            pool.submit(echo, task).result()
            found.append(time.perf_counter_ns() - begin)
    return found


def bytes_there_and_back(asked):
    """Bytes to a process of a pool, and back."""
    octets = bytes(asked["len"])
    with warm_pool("processes", 1) as pool:
        begin = time.perf_counter_ns()
        back = pool.submit(echo, octets).result()
        found = time.perf_counter_ns() - begin
    if back != octets:
        raise ValueError("other bytes came back")
    return [found]


def blocking(asked):
    """The longest time between two ticks of an event loop, meant to be one
    millisecond, while a coroutine sleeps in the loop's own thread or not."""
    async def tick(gaps):
        last = time.perf_counter_ns()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter_ns()
            gaps.append(now - last)
            last = now

    async def run():
        gaps = []
        ticker = asyncio.create_task(tick(gaps))
        await asyncio.sleep(0.02)
        if asked["blocks"]:
            time.sleep(asked["block"])
        else:
            await to_thread(time.sleep, asked["block"])
        await asyncio.sleep(0.02)
        ticker.cancel()
        return [max(gaps)]

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(run())
    finally:
        loop.close()


EXHIBITS = {
    "calibrate": calibrate,
    "cpu": cpu,
    "gain": gain,
    "slices": slices,
    "convoy": convoy,
    "sleeps": sleeps,
    "lost": lost,
    "start": start_of,
    "roundtrip": roundtrip,
    "bytes": bytes_there_and_back,
    "blocking": blocking,
}

# ------------------------------------------------------------------ worker


def field(path, name):
    """A number of a file of /proc; 0 where it is not."""
    try:
        with open(path) as file:
            for line in file:
                if line.startswith(name):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


class Usage:
    """What the worker has used, and the processes of its pool, which it has
    not waited for, so that the system does not add them."""

    def __init__(self, processes):
        own = resource.getrusage(resource.RUSAGE_SELF)
        self.user_ns = int(own.ru_utime * 1e9)
        self.system_ns = int(own.ru_stime * 1e9)
        self.voluntary, self.involuntary = own.ru_nvcsw, own.ru_nivcsw
        self.minor_faults, self.major_faults = own.ru_minflt, own.ru_majflt
        for process in processes:
            try:
                self.include(process)
            except OSError:
                # It died; the run will say so.
                pass

    def include(self, process):
        with open(f"/proc/{process}/stat") as file:
            # The name, in brackets, may have blanks.
            fields = file.read().rpartition(")")[2].split()
        tick = 10**9 // os.sysconf("SC_CLK_TCK")
        self.minor_faults += int(fields[7])
        self.major_faults += int(fields[9])
        system_ns = int(fields[12]) * tick
        cpu_ns = int(fields[11]) * tick + system_ns
        schedstat = f"/proc/{process}/schedstat"
        if os.path.exists(schedstat):
            with open(schedstat) as file:
                cpu_ns = int(file.read().split()[0])
        # The ticks are coarse: what they say of the kernel's share is.
        self.user_ns += max(cpu_ns - system_ns, 0)
        self.system_ns += system_ns
        status = f"/proc/{process}/status"
        self.voluntary += field(status, "voluntary_ctxt_switches:")
        self.involuntary += field(status, "nonvoluntary_ctxt_switches:")

    def since(self, earlier):
        return {
            name: max(value - getattr(earlier, name), 0)
            for name, value in vars(self).items()
        }


def forget_peak(processes):
    for process in ["self", *processes]:
        try:
            with open(f"/proc/{process}/clear_refs", "w") as file:
                file.write("5")
        except OSError:
            # The peak is then that of the whole process.
            pass


class Worker:
    """Answers one request after the other."""

    def __init__(self, name):
        self.name, self.model, self.job = name, None, None
        self.workload, self.seed = None, 0
        # Forked before there is any thread that could hold a lock.
        self.server = Server()

    def answer(self, asked):
        do = asked.get("do")
        if do == "hello":
            return self.hello(asked)
        if do == "exhibit":
            return self.exhibit(asked)
        if self.model is None:
            raise invalid("no model was started")
        if do == "prepare":
            return self.prepare(asked)
        if self.job is None:
            raise invalid("nothing is prepared")
        if do == "run":
            return self.sample(asked)
        if do == "trace":
            return self.trace(asked)
        raise invalid(f"no request is called {do}")

    def hello(self, asked):
        name, workers = asked["model"], asked["workers"]
        if asked["protocol"] != PROTOCOL:
            raise invalid(f"protocol {asked['protocol']}, not {PROTOCOL}")
        # Which interpreter was meant stands behind the sign.
        if name.split("@")[0] != self.name:
            raise invalid(f"this is {self.name}, not {name}")
        if not 1 <= workers <= MOST_WORKERS:
            raise invalid(f"{workers} workers; at most {MOST_WORKERS}")
        if self.model:
            self.model.close()
        self.model = MODELS[self.name](workers)
        version = ".".join(map(str, sys.version_info[:3]))
        gil = "on" if has_gil() else "off"
        return {"hello": {
            "protocol": PROTOCOL,
            "model": name,
            "workers": self.model.workers,
            "threads": self.model.threads(),
            "versions": {"python": version, "gil": gil},
        }}

    def prepare(self, asked):
        # The old input goes before the new one needs its memory.
        self.release()
        workload, size = asked["workload"], asked["size"]
        if workload not in INPUTS:
            raise invalid(f"no workload is called {workload}")
        try:
            job = INPUTS[workload](size, asked["seed"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise invalid(f"{workload} of {size}: {error!r}")
        found = self.digest(workload, getattr(self.model, workload)(job))
        self.workload, self.job = workload, job
        return {"prepared": {"digest": found}}

    def release(self):
        """The input goes, and the files that belong to it."""
        if self.workload == "read" and self.job:
            self.job.kept.folder.cleanup()
        self.job = None

    def digest(self, workload, answer):
        return digest(NUMBERS[workload](answer))

    def processes(self):
        return getattr(self.model, "processes", [])

    def sample(self, asked):
        runs, together = asked["runs"], asked["together"]
        if runs == 0:
            raise invalid("zero runs")
        run, job = getattr(self.model, self.workload), self.job
        latencies = Counter()
        forget_peak(self.processes())
        earlier = Usage(self.processes())
        if together:
            begin = time.perf_counter_ns()
            for _ in range(runs):
                answer = run(job)
            wall = time.perf_counter_ns() - begin
        else:
            wall = 0
            for _ in range(runs):
                # What the last answer needs to be thrown away is not timed.
                answer = None
                begin = time.perf_counter_ns()
                answer = run(job)
                wall += time.perf_counter_ns() - begin
                if self.workload == "event":
                    latencies.update(map(bucket, answer[2]))
        used = Usage(self.processes()).since(earlier)
        sample = {"runs": runs, "wall_ns": wall, **used}
        status = [f"/proc/{process}/status" for process in
                  ["self", *self.processes()]]
        peaks = [field(path, "VmHWM:") for path in status]
        sample["peak_bytes"] = sum(peaks) * 1024
        sample["threads"] = sum(field(path, "Threads:") for path in status)
        if asked["check"]:
            sample["digest"] = self.digest(self.workload, answer)
        if latencies:
            sample["latencies"] = sorted(latencies.items())
        return {"sample": sample}

    def trace(self, asked):
        global TRACE
        turns = self.model.turns
        if turns == "threads" and not has_gil():
            turns = None
        trace = Trace(asked["origin"], turns)
        try:
            TRACE = trace
            begin = trace.now()
            answer = getattr(self.model, self.workload)(self.job)
            end = trace.now()
        finally:
            TRACE = None
        spans = sorted(trace.spans, key=lambda span: (span[3], span[4]))
        # Threads and processes are numbered as they appear.
        workers = {}
        for _, worker, *_ in spans:
            if worker is not None:
                workers.setdefault(worker, len(workers))
        names = [f"{self.model.lane} {1 + n}" for n in workers.values()]
        return {"trace": {
            "begin": begin,
            "end": end,
            "workers": names,
            "digest": self.digest(self.workload, answer),
            "spans": [
                (task, workers.get(worker), *rest)
                for task, worker, *rest in spans
            ],
        }}

    def exhibit(self, asked):
        if asked["name"] not in EXHIBITS:
            raise invalid(f"no exhibit is called {asked['name']}")
        try:
            found = EXHIBITS[asked["name"]](asked["parameters"])
        except KeyError as error:
            raise invalid(f"{asked['name']}: {error} is missing")
        return {"exhibit": {"numbers": [float(number) for number in found]}}

    def close(self):
        self.release()
        if self.model:
            self.model.close()
        self.server.end()
        # It tracks what spawned processes share, if there were any, and would
        # end by itself a moment after this process.
        tracker = resource_tracker._resource_tracker
        if tracker._pid is not None:
            os.close(tracker._fd)
            os.waitpid(tracker._pid, 0)


def bucket(nanos):
    """The time to eight binary digits: percentiles need no more."""
    spare = max(nanos.bit_length() - 8, 0)
    return nanos >> spare << spare


def main(name):
    """Answers requests until the socket ends."""
    global SOCKET, WORKER
    die_with_parent()
    # No child of this process gets the socket, or its end would not be seen.
    SOCKET = socket.socket(fileno=os.dup(0))
    forget_socket()
    WORKER = Worker(name)
    with SOCKET.makefile("rb") as requests:
        for line in requests:
            try:
                answer = WORKER.answer(json.loads(line))
                text = json.dumps(answer).encode() + b"\n"
                if len(text) > MOST_BYTES:
                    why = f"a reply of {len(text)} bytes is too long"
                    raise Refused("failed", why)
            except Exception as error:
                text = json.dumps({"error": refusal(error)}).encode() + b"\n"
            SOCKET.sendall(text)
    WORKER.close()
    # Threads that still run would be waited for, and interpreters taken down.
    sys.stdout.flush()
    os._exit(0)


SOCKET, WORKER = None, None

if __name__ == "__main__":
    if sys.argv[1:2] == [] or sys.argv[1] not in MODELS:
        sys.exit(f"which of {', '.join(MODELS)}?")
    main(sys.argv[1])
