"""Numbers that tasks add to, and how they add."""

import threading

from .protocol import unsupported
from .trace import computing, grain

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


def nothing():
    pass


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
