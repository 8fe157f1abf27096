"""A pool of threads."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from .. import mandelbrot, matrices, primes, sorting, words
from ..counter import add, no_atomic, total, totals
from ..fit import natural, possible, unsuitable
from ..hops import Slot, play, relay, two_players
from ..job import parts, split, whole
from ..kernels import (
    PLAN, empty, fetch, in_order, largest, read, subtask, top, twice
)
from ..queens import subtree, subtrees
from ..shape import answer, begun, lane, lanes
from ..tasks import (
    handed_out, join_all, present, start_each, waits_for_itself
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
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="lane")

    def threads(self):
        arrived = threading.Barrier(self.workers)
        futures = [
            self.pool.submit(present, arrived) for _ in range(self.workers)
        ]
        return join_all(futures)

    @unsuitable(TURNS)
    def max(self, job):
        futures = [
            self.pool.submit(largest, job, part)
            for part in parts(job, self.workers)
        ]
        return top(join_all(futures))

    @unsuitable(TURNS)
    def double(self, job):
        futures = [
            self.pool.submit(twice, job, part)
            for part in parts(job, self.workers)
        ]
        return join_all(futures)

    @unsuitable(TURNS)
    def join(self, job):
        most = self.pool.submit(largest, job, whole(job, 0))
        piece = self.pool.submit(twice, job, whole(job, 1))
        most, piece = join_all([most, piece])
        return most, [piece]

    @possible("waits overlap as far as there are threads")
    def subtasks(self, job):
        futures = [
            self.pool.submit(subtask, job, task) for task in range(len(PLAN))
        ]
        return join_all(futures)

    @possible("as many requests at once as the pool has threads")
    def fetch(self, job):
        at_once = min(self.workers, job.in_flight)
        todo = handed_out(range(len(job.requests)), at_once)
        futures = [
            self.pool.submit(fetch, job, iter(todo.get, None))
            for _ in range(at_once)
        ]
        return in_order(join_all(futures))

    @possible("threads wait for files at once, and parse in turns")
    def read(self, job):
        files = split(len(job.paths), 1, self.workers)
        futures = [self.pool.submit(read, job, part) for part in files]
        return list(chain(*join_all(futures)))

    @natural("what locks are for; atomic refused")
    def counter(self, job):
        no_atomic(job)
        shared = totals()
        futures = start_each(
            lambda task: self.pool.submit(add, job, task, shared),
            range(job.tasks),
        )
        join_all(futures)
        return total(shared)

    @possible("two threads of the pool are kept from others")
    def event(self, job):
        two_players(self.workers)
        slots = [Slot(), Slot()]
        futures = [
            self.pool.submit(
                play, job, side, slots[1 - side].put, slots[side].get
            )
            for side in range(2)
        ]
        return relay(join_all(futures))

    @natural("a queue of small tasks is what a pool is for")
    def spawn(self, job):
        futures = start_each(
            lambda task: self.pool.submit(empty, task), range(job.tasks)
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
            lambda tasks: self.pool.submit(lane, job, begin, lock, tasks),
            lanes(job),
        )
        return answer(job, join_all(futures))

    @unsuitable(TURNS)
    def nqueens(self, job):
        futures = start_each(
            lambda board: self.pool.submit(subtree, job.n, board),
            subtrees(job),
        )
        return sum(join_all(futures))

    @unsuitable(TURNS)
    def matmul(self, job):
        # A tile each: an item that waits for its halves keeps its worker.
        futures = start_each(
            lambda tile: self.pool.submit(matrices.leaf, job, tile),
            matrices.tiles(job, matrices.whole(job)),
        )
        return list(chain(*join_all(futures)))

    @unsuitable(TURNS)
    def sort(self, job):
        sorting.no_library(job)

        def merged(pairs):
            return join_all(start_each(
                lambda pair: self.pool.submit(sorting.join, *pair), pairs
            ))

        futures = start_each(
            lambda leaf: self.pool.submit(sorting.leaf, job, leaf),
            sorting.leaves(job),
        )
        return sorting.merge_all(join_all(futures), merged)

    @unsuitable(TURNS)
    def mandelbrot(self, job):
        futures = start_each(
            lambda part: self.pool.submit(mandelbrot.rows, job, part),
            mandelbrot.grains(job),
        )
        return mandelbrot.image(join_all(futures))

    @unsuitable(TURNS)
    def wordcount(self, job):
        futures = [
            self.pool.submit(words.count, job, part)
            for part in words.parts(job, self.workers)
        ]
        return words.together(join_all(futures))

    @unsuitable(TURNS)
    def primes(self, job):
        futures = start_each(
            lambda part: self.pool.submit(primes.primes, job, part),
            primes.grains(job),
        )
        return primes.added(join_all(futures))

    def close(self):
        self.pool.shutdown()
