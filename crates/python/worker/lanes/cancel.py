"""Tasks that run or wait without end, until they are stopped."""

import threading
import time

from .kernels import churn
from .stop import NAP, look
from .trace import computing

# So many rounds are a grain.
GRAIN = 1 << 15
# How long a task waits that nobody stops: in seconds.
HOUR = 3600


class Crowd:
    """The tasks of one run, as the one that stops them sees them. They are
    stopped once `expected` of them are under way, or all."""

    def __init__(self, job, expected):
        self.job, self.lock = job, threading.Lock()
        self.expected = min(expected, job.tasks)
        self.begun, self.vain, self.stopped = 0, 0, None
        # When each task that is gone was.
        self.gone = {}

    def begin(self):
        """A task is under way; whether as many are as are waited for."""
        look()
        with self.lock:
            self.begun += 1
        return self.begun >= self.expected

    def grain(self, task):
        """Computes one grain, which is in vain after the stop."""
        with computing(task) as look:
            look()
            if self.stopped is not None:
                with self.lock:
                    self.vain += 1
            churn(task, GRAIN)

    def stop(self):
        """Notes that the tasks are told to stop now: the clock starts."""
        self.stopped = time.monotonic_ns()

    def leave(self, task):
        """A task is gone."""
        self.gone[task] = time.monotonic_ns()

    def answer(self):
        """How many are gone and left, how long after the stop each was gone,
        and the grains that were begun after it."""
        look()
        latencies = [gone - self.stopped for gone in self.gone.values()]
        left = self.job.tasks - len(self.gone)
        return len(self.gone), left, latencies, self.vain


class Events:
    """How threads are told to stop, since they cannot be made to: an event
    that they look at or wait for, and one that enough of them have begun."""

    def __init__(self):
        self.begun, self.stop = threading.Event(), threading.Event()

    def gathered(self, crowd):
        """Waits until the tasks are under way."""
        while crowd.expected > 0 and not self.begun.wait(NAP):
            look()

    def set(self, *_):
        """Tells all to stop; none waits for others to begin any more."""
        self.stop.set()
        self.begun.set()


def stay(crowd, task, events):
    """A task in a thread, until it is told to stop."""
    computes = crowd.job.form == "computing"
    try:
        if crowd.begin():
            events.begun.set()
        elif computes:
            # Behind a thread that computes, the next one starts late.
            events.begun.wait()
        while not events.stop.is_set():
            if computes:
                crowd.grain(task)
            else:
                events.stop.wait(HOUR)
    finally:
        # Nobody is waited for if one has failed.
        events.begun.set()
        crowd.leave(task)
