"""Tasks that compute, wait and compute: what a lane of `shape` does."""

import time
from contextlib import contextmanager
from threading import Lock

from .job import Job
from .kernels import churned
from .protocol import invalid, unsupported
from .seeds import MASK, numbers, part_seed
from .stop import look, rest
from .tasks import handed_out
from .trace import TRACING

# No task is longer than this many of the shortest ones, which are drawn in
# such parts: everything after the draw is done in whole numbers.
LONGEST = 2**30
PARTS = 1024
# A run is saturated that ends later after the last arrival than the longest
# task and this, in nanoseconds, or this part of the time until then.
SLACK, PART = 10**7, 10
# The longest latency that is recorded, and a century: in nanoseconds.
MOST_LATENCY = 4 * 10**9
CENTURY = 36_525 * 86_400 * 10**9


def drawn(seed, count, mean, exponent):
    """Draws from a Pareto distribution, scaled so that their sum is exactly
    that of so many means."""
    if not 1 < exponent < float("inf"):
        raise invalid(f"a skew of {exponent}; the exponent is above 1")
    each = []
    for number in numbers(part_seed(seed, MASK), count):
        uniform = ((number >> 11) + 1) / 2**53
        each.append(int(min(uniform ** (-1.0 / exponent), LONGEST) * PARTS))
    every, done, begin = sum(each), 0, 0
    for task, parts in enumerate(each):
        done += parts
        end = mean * count * done // every
        each[task] = end - begin
        begin = end
    return each


def checked(size, compute, wait):
    """Refuses parameters that no run can be made of."""
    tasks, rate = size["tasks"], size["rate"]
    if size["at_once"] == 0:
        raise invalid("no task may be under way; at_once is at least 1")
    if not 0 <= size["lock"] <= 1:
        raise invalid(f"a lock of {size['lock']}; it is a share, 0 to 1")
    if rate is not None and not 0 < rate < float("inf"):
        raise invalid(f"a rate of {rate}; it is tasks a second, above 0")
    if (compute + wait) * tasks > CENTURY:
        raise invalid(f"{tasks} tasks that take more than a century")
    if rate is not None and compute + wait > MOST_LATENCY:
        raise invalid("a rate of tasks that take longer than 4 seconds")
    if rate is not None and max(tasks - 1, 0) / rate * 1e9 > CENTURY:
        raise invalid("the last task arrives after more than a century")


def shape_job(size, seed, compute, wait, rounds):
    count, each = size["tasks"], None
    if size["skew"] is not None:
        each = drawn(seed, count, rounds, size["skew"])
    return Job(
        seed=seed, count=count, at_once=min(size["at_once"], count),
        rounds=rounds, each=each, wait=wait / 10**9, lock=size["lock"],
        rate=size["rate"],
        longest=compute * max(each or [rounds]) // max(rounds, 1) + wait,
    )


def own(job, tasks):
    """What another process needs for some of the tasks, and no more."""
    each = job.each and {task: job.each[task] for task in tasks}
    return Job(**{**vars(job), "each": each})


def begun():
    """When a run begins, by the clock that all processes share."""
    return time.monotonic_ns()


def lanes(job):
    """For each lane the tasks that it takes, of what is left: one where each
    task has a lane of its own."""
    if job.at_once == job.count:
        return [[task] for task in range(job.count)]
    todo = handed_out(range(job.count), job.at_once)
    return [iter(todo.get, None) for _ in range(job.at_once)]


def shares(job, workers):
    """The same for lanes that cannot ask for the next task. Those of several
    tasks must all run at the same time."""
    if job.at_once == job.count:
        return lanes(job)
    count = min(workers, job.at_once)
    return [range(first, job.count, count) for first in range(count)]


@contextmanager
def held(lock, task):
    """The lock, once it is free."""
    if not lock.acquire(False):
        begin = TRACING[0].now() if TRACING else 0
        lock.acquire()
        if TRACING:
            TRACING[0].record(task, "lock", begin, TRACING[0].now())
    try:
        yield
    finally:
        lock.release()


def half(job, task, state, rounds, lock):
    """One half of a task's compute, of which the end is under the lock."""
    locked = min(int(rounds * job.lock), rounds)
    if locked < rounds or rounds == 0:
        state = churned(task, state, rounds - locked)
    if locked > 0:
        with held(lock, task):
            state = churned(task, state, locked)
    return state


def rounds_of(job, task):
    return job.each[task] if job.each else job.rounds


def before(job, task, lock):
    """The compute before the wait."""
    look()
    state = part_seed(job.seed, task)
    return half(job, task, state, rounds_of(job, task) // 2, lock)


def after(job, task, state, lock):
    """The compute after the wait, with which the task is done."""
    rounds = rounds_of(job, task)
    return half(job, task, state, rounds - rounds // 2, lock)


def sleep(task, seconds):
    """Sleeps, with looks whether the run is to end."""
    if seconds <= 0:
        return
    begin = TRACING[0].now() if TRACING else 0
    rest(seconds)
    if TRACING:
        TRACING[0].waited(task, begin, begin + int(seconds * 1e9))


def arrives_in(job, begin, task):
    """How many seconds it takes until a task arrives; 0 if it is there."""
    if job.rate is None:
        return 0
    return max(begin + arrival(job, task) - time.monotonic_ns(), 0) / 1e9


def arrival(job, task):
    return int(task / job.rate * 1e9)


class Tally:
    """What a lane has done."""

    def __init__(self):
        self.tasks, self.sum, self.end, self.latencies = 0, 0, 0, []

    def done(self, job, begin, task, answer):
        self.tasks += 1
        self.sum = (self.sum + answer) & MASK
        if job.rate is not None:
            self.end = time.monotonic_ns() - begin
            self.latencies.append(self.end - arrival(job, task))


def lane(job, begin, lock, tasks):
    """The tasks of a lane, one after the other."""
    tally = Tally()
    for task in tasks:
        sleep(task, arrives_in(job, begin, task))
        state = before(job, task, lock)
        sleep(task, job.wait)
        tally.done(job, begin, task, after(job, task, state, lock))
    return tally


def lane_alone(job, begin, tasks):
    """The same where no other lane can want the lock."""
    return lane(job, begin, Lock(), tasks)


def no_lock(job, who):
    if job.lock > 0:
        raise unsupported(f"{who} share no lock that all tasks could take")


def answer(job, tallies):
    """What all lanes have done: how many tasks, the sum of their answers, and
    latencies: None if tasks arrived faster than they were done."""
    tasks, found, end, latencies = 0, 0, 0, []
    for tally in tallies:
        tasks += tally.tasks
        found = (found + tally.sum) & MASK
        end = max(end, tally.end)
        latencies += tally.latencies
    if job.rate is not None:
        last = arrival(job, max(job.count - 1, 0))
        saturated = end > last + job.longest + max(SLACK, last // PART)
        latencies = None if saturated else latencies
    return tasks, found, latencies
