"""A thread for each task."""

import threading
from itertools import chain
from queue import Queue, SimpleQueue

from .. import channel, mandelbrot, matrices, pipeline, primes, sorting, words
from ..cancel import Crowd, Events, stay
from ..counter import add, no_atomic, total, totals
from ..dictionary import Map, visit
from ..echo import Visit, serve
from ..feed import Log, groups, work
from ..fit import natural, possible, unsuitable
from ..hops import LEFT, Slot, go, play, relay
from ..job import parts, split, whole
from ..kernels import (
    PLAN, empty, fetch, fib_looking, forks, in_order, largest, read, subtask,
    top, twice
)
from ..philosophers import Table, chopsticks, dine
from ..pool import Inbox, no_cancel, order, served
from ..protocol import unsupported
from ..queens import EMPTY, boards, children, row_of, subtree
from ..shape import answer, begun, lane, lanes
from ..sleepers import Hall, sleeper
from ..stop import look
from ..tasks import (
    affordable, end_all, handed_out, join_all, present, start, start_each
)
from ..trees import (
    branches, offspring, seedling, skynet_looking, skynet_tasks, uts, uts_tasks
)

# Each fork of a recursion would be a thread that waits.
MOST_FORKS = 2_000
TURNS = (
    "threads that compute take turns under the GIL; without one it would "
    "suit"
)


class Threads:
    """python-threads: a threading.Thread for each task.

    - share: every thread sees the same objects
    - start: a thread of the system for each task
    - wait: a thread that waits lets go of the GIL
    - join: the threads are joined in order
    """

    serial = False
    lane, turns = "thread", "threads"

    def __init__(self, workers):
        self.workers = workers

    def threads(self):
        arrived = threading.Barrier(self.workers)
        threads = [start(present, arrived) for _ in range(self.workers)]
        return join_all(threads)

    @unsuitable(TURNS)
    def max(self, job):
        threads = [
            start(largest, job, part) for part in parts(job, self.workers)
        ]
        return top(join_all(threads))

    @unsuitable(TURNS)
    def double(self, job):
        threads = [
            start(twice, job, part) for part in parts(job, self.workers)
        ]
        return join_all(threads)

    @unsuitable(TURNS)
    def join(self, job):
        most = start(largest, job, whole(job, 0))
        piece = start(twice, job, whole(job, 1))
        most, piece = join_all([most, piece])
        return most, [piece]

    @possible("waits overlap, compute takes turns")
    def subtasks(self, job):
        threads = [start(subtask, job, task) for task in range(len(PLAN))]
        return join_all(threads)

    @natural("a thread that waits lets go of the GIL")
    def fetch(self, job):
        affordable(job.in_flight)
        todo = handed_out(range(len(job.requests)), job.in_flight)
        threads = start_each(
            lambda _: start(fetch, job, iter(todo.get, None)),
            range(job.in_flight),
        )
        return in_order(join_all(threads))

    @possible("threads wait for files at once, and parse in turns")
    def read(self, job):
        files = split(len(job.paths), 1, self.workers)
        threads = [start(read, job, part) for part in files]
        return list(chain(*join_all(threads)))

    @natural("what locks are for; atomic refused")
    def counter(self, job):
        no_atomic(job)
        affordable(job.tasks)
        shared = totals()
        threads = start_each(
            lambda task: start(add, job, task, shared), range(job.tasks)
        )
        join_all(threads)
        return total(shared)

    @natural("what locks are for, and a step takes its own")
    def dictionary(self, job):
        affordable(job.tasks)
        shared = Map(job, threading.Lock)
        threads = start_each(
            lambda task: start(visit, shared, task), range(job.tasks)
        )
        return shared.looked(join_all(threads))

    @natural("a threading.Event for each player")
    def event(self, job):
        slots = [Slot(), Slot()]
        threads = [
            start(play, job, side, slots[1 - side].put, slots[side].get)
            for side in range(2)
        ]
        return relay(join_all(threads))

    @possible("a queue for each task, and a whole thread that waits at it")
    def ring(self, job):
        affordable(job.tasks)
        queues = [SimpleQueue() for _ in range(job.tasks)]
        # The queue of the next task.
        ends = zip(range(job.tasks), queues[1:] + queues[:1], queues)
        threads = start_each(
            lambda end: start(go, job, end[0], end[1].put, end[2].get), ends,
            lambda _: queues[0].put((LEFT, 0)),
        )
        return relay(join_all(threads))

    @natural("what the queue module is for; none has no place")
    def channel(self, job):
        channel.no_place(job)
        unbounded = job.capacity is None
        queue = SimpleQueue() if unbounded else Queue(job.capacity)
        parties = [
            (channel.consume, job, queue.get) for _ in channel.consumers(job)
        ] + [
            (channel.produce, job, producer, queue.put)
            for producer in channel.producers(job)
        ]
        threads = start_each(
            lambda party: start(*party), parties,
            lambda started: channel.give_up(job, queue.put, started),
        )
        results = join_all(threads)
        return channel.total(results[:len(channel.consumers(job))])

    @unsuitable(TURNS)
    def pipeline(self, job):
        affordable(job.stages)
        line = pipeline.Line(job)
        queues = [Queue(job.places) for _ in line.stages[1:]]
        # The last stage first, so that each finds the next one there.
        stages = [(pipeline.take, line, queues[-1].get)]
        for number in reversed(range(1, job.stages - 1)):
            get, put = queues[number - 1].get, queues[number].put
            stages.append((pipeline.pass_on, line.stages[number], get, put))
        stages.append((pipeline.make, line, queues[0].put))

        def give_up(_):
            for queue in queues:
                queue.put(pipeline.END)

        join_all(start_each(lambda stage: start(*stage), stages, give_up))
        return line.flowed()

    @natural("what locks are for, and a thread waits for each of two")
    def philosophers(self, job):
        affordable(job.philosophers)
        table = Table(job)
        locks = [threading.Lock() for _ in chopsticks(job)]
        threads = start_each(
            lambda philosopher: start(dine, table, philosopher, locks),
            range(job.philosophers),
        )
        join_all(threads)
        return table.used

    @unsuitable("a thread of the system for each empty task")
    def spawn(self, job):
        affordable(job.tasks)
        threads = start_each(
            lambda task: start(empty, task), range(job.tasks)
        )
        return sum(join_all(threads))

    @unsuitable("a thread a fork; refused above 2,000 forks")
    def fib(self, job):
        few(forks(job))
        return fib_in_threads(job, job.n)

    @possible("waits overlap, compute takes turns")
    def shape(self, job):
        affordable(job.at_once)
        begin, lock = begun(), threading.Lock()
        threads = start_each(
            lambda tasks: start(lane, job, begin, lock, tasks), lanes(job)
        )
        return answer(job, join_all(threads))

    @unsuitable("a thread for each task, which begins at once")
    def pool(self, job):
        no_cancel(job, "threads")
        affordable(job.tasks)
        inbox, done = Inbox(job), SimpleQueue()

        def send(task):
            ready = None
            try:
                ready = served(order(job, task), task)
            finally:
                done.put(ready)
            return ready

        threads = start_each(lambda task: start(send, task), range(job.tasks))
        try:
            for thread in threads:
                ordered = job.form == "ordered"
                ready = thread.result() if ordered else done.get()
                if ready is None:
                    break
                inbox.take(ready)
        finally:
            end_all(threads)
        join_all(threads)
        return inbox.answer()

    @unsuitable("a thread a node; refused above 2,000 nodes")
    def skynet(self, job):
        few(skynet_tasks(job.leaves, job.cutoff))
        return skynet_in_threads(job, 0, job.leaves)

    @unsuitable(TURNS)
    def nqueens(self, job):
        few(boards(job))
        return nqueens_in_threads(job, EMPTY)

    @unsuitable("a thread a node; refused above 2,000 nodes")
    def uts(self, job):
        few(uts_tasks(job))
        return uts_in_threads(job, seedling(), 0)

    @unsuitable(TURNS)
    def matmul(self, job):
        product = matrices.whole(job)
        few(len(matrices.tiles(job, product)) - 1)
        return in_threads(job, product, matrices)

    @unsuitable(TURNS)
    def sort(self, job):
        sorting.no_library(job)
        few(len(sorting.leaves(job)) - 1)
        return in_threads(job, whole(job, 0), sorting)

    @unsuitable(TURNS)
    def mandelbrot(self, job):
        todo = handed_out(mandelbrot.grains(job), self.workers)
        threads = [
            start(mandelbrot.rows_of, job, iter(todo.get, None))
            for _ in range(self.workers)
        ]
        return mandelbrot.image(join_all(threads))

    @unsuitable(TURNS)
    def wordcount(self, job):
        threads = [
            start(words.count, job, part)
            for part in words.parts(job, self.workers)
        ]
        return words.together(join_all(threads))

    @unsuitable(TURNS)
    def primes(self, job):
        todo = handed_out(primes.grains(job), self.workers)
        threads = [
            start(primes.primes_of, job, iter(todo.get, None))
            for _ in range(self.workers)
        ]
        return primes.added(join_all(threads))

    @possible("a stack for each; some ten thousand, and no more")
    def sleepers(self, job):
        affordable(job.tasks)
        hall = Hall(job)
        threads = start_each(
            lambda task: start(sleeper, hall, task), range(job.tasks),
            hall.close,
        )
        return hall.answer(join_all(threads))

    @possible("no thread is idle, and one has to start for each task")
    def burst(self, job):
        affordable(job.at_once)
        log = Log(job)
        for tasks in groups(job):
            log.idle()
            threads = start_each(lambda task: start(work, job, task), tasks)
            log.began(join_all(threads))
        return log.answer()

    @possible("no thread is idle, and one has to start for each task")
    def trickle(self, job):
        log = Log(job)
        for [task] in groups(job):
            log.idle()
            log.ended(start(work, job, task).result())
        return log.answer()

    @possible("nothing stops a thread: each looks at an event by itself")
    def cancel(self, job):
        affordable(job.tasks)
        crowd, events = Crowd(job, job.tasks), Events()
        threads = start_each(
            lambda task: start(stay, crowd, task, events),
            range(job.tasks), events.set,
        )
        try:
            events.gathered(crowd)
        finally:
            crowd.stop()
            events.set()
            join_all(threads)
        return crowd.answer()

    @possible("a stack for each connection, a wake-up for each request")
    def echo(self, job):
        affordable(job.connections + 1)
        with Visit(job) as visit:
            threads = start_each(
                lambda stream: start(serve, job, *stream), enumerate(visit),
                visit.hang_up,
            )
            join_all(threads)
            return visit.answer()

    def close(self):
        pass


def few(forks):
    """Refuses more threads than a run can have."""
    if forks > MOST_FORKS:
        why = f"a thread each for {forks} forks, most of which wait"
        raise unsupported(f"{why}; at most {MOST_FORKS}")


def in_threads(job, part, work):
    """Both halves of a part, the left one in a thread of its own; `work` says
    how a part is halved, done and joined."""
    look()
    both = work.halves(job, part)
    if both is None:
        return work.leaf(job, part)
    left = start(in_threads, job, both[0], work)
    try:
        right = in_threads(job, both[1], work)
    finally:
        left.join()
    return work.join(left.result(), right)


def fib_in_threads(job, n):
    look()
    if n < 2:
        return n
    if n < job.cutoff:
        return fib_looking(n)
    left = start(fib_in_threads, job, n - 1)
    try:
        right = fib_in_threads(job, n - 2)
    finally:
        left.join()
    return left.result() + right


def skynet_in_threads(job, first, leaves):
    look()
    if leaves <= job.cutoff:
        return skynet_looking(first, leaves)
    threads = start_each(
        lambda branch: start(skynet_in_threads, job, *branch),
        branches(first, leaves),
    )
    return sum(join_all(threads))


def nqueens_in_threads(job, board):
    look()
    if row_of(board) >= min(job.cutoff, job.n):
        return subtree(job.n, board)
    threads = start_each(
        lambda child: start(nqueens_in_threads, job, child),
        children(job.n, board),
    )
    return sum(join_all(threads))


def uts_in_threads(job, state, depth):
    look()
    if depth >= min(job.cutoff, job.depth):
        return uts(state, job.depth - depth)
    threads = start_each(
        lambda child: start(uts_in_threads, job, child, depth + 1),
        offspring(state),
    )
    return 1 + sum(join_all(threads))
