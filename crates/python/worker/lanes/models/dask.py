"""Dask: a scheduler, and worker processes that it knows over TCP."""

import asyncio
import logging
import os
import sys
import time
from importlib import metadata
from importlib.util import find_spec
from subprocess import DEVNULL, Popen
from tempfile import TemporaryDirectory
from weakref import WeakSet

from .. import primes, stop, words
from ..engine import (
    LIMIT, Nodes, busy, environment, heard, own_flag, removed, there
)
from ..fit import INPUTS, natural, possible, unsuitable
from ..job import parts, sent
from ..kernels import PLAN, largest, subtask, top
from ..local import home
from ..pool import client, order, served
from ..protocol import unsupported
from ..runtime import name
from ..stop import look
from ..tasks import joined, start_each
from ..trace import TRACING

# How many processes are started on one machine: each takes 80 MB, and half a
# second of a core to start.
MOST = 32

# How many seconds a process may take to answer: at the end, and where a run
# was given up.
PATIENCE, MERCY = 1, 0.1

# So many questions are asked at once in the beginning.
AT_ONCE = 8

# What it says of processes that end is said by the run that fails.
QUIET = logging.CRITICAL


class Dask:
    """python-dask: distributed.Client's executor, whose futures are those of
    concurrent.futures.

    - share: nothing; what a task needs is pickled to the scheduler and on
    - start: a task in the graph of the scheduler, which gives it to a process
    - wait: a process waits, and the others go on
    - join: the futures' results in order, which the scheduler has announced
    """

    serial, nodes = False, True
    lane, turns = "process", None

    @staticmethod
    def missing():
        if find_spec("distributed"):
            return None
        return "not here, because Dask is not installed: scripts/engines does"

    @staticmethod
    def library():
        return f"Dask {metadata.version('distributed')} on {name()}"

    @staticmethod
    def versions():
        return {"distributed": metadata.version("distributed")}

    def __init__(self, workers, network):
        why = self.missing()
        if why:
            raise unsupported(why)
        if workers > MOST:
            raise unsupported(
                f"{workers} interpreters on one machine; at most {MOST}"
            )
        import dask
        dask.config.set({"distributed.scheduler.allowed-failures": LIMIT})
        self.workers, self.network = workers, network
        self.place = self.cluster = self.kept = self.client = None
        # Whether they are to be opened anew.
        self.broken = False
        # Those of the run, which a cancel gives up: a process that does not
        # run at all would not see the flag.
        self.pending = WeakSet()
        stop.WAKE.append(self.give_up)
        try:
            self.open()
        except BaseException:
            self.close()
            raise

    def open(self):
        import dask
        from distributed import Client, Scheduler, SpecCluster
        self.broken = True
        self.place = TemporaryDirectory(prefix="dask-")
        dask.config.set({"temporary-directory": self.place.name})
        for own in ("distributed", "tornado.application"):
            logging.getLogger(own).setLevel(QUIET)
        own = {"host": self.network.host, "port": 0, "dashboard": False}
        self.cluster = SpecCluster({}, {"cls": Scheduler, "options": own})
        self.kept = Nodes(self.network, self.node)
        self.client = Client(self.cluster.scheduler_address)
        self.kept.wait(lambda: len(self.client.nthreads()) == self.workers)
        self.kept.keep()
        self.flag = own_flag()
        # Each node by its address, where one makes its part of an input.
        self.executors = [
            self.client.get_executor(
                pure=False, workers=[place.address], allow_other_workers=True
            )
            for place in self.network.places
        ]
        self.executor = self.client.get_executor(pure=False)
        self.client.sync(self.connected)
        self.broken = False

    def node(self, _, place, begin):
        """A process with one thread, which the scheduler gives tasks to."""
        command = [
            *place.within(),
            sys.executable, "-m", "distributed.cli.dask_worker",
            self.cluster.scheduler_address, "--host", place.address,
            "--nthreads", "1", "--memory-limit", "0", "--no-nanny",
            "--no-dashboard", "--local-directory", self.place.name,
        ]
        quiet = {"stdin": DEVNULL, "stdout": DEVNULL, "stderr": DEVNULL}
        return begin(lambda: Popen(command, env=environment(), **quiet))

    async def connected(self):
        """Has Dask open connections that it keeps: it would in the first runs,
        whenever it asks more at once than ever before."""
        await asyncio.gather(
            *(self.client._run(os.getpid) for _ in range(AT_ONCE))
        )
        await self.client._run(heard)

    def threads(self):
        return list(self.client.run(os.getpid).values())

    @property
    def processes(self):
        """Those that are there now: one that has died is replaced."""
        return self.kept.pids() if self.kept else []

    def give_up(self):
        for future in list(self.pending):
            future.cancel()

    def ask(self, question, patience):
        """What each process answers; None if one does not."""
        try:
            return self.client.sync(
                self.client._run, question, callback_timeout=patience
            ).values()
        except Exception:
            return None

    def settled(self, take, *args):
        """What a function makes of futures. Where it fails, the tasks that run
        have seen the flag before the next run lowers it."""
        try:
            return take(*args)
        except BaseException:
            end = time.monotonic() + MERCY
            running = self.ask(busy, MERCY)
            while any(running or []) and time.monotonic() < end:
                running = self.ask(busy, MERCY)
            self.broken = running is None
            raise

    def submit(self, work, *args):
        if self.broken:
            self.shut()
            self.open()
        look()
        origin = TRACING[0].origin if TRACING else None
        node = home(args)
        executor = self.executor if node is None else self.executors[node]
        future = executor.submit(there, self.flag, origin, work, *args)
        self.pending.add(future)
        return future

    @unsuitable(
        "a list that is pickled there costs more than to look at it", INPUTS
    )
    def max(self, job):
        futures = [
            self.submit(largest, *sent(job, part))
            for part in parts(job, self.workers)
        ]
        return top(self.settled(joined, futures))

    @possible("a wait holds a process; a task costs the scheduler more")
    def subtasks(self, job):
        self.network.reached(job.address)
        futures = [
            self.submit(subtask, job, task) for task in range(len(PLAN))
        ]
        return self.settled(joined, futures)

    @natural("what its futures are for, where a task takes milliseconds")
    def pool(self, job):
        futures = start_each(
            lambda task: self.submit(served, order(job, task), task),
            range(job.tasks),
        )
        return self.settled(
            client, job, futures, lambda future: joined([future])[0]
        )

    @possible("a text that is pickled there, and a table back", INPUTS)
    def wordcount(self, job):
        futures = [
            self.submit(words.count, *words.sent(job, part))
            for part in words.parts(job, self.workers)
        ]
        return words.together(self.settled(joined, futures))

    @natural("two numbers go there, two come back")
    def primes(self, job):
        futures = start_each(
            lambda part: self.submit(primes.primes, job, part),
            primes.grains(job),
        )
        return primes.added(self.settled(joined, futures))

    def close(self):
        if self.give_up in stop.WAKE:
            stop.WAKE.remove(self.give_up)
        self.shut()

    def shut(self):
        if self.client:
            self.client.close(timeout=PATIENCE)
        if self.kept:
            self.kept.close()
        if self.cluster:
            self.cluster.close(timeout=PATIENCE)
        if self.place:
            removed(self.place)
        self.place = self.cluster = self.kept = self.client = None
