"""A pool of processes."""

from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from itertools import chain

from .. import forked, mandelbrot, matrices, primes, sorting, words
from ..apart import apart
from ..counter import SHARDS, add, no_atomic, total
from ..fit import natural, possible, unsuitable
from ..forked import FORK, enter_pool, present_process
from ..hops import play, relay, two_players
from ..interpreters import forkable
from ..job import Job, parts, sent, split, whole
from ..kernels import (
    PLAN, empty, fetch, in_order, largest, read, subtask, top, twice
)
from ..queens import subtree, subtrees
from ..shape import answer, begun, lane, own, shares
from ..tasks import joined, start_each, waits_for_itself
from ..trace import TRACING


def add_shared(job, task):
    add(job, task, forked.SHARED.totals)


def play_shared(job, side):
    end = forked.SHARED.ends[side]
    return play(job, side, end.send, end.recv)


def lane_shared(job, begin, tasks):
    lock, _ = forked.SHARED.totals[0]
    return lane(job, begin, lock, tasks)


class ProcessPool:
    """python-process-pool: concurrent.futures.ProcessPoolExecutor.

    - share: nothing but what was made before the processes were forked
    - start: a work item, pickled with its input, in the queue of the pool
    - wait: a process waits, and the others go on
    - join: the futures' results in order, pickled there and unpickled here
    """

    serial = False
    lane, turns = "process", None

    def __init__(self, workers):
        forkable()
        self.workers = workers
        self.pool = None
        self.open()

    def open(self):
        values = [FORK.Value("Q") for _ in range(SHARDS)]
        self.shared = Job(
            arrived=FORK.Barrier(self.workers),
            totals=[(value.get_lock(), value.get_obj()) for value in values],
            ends=FORK.Pipe(),
        )
        self.pool = ProcessPoolExecutor(
            self.workers, FORK, initializer=enter_pool, initargs=(self.shared,)
        )
        self.processes = self.threads()

    def submit(self, work, *args):
        origin = TRACING[0].origin if TRACING else None
        try:
            return self.pool.submit(apart, origin, work, *args)
        except BrokenExecutor:
            # A pool takes nothing any more once one of its processes died.
            self.close()
            self.open()
            return self.pool.submit(apart, origin, work, *args)

    def join_all(self, futures):
        return joined(futures)

    def threads(self):
        futures = [self.submit(present_process) for _ in range(self.workers)]
        return self.join_all(futures)

    @possible(
        "computes at once, and pays for numbers that are pickled there and "
        "back"
    )
    def max(self, job):
        futures = [
            self.submit(largest, *sent(job, part))
            for part in parts(job, self.workers)
        ]
        return top(self.join_all(futures))

    @unsuitable("the answer costs more to bring than to make")
    def double(self, job):
        futures = [
            self.submit(twice, *sent(job, part))
            for part in parts(job, self.workers)
        ]
        return self.join_all(futures)

    @unsuitable("the list goes there twice, and comes back once")
    def join(self, job):
        most = self.submit(largest, *sent(job, whole(job, 0)))
        piece = self.submit(twice, *sent(job, whole(job, 1)))
        most, piece = self.join_all([most, piece])
        return most, [piece]

    @natural("compute and waits overlap, on small inputs")
    def subtasks(self, job):
        futures = [
            self.submit(subtask, job, task) for task in range(len(PLAN))
        ]
        return self.join_all(futures)

    @possible("as many requests at once as the pool has processes")
    def fetch(self, job):
        at_once = min(self.workers, job.in_flight)
        futures = [
            self.submit(fetch, job, range(first, len(job.requests), at_once))
            for first in range(at_once)
        ]
        return in_order(self.join_all(futures))

    @natural("names go there, numbers come back")
    def read(self, job):
        files = split(len(job.paths), 1, self.workers)
        own = Job(paths=job.paths)
        futures = [self.submit(read, own, part) for part in files]
        return list(chain(*self.join_all(futures)))

    @possible("a lock of the system around shared memory; atomic refused")
    def counter(self, job):
        no_atomic(job)
        for _, number in self.shared.totals:
            number.value = 0
        futures = start_each(
            lambda task: self.submit(add_shared, job, task), range(job.tasks)
        )
        self.join_all(futures)
        return total(self.shared.totals)

    @possible("tokens go through pipes of the system")
    def event(self, job):
        two_players(self.workers)
        futures = [self.submit(play_shared, job, side) for side in range(2)]
        try:
            return relay(self.join_all(futures))
        except Exception:
            # The players of the next run must not find these tokens.
            for end in self.shared.ends:
                while end.poll():
                    end.recv()
            raise

    @unsuitable("two pipes and two threads for an empty task")
    def spawn(self, job):
        futures = start_each(
            lambda task: self.submit(empty, task), range(job.tasks)
        )
        return sum(self.join_all(futures))

    @unsuitable(
        "refused: a task that waits for its halves keeps its worker, and "
        "the pool would wait for itself"
    )
    def fib(self, job):
        raise waits_for_itself()

    @possible("compute and waits overlap as far as there are processes")
    def shape(self, job):
        begin = begun()
        futures = start_each(
            lambda tasks: self.submit(
                lane_shared, own(job, tasks), begin, tasks
            ),
            shares(job, self.workers),
        )
        return answer(job, self.join_all(futures))

    @possible("computes at once, and pickles a board for each subtree")
    def nqueens(self, job):
        futures = start_each(
            lambda board: self.submit(subtree, job.n, board), subtrees(job)
        )
        return sum(self.join_all(futures))

    @possible("computes at once, and each process gets the second matrix")
    def matmul(self, job):
        futures = [
            self.submit(matrices.band_apart, matrices.band(job, tile), tile)
            for tile in matrices.bands(job, self.workers)
        ]
        return list(chain(*self.join_all(futures)))

    @unsuitable("each number is pickled there and back, and for each merge")
    def sort(self, job):
        sorting.no_library(job)

        def merged(pairs):
            return self.join_all([
                self.submit(sorting.join, *pair) for pair in pairs
            ])

        futures = [
            self.submit(sorting.one_by_one, *sorting.sent(job, part))
            for part in split(len(job.list), job.cutoff, self.workers)
        ]
        return sorting.merge_all(self.join_all(futures), merged)

    @natural("a size and a place go there, two numbers a row come back")
    def mandelbrot(self, job):
        futures = start_each(
            lambda part: self.submit(mandelbrot.rows, job, part),
            mandelbrot.grains(job),
        )
        return mandelbrot.image(self.join_all(futures))

    @possible("a text that is pickled there, and a table back")
    def wordcount(self, job):
        futures = [
            self.submit(words.count, *words.sent(job, part))
            for part in words.parts(job, self.workers)
        ]
        return words.together(self.join_all(futures))

    @natural("two numbers go there, two come back")
    def primes(self, job):
        futures = start_each(
            lambda part: self.submit(primes.primes, job, part),
            primes.grains(job),
        )
        return primes.added(self.join_all(futures))

    def close(self):
        self.pool.shutdown()
