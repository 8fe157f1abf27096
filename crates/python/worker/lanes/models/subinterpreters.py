"""A pool of interpreters."""

import os
import threading
from itertools import chain

from .. import mandelbrot, primes, words
from ..apart import apart
from ..counter import add_alone, no_atomic
from ..feed import Log, groups, work
from ..fit import natural, possible, unsuitable
from ..hops import play_in_pipes, relay, two_players
from ..interpreters import OwnPool, no_own_gils, own_gils
from ..job import Job, parts, sent, split, whole
from ..kernels import (
    PLAN, empty, fetch, in_order, largest, read, subtask, top, twice
)
from ..protocol import unsupported
from ..queens import subtree, subtrees
from ..shape import (
    answer, begun, lane_alone, no_lock, own, shares
)
from ..tasks import (
    join_all, joined, present, start_each, waits_for_itself
)
from ..trace import TRACING


class Subinterpreters:
    """python-subinterpreters: a thread for each of several interpreters.

    - share: nothing; bytes are copied
    - start: a work item, pickled with its input, in the queue of the pool
    - wait: a thread waits, and the others go on: each has its own GIL
    - join: the futures' results in order, pickled there and unpickled here
    """

    serial = False
    lane, turns = "interpreter", None

    @staticmethod
    def missing():
        """Why it cannot be had in this interpreter, if it cannot."""
        why = no_own_gils()
        return why and f"not here, because {why}"

    def __init__(self, workers):
        own_gils()
        self.workers = workers
        self.executor = OwnPool(workers)

    def submit(self, work, *args):
        origin = TRACING[0].origin if TRACING else None
        return self.executor.submit(apart, origin, work, *args)

    def join_all(self, futures):
        return joined(futures)

    def threads(self):
        arrived = threading.Barrier(self.workers)
        futures = [
            self.executor.here(present, arrived) for _ in range(self.workers)
        ]
        return join_all(futures)

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

    @possible("as many requests at once as there are interpreters")
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

    @unsuitable(
        "interpreters share no number and no lock: all but the sharded form"
        " are refused"
    )
    def counter(self, job):
        no_atomic(job)
        if job.form != "sharded":
            why = "interpreters share no number, and no lock to guard one"
            raise unsupported(why)
        futures = start_each(
            lambda task: self.submit(add_alone, job, task), range(job.tasks)
        )
        return sum(self.join_all(futures))

    @unsuitable("refused: interpreters share no dictionary, and no lock")
    def dictionary(self, _job):
        raise unsupported("interpreters share no dictionary, and no lock")

    @possible("tokens go through pipes of the system")
    def event(self, job):
        two_players(self.workers)
        pipes = [os.pipe(), os.pipe()]
        try:
            ends = [(pipes[0][0], pipes[1][1]), (pipes[1][0], pipes[0][1])]
            futures = [
                self.submit(play_in_pipes, job, side, *ends[side])
                for side in range(2)
            ]
            return relay(self.join_all(futures))
        finally:
            for end in chain(*pipes):
                os.close(end)

    @unsuitable(
        "refused: a task that waits for the token keeps its interpreter, and "
        "none of them can hand work to another"
    )
    def ring(self, _job):
        raise unsupported("tasks that wait would need an interpreter each")

    @unsuitable("refused: a queue of interpreters came with 3.14 only")
    def channel(self, _job):
        raise unsupported("no queue that interpreters share before 3.14")

    @unsuitable("refused: a queue of interpreters came with 3.14 only")
    def pipeline(self, _job):
        raise unsupported("no queue that interpreters share before 3.14")

    @unsuitable("refused: interpreters share no lock")
    def philosophers(self, _job):
        raise unsupported("interpreters share no lock")

    @possible("code is compiled and bytes are copied for a task")
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

    @possible("compute and waits overlap as far as there are interpreters")
    def shape(self, job):
        no_lock(job, "interpreters")
        begin = begun()
        futures = start_each(
            lambda tasks: self.submit(
                lane_alone, own(job, tasks), begin, tasks
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

    @unsuitable("refused: a wait holds an interpreter, and its thread")
    def sleepers(self, _job):
        raise unsupported("tasks that wait would need an interpreter each")

    @possible("code is compiled and bytes are copied for a task")
    def burst(self, job):
        log = Log(job)
        for tasks in groups(job):
            log.idle()
            futures = start_each(
                lambda task: self.submit(work, job, task), tasks
            )
            log.began(self.join_all(futures))
        return log.answer()

    @possible("code is compiled and bytes are copied for a task")
    def trickle(self, job):
        log = Log(job)
        for [task] in groups(job):
            log.idle()
            [done] = self.join_all([self.submit(work, job, task)])
            log.ended(done)
        return log.answer()

    @unsuitable(
        "refused: nothing stops an interpreter that runs, and none sees an "
        "event of another"
    )
    def cancel(self, _job):
        raise unsupported("interpreters share no event that stops them")

    @unsuitable(
        "refused: a connection holds an interpreter for as long as it is open"
    )
    def echo(self, _job):
        raise unsupported("connections would need an interpreter each")

    def close(self):
        self.executor.shutdown()
