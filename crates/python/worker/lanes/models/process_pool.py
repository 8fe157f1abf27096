"""A pool of processes."""

import time
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, wait
from itertools import chain

from .. import (
    channel, forked, mandelbrot, matrices, pipeline, primes, sorting, words
)
from ..apart import apart
from ..cancel import HOUR, Crowd
from ..counter import SHARDS, add, no_atomic, total
from ..feed import Log, groups, work
from ..fit import natural, possible, unsuitable
from ..forked import FORK, enter_pool, present_process
from ..hops import play, relay, two_players
from ..interpreters import forkable
from ..job import Job, parts, sent, split, whole
from ..kernels import (
    PLAN, empty, fetch, in_order, largest, read, subtask, top, twice
)
from ..pool import client, order, served
from ..protocol import unsupported
from ..queens import subtree, subtrees
from ..shape import answer, begun, lane, own, shares
from ..stop import NAP, look
from ..tasks import each_its_own, joined, start_each, waits_for_itself
from ..trace import TRACING


def add_shared(job, task):
    add(job, task, forked.SHARED.totals)


def play_shared(job, side):
    end = forked.SHARED.ends[side]
    return play(job, side, end.send, end.recv)


def lane_shared(job, begin, tasks):
    lock, _ = forked.SHARED.totals[0]
    return lane(job, begin, lock, tasks)


def produce_shared(job, producer):
    return channel.produce(job, producer, forked.SHARED.queues[0].put)


def consume_shared(job):
    return channel.consume(job, forked.SHARED.queues[0].get)


def stage_shared(job, number):
    return pipeline.stage(job, number, forked.SHARED.queues)


def stay_shared(job, task):
    """A task until the event that all share: when it began its last grain, if
    any, and when it was gone."""
    crowd, begun, stop = Crowd(job, 1), forked.SHARED.begun, forked.SHARED.stop
    crowd.begin()
    begun.release()
    began = 0
    while not stop.is_set():
        if job.form == "computing":
            began = time.monotonic_ns()
            crowd.grain(task)
        else:
            stop.wait(HOUR)
    return began, time.monotonic_ns()


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
        # How many places each queue has that the processes share.
        self.places = []
        self.executor = None
        self.open()

    def open(self):
        values = [FORK.Value("Q") for _ in range(SHARDS)]
        self.shared = Job(
            arrived=FORK.Barrier(self.workers),
            totals=[(value.get_lock(), value.get_obj()) for value in values],
            ends=FORK.Pipe(),
            # One with 0 places has any number.
            queues=[FORK.Queue(places) for places in self.places],
            begun=FORK.Semaphore(0),
            stop=FORK.Event(),
        )
        self.executor = ProcessPoolExecutor(
            self.workers, FORK, initializer=enter_pool, initargs=(self.shared,)
        )
        self.processes = self.threads()

    def submit(self, work, *args):
        origin = TRACING[0].origin if TRACING else None
        try:
            return self.executor.submit(apart, origin, work, *args)
        except BrokenExecutor:
            # A pool takes nothing any more once one of its processes died.
            self.close()
            self.open()
            return self.executor.submit(apart, origin, work, *args)

    def with_queues(self, places):
        """Forks the processes anew, if they do not have such queues: what they
        share they must have from their start on."""
        if self.places != places:
            self.close()
            self.places = places
            self.open()

    def join_all(self, futures):
        return joined(futures)

    def join_together(self, futures):
        """The same for tasks that wait for each other: none is dropped."""
        wait(futures)
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

    @unsuitable(
        "refused: processes share a dictionary through a server process only, "
        "with a message each way for a step"
    )
    def dictionary(self, _job):
        raise unsupported("processes share no dictionary")

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

    @unsuitable(
        "refused: a task that waits for the token keeps its process, and none "
        "of them can hand work to another"
    )
    def ring(self, _job):
        raise unsupported("tasks that wait would need a process each")

    @possible("a multiprocessing.Queue pickles each message into a pipe")
    def channel(self, job):
        channel.no_place(job)
        each_its_own(channel.parties(job), self.workers)
        self.with_queues([job.capacity or 0])
        consumers = channel.consumers(job)
        results = self.join_together([
            self.submit(consume_shared, job) for _ in consumers
        ] + [
            self.submit(produce_shared, job, producer)
            for producer in channel.producers(job)
        ])
        return channel.total(results[:len(consumers)])

    @possible("stages compute at once, and each item crosses every queue")
    def pipeline(self, job):
        each_its_own(job.stages, self.workers)
        self.with_queues([job.places] * (job.stages - 1))
        return self.join_together([
            self.submit(stage_shared, job, number)
            for number in reversed(range(job.stages))
        ])[0]

    @unsuitable(
        "refused: processes have the locks that were there when they were "
        "forked, and each table has its own"
    )
    def philosophers(self, _job):
        raise unsupported("processes share no lock that is made after them")

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

    @natural("what an executor is for, and little crosses")
    def pool(self, job):
        futures = start_each(
            lambda task: self.submit(served, order(job, task), task),
            range(job.tasks),
        )
        return client(job, futures, lambda future: joined([future])[0])

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

    @unsuitable("refused: a wait holds a process, and a process a whole Python")
    def sleepers(self, _job):
        raise unsupported("tasks that wait would need a process each")

    @possible("processes that are there wait at a pipe, with a lock round it")
    def burst(self, job):
        log = Log(job)
        for tasks in groups(job):
            log.idle()
            futures = start_each(
                lambda task: self.submit(work, job, task), tasks
            )
            log.began(self.join_all(futures))
        return log.answer()

    @possible("a process that is there waits at a pipe, two threads on the way")
    def trickle(self, job):
        log = Log(job)
        for [task] in groups(job):
            log.idle()
            [done] = self.join_all([self.submit(work, job, task)])
            log.ended(done)
        return log.answer()

    @possible("items in the queue are taken back, those that run see an event")
    def cancel(self, job):
        crowd, shared = Crowd(job, self.workers), self.shared
        shared.stop.clear()
        while shared.begun.acquire(False):
            # Of a run that was cancelled.
            pass
        futures = start_each(
            lambda task: self.submit(stay_shared, job, task),
            range(job.tasks), lambda _: shared.stop.set(),
        )
        try:
            for _ in range(crowd.expected):
                # One that has ended by now has failed.
                while not shared.begun.acquire(timeout=NAP):
                    look()
                    if any(future.done() for future in futures):
                        break
        finally:
            crowd.stop()
            shared.stop.set()
            for task, future in reversed(list(enumerate(futures))):
                if future.cancel():
                    crowd.leave(task)
            wait(futures)
        stayed = [task for task in range(job.tasks) if task not in crowd.gone]
        ends = self.join_all([futures[task] for task in stayed])
        for task, (began, gone) in zip(stayed, ends):
            crowd.vain += began > crowd.stopped
            crowd.gone[task] = gone
        return crowd.answer()

    @unsuitable(
        "refused: a connection holds a process for as long as it is open, and "
        "has to be sent there"
    )
    def echo(self, _job):
        raise unsupported("connections would need a process each")

    def close(self):
        self.executor.shutdown()
