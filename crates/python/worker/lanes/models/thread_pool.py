"""A pool of threads."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import chain
from queue import Queue, SimpleQueue

from .. import channel, mandelbrot, matrices, pipeline, primes, sorting, words
from ..cancel import Crowd, Events, stay
from ..counter import add, no_atomic, total, totals
from ..dictionary import Map, visit
from ..echo import Visit, serve
from ..feed import Log, groups, work
from ..fit import natural, possible, unsuitable
from ..hops import Ring, Slot, play, relay, two_players
from ..job import parts, split, whole
from ..kernels import (
    PLAN, empty, fetch, in_order, largest, read, subtask, top, twice
)
from ..philosophers import Table, chopsticks, dine
from ..pool import client, order, served
from ..queens import subtree, subtrees
from ..shape import answer, begun, lane, lanes
from ..sleepers import Hall, sleeper
from ..tasks import (
    each_its_own, handed_out, join_all, join_together, present, start_each,
    waits_for_itself
)

TURNS = (
    "threads that compute take turns under the GIL; without one it would "
    "suit"
)


class ThreadPool:
    """python-thread-pool: concurrent.futures.ThreadPoolExecutor.

    - share: every thread sees the same objects
    - start: a work item in the queue of the pool
    - wait: a thread that waits lets go of the GIL, and takes no other item
    - join: the futures' results in order
    """

    serial = False
    lane, turns = "thread", "threads"

    def __init__(self, workers):
        self.workers = workers
        self.executor = ThreadPoolExecutor(workers, thread_name_prefix="lane")

    def threads(self):
        arrived = threading.Barrier(self.workers)
        futures = [
            self.executor.submit(present, arrived) for _ in range(self.workers)
        ]
        return join_all(futures)

    @unsuitable(TURNS)
    def max(self, job):
        futures = [
            self.executor.submit(largest, job, part)
            for part in parts(job, self.workers)
        ]
        return top(join_all(futures))

    @unsuitable(TURNS)
    def double(self, job):
        futures = [
            self.executor.submit(twice, job, part)
            for part in parts(job, self.workers)
        ]
        return join_all(futures)

    @unsuitable(TURNS)
    def join(self, job):
        most = self.executor.submit(largest, job, whole(job, 0))
        piece = self.executor.submit(twice, job, whole(job, 1))
        most, piece = join_all([most, piece])
        return most, [piece]

    @possible("waits overlap as far as there are threads")
    def subtasks(self, job):
        futures = [
            self.executor.submit(subtask, job, task)
            for task in range(len(PLAN))
        ]
        return join_all(futures)

    @possible("as many requests at once as the pool has threads")
    def fetch(self, job):
        at_once = min(self.workers, job.in_flight)
        todo = handed_out(range(len(job.requests)), at_once)
        futures = [
            self.executor.submit(fetch, job, iter(todo.get, None))
            for _ in range(at_once)
        ]
        return in_order(join_all(futures))

    @possible("threads wait for files at once, and parse in turns")
    def read(self, job):
        files = split(len(job.paths), 1, self.workers)
        futures = [self.executor.submit(read, job, part) for part in files]
        return list(chain(*join_all(futures)))

    @natural("what locks are for; atomic refused")
    def counter(self, job):
        no_atomic(job)
        shared = totals()
        futures = start_each(
            lambda task: self.executor.submit(add, job, task, shared),
            range(job.tasks),
        )
        join_all(futures)
        return total(shared)

    @natural("what locks are for, and a step takes its own")
    def dictionary(self, job):
        shared = Map(job, threading.Lock)
        futures = start_each(
            lambda task: self.executor.submit(visit, shared, task),
            range(job.tasks),
        )
        return shared.looked(join_all(futures))

    @possible("two threads of the pool are kept from others")
    def event(self, job):
        two_players(self.workers)
        slots = [Slot(), Slot()]
        futures = [
            self.executor.submit(
                play, job, side, slots[1 - side].put, slots[side].get
            )
            for side in range(2)
        ]
        return relay(join_all(futures))

    @possible("items must not wait for each other, so each hop is one")
    def ring(self, job):
        ring, ended = Ring(job), SimpleQueue()

        def hop(token):
            try:
                after = ring.take(token)
                if after:
                    # An item may hand in another, but not wait for it.
                    self.executor.submit(hop, after)
                else:
                    ended.put(None)
            except BaseException as error:
                ended.put(error)

        first = ring.begin()
        if first:
            self.executor.submit(hop, first)
            error = ended.get()
            if error:
                raise error
        return ring.relay()

    @unsuitable("items that wait for each other need a thread each")
    def channel(self, job):
        channel.no_place(job)
        each_its_own(channel.parties(job), self.workers)
        unbounded = job.capacity is None
        queue = SimpleQueue() if unbounded else Queue(job.capacity)
        futures = [
            self.executor.submit(channel.consume, job, queue.get)
            for _ in channel.consumers(job)
        ] + [
            self.executor.submit(channel.produce, job, producer, queue.put)
            for producer in channel.producers(job)
        ]
        results = join_together(futures)
        return channel.total(results[:len(channel.consumers(job))])

    @unsuitable("items that wait for each other need a thread each")
    def pipeline(self, job):
        each_its_own(job.stages, self.workers)
        line = pipeline.Line(job)
        queues = [Queue(job.places) for _ in line.stages[1:]]
        futures = [self.executor.submit(pipeline.take, line, queues[-1].get)]
        for number in reversed(range(1, job.stages - 1)):
            get, put = queues[number - 1].get, queues[number].put
            stage = line.stages[number]
            futures.append(
                self.executor.submit(pipeline.pass_on, stage, get, put)
            )
        futures.append(self.executor.submit(pipeline.make, line, queues[0].put))
        join_together(futures)
        return line.flowed()

    @natural("what locks are for, and a thread waits for each of two")
    def philosophers(self, job):
        table = Table(job)
        locks = [threading.Lock() for _ in chopsticks(job)]
        futures = start_each(
            lambda philosopher: self.executor.submit(
                dine, table, philosopher, locks
            ),
            range(job.philosophers),
        )
        join_all(futures)
        return table.used

    @natural("a queue of small tasks is what a pool is for")
    def spawn(self, job):
        futures = start_each(
            lambda task: self.executor.submit(empty, task), range(job.tasks)
        )
        return sum(join_all(futures))

    @unsuitable(
        "refused: a task that waits for its halves keeps its worker, and "
        "the pool would wait for itself"
    )
    def fib(self, job):
        raise waits_for_itself()

    @possible("waits overlap as far as there are threads")
    def shape(self, job):
        begin, lock = begun(), threading.Lock()
        futures = start_each(
            lambda tasks: self.executor.submit(lane, job, begin, lock, tasks),
            lanes(job),
        )
        return answer(job, join_all(futures))

    @possible("what an executor is for; compute takes turns")
    def pool(self, job):
        futures = start_each(
            lambda task: self.executor.submit(served, order(job, task), task),
            range(job.tasks),
        )
        return client(job, futures)

    @unsuitable(TURNS)
    def nqueens(self, job):
        futures = start_each(
            lambda board: self.executor.submit(subtree, job.n, board),
            subtrees(job),
        )
        return sum(join_all(futures))

    @unsuitable(TURNS)
    def matmul(self, job):
        # A tile each: an item that waits for its halves keeps its worker.
        futures = start_each(
            lambda tile: self.executor.submit(matrices.leaf, job, tile),
            matrices.tiles(job, matrices.whole(job)),
        )
        return list(chain(*join_all(futures)))

    @unsuitable(TURNS)
    def sort(self, job):
        sorting.no_library(job)

        def merged(pairs):
            return join_all(start_each(
                lambda pair: self.executor.submit(sorting.join, *pair), pairs
            ))

        futures = start_each(
            lambda leaf: self.executor.submit(sorting.leaf, job, leaf),
            sorting.leaves(job),
        )
        return sorting.merge_all(join_all(futures), merged)

    @unsuitable(TURNS)
    def mandelbrot(self, job):
        futures = start_each(
            lambda part: self.executor.submit(mandelbrot.rows, job, part),
            mandelbrot.grains(job),
        )
        return mandelbrot.image(join_all(futures))

    @unsuitable(TURNS)
    def wordcount(self, job):
        futures = [
            self.executor.submit(words.count, job, part)
            for part in words.parts(job, self.workers)
        ]
        return words.together(join_all(futures))

    @unsuitable(TURNS)
    def primes(self, job):
        futures = start_each(
            lambda part: self.executor.submit(primes.primes, job, part),
            primes.grains(job),
        )
        return primes.added(join_all(futures))

    @unsuitable("a wait holds a thread: no more wait than there are")
    def sleepers(self, job):
        each_its_own(job.tasks, self.workers)
        hall = Hall(job)
        futures = [
            self.executor.submit(sleeper, hall, task)
            for task in range(job.tasks)
        ]
        return hall.answer(join_together(futures))

    @natural("threads that are there wait for a burst in the pool's queue")
    def burst(self, job):
        log = Log(job)
        for tasks in groups(job):
            log.idle()
            futures = start_each(
                lambda task: self.executor.submit(work, job, task), tasks
            )
            log.began(join_all(futures))
        return log.answer()

    @natural("a thread that is there waits for a task in the pool's queue")
    def trickle(self, job):
        log = Log(job)
        for [task] in groups(job):
            log.idle()
            log.ended(self.executor.submit(work, job, task).result())
        return log.answer()

    @possible("items in the queue are taken back, those that run see an event")
    def cancel(self, job):
        crowd, events = Crowd(job, self.workers), Events()
        futures = start_each(
            lambda task: self.executor.submit(stay, crowd, task, events),
            range(job.tasks), events.set,
        )
        try:
            events.gathered(crowd)
        finally:
            crowd.stop()
            events.set()
            for task, future in reversed(list(enumerate(futures))):
                if future.cancel():
                    crowd.leave(task)
            wait(futures)
        join_all([future for future in futures if not future.cancelled()])
        return crowd.answer()

    @unsuitable("a connection holds a thread for as long as it is open")
    def echo(self, job):
        each_its_own(job.connections + 1, self.workers)
        with Visit(job) as visit:
            futures = start_each(
                lambda stream: self.executor.submit(serve, job, *stream),
                enumerate(visit), visit.hang_up,
            )
            join_together(futures)
            return visit.answer()

    def close(self):
        self.executor.shutdown()
