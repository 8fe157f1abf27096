"""Measurements for `lanes claims`: each returns a list of numbers."""

import asyncio
import multiprocessing
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from multiprocessing import resource_tracker

from . import interpreters
from .counter import ADD, add, total, totals
from .forked import FORK, enter_pool, present_process
from .inputs import rounds_per_nano
from .interpreters import OwnPool, forkable, own_gils
from .job import Job, split
from .kernels import churn
from .loops import to_thread
from .protocol import PATIENCE, invalid, unsupported
from .runtime import has_gil
from .seeds import numbers
from .tasks import join_all, present, start


def calibrate(asked):
    """How many rounds of `churn` take so long."""
    return [int(asked["unit_ns"] * rounds_per_nano())]


def warm_pool(kind, workers):
    """A pool whose workers have all started."""
    if kind == "subinterpreters":
        pool = OwnPool(workers)
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
        workers, FORK, initializer=enter_pool, initargs=(shared,)
    )
    join_all([pool.submit(present_process) for _ in range(workers)])
    return pool


def cpu(asked):
    """Wall time of so many rounds, split over so many workers."""
    return where_it_fits(split_cpu, asked)


def gain(asked):
    """Wall time of so many rounds split over all workers of a pool, over that
    of the same rounds in one of them.

    A machine may be fast now and slow in half a second: one, all, all, one
    come close together, and the machine's drift cancels.
    """
    return where_it_fits(ratio_of_cpu, asked)


def where_it_fits(work, asked):
    """Interpreters are made in a forked child, so that this process can still
    be forked afterwards."""
    if asked["with"] == "subinterpreters":
        own_gils()
        if not interpreters.MADE:
            own = {"initializer": enter_pool, "initargs": (None,)}
            with ProcessPoolExecutor(1, FORK, **own) as pool:
                return pool.submit(work, asked).result()
    return work(asked)


def ratio_of_cpu(asked):
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
        one, many = wall(1), wall(workers) + wall(workers)
        return [many / (one + wall(1))]


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
