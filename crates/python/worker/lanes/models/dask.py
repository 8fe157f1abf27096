"""Dask: a scheduler, and worker processes that it knows over TCP."""

import logging
import os
import signal
import time
from importlib import metadata
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from weakref import WeakSet

from .. import primes, stop, words
from ..apart import apart
from ..engine import LIMIT, address, busy, enter, own_flag
from ..fit import natural, possible, unsuitable
from ..interpreters import archive
from ..job import parts, sent
from ..kernels import PLAN, largest, subtask, top
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

    def __init__(self, workers):
        why = self.missing()
        if why:
            raise unsupported(why)
        if workers > MOST:
            raise unsupported(
                f"{workers} interpreters on one machine; at most {MOST}"
            )
        import dask
        dask.config.set({"distributed.scheduler.allowed-failures": LIMIT})
        self.workers = workers
        self.place = self.cluster = self.client = None
        # Those of the run, which a cancel gives up: a process that does not
        # run at all would not see the flag.
        self.pending, self.broken = WeakSet(), False
        stop.WAKE.append(self.give_up)
        try:
            self.open()
        except BaseException:
            self.close()
            raise

    def open(self):
        from distributed import (
            Client, Nanny, Scheduler, SpecCluster, WorkerPlugin
        )

        class Enter(WorkerPlugin):
            def __init__(self, *own):
                self.own = own

            def setup(self, worker):
                enter(*self.own)

        self.broken = False
        self.place = TemporaryDirectory(prefix="dask-")
        # Each node has an address of its own on this machine.
        own = {"nthreads": 1, "memory_limit": 0, "dashboard": False,
               "local_directory": self.place.name, "silence_logs": QUIET}
        self.cluster = SpecCluster(
            {node: {"cls": Nanny, "options": {"host": address(node), **own}}
             for node in range(self.workers)},
            {"cls": Scheduler,
             "options": {"host": "127.0.0.1", "port": 0, "dashboard": False}},
            silence_logs=QUIET,
        )
        self.client = Client(self.cluster)
        # Processes that take the place of others get it, too.
        self.client.register_plugin(Enter(archive(), own_flag()))
        self.executor = self.client.get_executor(pure=False)

    def threads(self):
        return list(self.client.run(os.getpid).values())

    @property
    def processes(self):
        """Those that are there now: one that has died is replaced."""
        nannies = self.cluster.workers.values() if self.cluster else ()
        return [nanny.pid for nanny in nannies if nanny.pid]

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
        future = self.executor.submit(apart, origin, work, *args)
        self.pending.add(future)
        return future

    @unsuitable("a list that is pickled there costs more than to look at it")
    def max(self, job):
        futures = [
            self.submit(largest, *sent(job, part))
            for part in parts(job, self.workers)
        ]
        return top(self.settled(joined, futures))

    @possible("a wait holds a process; a task costs the scheduler more")
    def subtasks(self, job):
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

    @possible("a text that is pickled there, and a table back")
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
        if self.client and not self.broken:
            self.broken = self.ask(busy, PATIENCE) is None
        if self.broken:
            # A process that is stopped ends by this alone.
            for process in self.processes:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    # It has ended by now.
                    pass
        for own in (self.client, self.cluster):
            if own:
                own.close(timeout=PATIENCE)
        if self.place:
            self.place.cleanup()
