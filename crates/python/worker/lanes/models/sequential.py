"""One thing after the other."""

import threading
import time

from .. import mandelbrot, matrices, primes, sorting, words
from ..counter import add, no_atomic, total, totals
from ..fit import natural, possible, unsuitable
from ..job import Part, parts, whole
from ..kernels import (
    PLAN, empty, fetch, fib_looking, in_order, largest, read, subtask, top,
    twice
)
from ..queens import EMPTY, solutions_looking
from ..shape import answer, begun, lane_alone, lanes
from ..stop import look
from ..trees import seedling, skynet_looking, uts

# So many short things are done between two looks at the flag.
SLICE = 1024


class Sequential:
    """python-sequential: one thread, one thing after the other.

    - share: nothing
    - start: a call
    - wait: the thread waits, and nothing else happens
    - join: the call returns
    """

    serial = True
    lane, turns = "main", None

    def __init__(self, _workers):
        self.workers = 1

    def threads(self):
        return [threading.get_native_id()]

    @natural("one pass in C over an array")
    def max(self, job):
        return top([largest(job, part) for part in parts(job, self.workers)])

    @natural("one list comprehension after the other")
    def double(self, job):
        return [twice(job, part) for part in parts(job, self.workers)]

    @possible("the second part waits for the first")
    def join(self, job):
        return largest(job, whole(job, 0)), [twice(job, whole(job, 1))]

    @possible("nothing else happens while one subtask waits")
    def subtasks(self, job):
        return [subtask(job, task) for task in range(len(PLAN))]

    @unsuitable("one request in flight: the sum of all delays")
    def fetch(self, job):
        return in_order([fetch(job, range(len(job.requests)))])

    @natural("one pass over the files, read and parsed in turn")
    def read(self, job):
        return read(job, Part(0, 0, len(job.paths)))

    @possible("a lock that nobody else wants; atomic refused")
    def counter(self, job):
        no_atomic(job)
        shared = totals()
        for task in range(job.tasks):
            add(job, task, shared)
        return total(shared)

    @possible("nobody is woken: the price of the bookkeeping")
    def event(self, job):
        latencies = []
        for some in slices(job.hops):
            for hop in some:
                sent = time.monotonic_ns()
                latencies.append(time.monotonic_ns() - sent)
        return job.hops, sum(range(job.hops)), latencies

    @possible("a task is a call")
    def spawn(self, job):
        return sum([
            empty(task) for some in slices(job.tasks) for task in some
        ])

    @possible("a fork is a call")
    def fib(self, job):
        return fib_looking(job.n)

    @possible("all compute and all waits, one after the other")
    def shape(self, job):
        begin = begun()
        return answer(job, [
            lane_alone(job, begin, tasks) for tasks in lanes(job)
        ])

    @possible("a node of the tree is a call")
    def skynet(self, job):
        return skynet_looking(0, job.leaves)

    @natural("a placement is a call")
    def nqueens(self, job):
        return solutions_looking(job.n, EMPTY)

    @natural("a node of the tree is a call, and its hash is made in C")
    def uts(self, job):
        return uts(seedling(), job.depth)

    @possible("one sum after the other, each in C over a row and a column")
    def matmul(self, job):
        return matrices.one_by_one(job, matrices.whole(job))

    @natural("one call of sorted, or one for each leaf")
    def sort(self, job):
        if job.form == "library":
            return sorting.leaf(job, whole(job, 0))
        return sorting.one_by_one(job, whole(job, 0))

    @natural("one row after the other, in loops of bytecodes")
    def mandelbrot(self, job):
        found = [
            mandelbrot.rows(job, part)
            for part in mandelbrot.parts(job, self.workers)
        ]
        return mandelbrot.image(found)

    @natural("one pass over the text, into one table")
    def wordcount(self, job):
        tables = [
            words.count(job, part) for part in words.parts(job, self.workers)
        ]
        return words.together(tables)

    @natural("one number after the other, in loops of bytecodes")
    def primes(self, job):
        return primes.primes_of(job, primes.parts(job, self.workers))

    def close(self):
        pass


def slices(count):
    """The numbers up to a count, with looks whether the run is to end."""
    for first in range(0, count, SLICE):
        look()
        yield range(first, min(first + SLICE, count))
