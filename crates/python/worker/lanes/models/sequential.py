"""One thing after the other."""

import threading
import time
from collections import deque
from itertools import cycle

from .. import channel, mandelbrot, matrices, primes, sorting, words
from ..cancel import Crowd
from ..counter import add, no_atomic, total, totals
from ..dictionary import Map, visit
from ..echo import Visit, serve_all
from ..feed import Log, groups, work
from ..fit import natural, possible, unsuitable
from ..job import Part, parts, whole
from ..kernels import (
    PLAN, empty, fetch, fib_looking, in_order, largest, read, subtask, top,
    twice
)
from ..philosophers import Table, chopsticks, dine
from ..pipeline import Line
from ..pool import Inbox, cancels, order, served
from ..queens import EMPTY, solutions_looking
from ..shape import answer, begun, lane_alone, lanes, sleep
from ..sleepers import Hall
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

    @natural("the price of the map, and of a lock that nobody else wants")
    def dictionary(self, job):
        shared = Map(job, threading.Lock)
        found = [visit(shared, task) for task in range(job.tasks)]
        return shared.looked(found)

    @possible("nobody is woken: the price of the bookkeeping")
    def event(self, job):
        latencies = []
        for some in slices(job.hops):
            for hop in some:
                sent = time.monotonic_ns()
                latencies.append(time.monotonic_ns() - sent)
        return job.hops, sum(range(job.hops)), latencies

    @possible("nobody is woken: the price of the bookkeeping")
    def ring(self, job):
        # One thread hands the token on to itself.
        return self.event(job)

    @possible("a list in place of a queue, and nobody who waits for it")
    def channel(self, job):
        consumers = [channel.Consumer(job) for _ in channel.consumers(job)]
        queue = deque()
        for producer in channel.producers(job):
            for message in channel.messages(job, producer):
                queue.append(message)
                # One without a place holds what is just handed over.
                if job.capacity is not None and len(queue) >= job.capacity:
                    receive(queue, consumers)
        receive(queue, consumers)
        return channel.total([consumer.received() for consumer in consumers])

    @natural("one loop, no queue, and never more than one item")
    def pipeline(self, job):
        line = Line(job)
        for item in line.make():
            for stage in line.stages[1:-1]:
                item = stage.work(item)
            line.take(item)
        return line.flowed()

    @possible("the price of two locks that nobody else wants")
    def philosophers(self, job):
        table = Table(job)
        locks = [threading.Lock() for _ in chopsticks(job)]
        for philosopher in range(job.philosophers):
            dine(table, philosopher, locks)
        return table.used

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

    @possible("no executor: each result is there when its call ends")
    def pool(self, job):
        inbox = Inbox(job)
        for task in range(job.tasks):
            if cancels(job, task):
                inbox.gone()
            else:
                inbox.take(served(order(job, task), task))
        return inbox.answer()

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

    @possible("a count in place of tasks: the floor under all others")
    def sleepers(self, job):
        hall = Hall(job)
        for some in slices(job.tasks):
            for _ in some:
                hall.enter()
        if job.tasks > 0:
            sleep(0, job.wait)
        return hall.answer([task for task in range(job.tasks) if hall.leave()])

    @natural("nobody has to be woken: the thread that waits computes")
    def burst(self, job):
        log = Log(job)
        for tasks in groups(job):
            log.idle()
            log.began([work(job, task) for task in tasks])
        return log.answer()

    @natural("nobody has to be woken: the thread that waits computes")
    def trickle(self, job):
        log = Log(job)
        for [task] in groups(job):
            log.idle()
            log.ended(work(job, task))
        return log.answer()

    @possible("nothing runs beside the stop: the floor of a note each")
    def cancel(self, job):
        crowd = Crowd(job, job.tasks)
        for task in range(job.tasks):
            crowd.begin()
            if job.form == "computing":
                crowd.grain(task)
        crowd.stop()
        for task in range(job.tasks):
            crowd.leave(task)
        return crowd.answer()

    @natural("a bare loop of selectors: what a server costs at least")
    def echo(self, job):
        with Visit(job) as visit:
            serve_all(job, visit)
            return visit.answer()

    def close(self):
        pass


def receive(queue, consumers):
    """What is in the queue goes to the consumers in turn."""
    for consumer in cycle(consumers):
        if not queue:
            return
        consumer.take(queue.popleft())


def slices(count):
    """The numbers up to a count, with looks whether the run is to end."""
    for first in range(0, count, SLICE):
        look()
        yield range(first, min(first + SLICE, count))
