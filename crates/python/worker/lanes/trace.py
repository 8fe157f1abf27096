"""Spans of a traced run: who computed, waited, or waited for a turn.

CPython does not report who waits for the GIL. It is inferred: a thread that
wants to compute, and whose wall time is ahead of its CPU time, was waiting for
its turn. (Or the system ran another process: on a machine with too few free
cores the two look alike.) Where threads take no turns, it was preempted: a span
of compute has its thread's CPU time, and the reader sees what is left.
"""

import threading
import time
from contextlib import contextmanager

from . import stop


class Trace:
    """Spans in nanoseconds since `origin`, by the monotonic clock.

    `turns` says who takes turns: "threads" at any time, "coroutines" after a
    wait, or None if nobody does.
    """

    def __init__(self, origin, turns):
        self.origin, self.turns, self.spans = origin, turns, []

    def now(self):
        return time.monotonic_ns() - self.origin

    def record(self, task, state, begin, end, attached=True, cpu=None):
        """`attached` is false for the wait of a coroutine, which occupies no
        thread; `cpu` is the CPU time of the thread, if it is known."""
        worker = threading.get_native_id() if attached else None
        self.spans.append((task, worker, state, begin, end, cpu))

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

# The trace that this interpreter records into: a list of one, or of none. It
# stays the same list, so that every module sees what is in it.
TRACING = []


@contextmanager
def computing(task):
    """A stretch of compute for a task. It gives a function to call after each
    slice, which looks whether the run is to end."""
    if not TRACING:
        yield stop.look
        return
    [trace] = TRACING
    # The CPU clock is read first here and last at the end: a span has a reading
    # too much, and is never short of time that it was given.
    first = used = time.thread_time_ns()
    begin = wall = trace.now()
    trace.started(task, begin)

    def look():
        nonlocal wall, used
        now, cpu = trace.now(), time.thread_time_ns()
        waited = (now - wall) - (cpu - used)
        if trace.turns == "threads" and waited > NOTABLE_WAIT:
            trace.record(task, "lock", now - waited, now)
        wall, used = now, cpu

    def look_twice():
        look()
        stop.look()

    try:
        yield look_twice
    finally:
        look()
        end = trace.now()
        cpu = min(time.thread_time_ns() - first, end - begin)
        trace.record(task, "compute", begin, end, cpu=cpu)


def grain(usual, traced):
    """How much is done in one slice: in a traced run, 50 to 100 us' worth."""
    return min(usual, traced) if TRACING else usual
