"""Threads that keep results, and results in order."""

import queue
import threading
from concurrent.futures import Future, wait
from itertools import chain

from .protocol import PATIENCE, unsupported
from .stop import is_raised, look
from .trace import TRACING

# Above this many threads the system refuses sooner or later.
MOST_THREADS = 10_000


def start_each(begin, items, give_up=None):
    """A task for each of many items. If the run is to end meanwhile, or one
    cannot be started, those that were started are waited for. Where they wait
    for others, `give_up` lets them go: it is called with their number."""
    tasks = []
    try:
        for item in items:
            look()
            tasks.append(begin(item))
    except BaseException:
        if give_up:
            give_up(len(tasks))
        drop(tasks)
        end_all(tasks)
        raise
    return tasks


def end_all(tasks):
    """Waits for all tasks, however they end."""
    for task in tasks:
        try:
            task.result()
        except Exception:
            pass


def drop(tasks):
    """Those that wait in the queue of a pool need not begin."""
    for task in reversed(tasks):
        if isinstance(task, Future):
            task.cancel()


def join_all(tasks):
    """The results in order, once all have ended, or else the first error."""
    results, failed = [], None
    for task in tasks:
        try:
            results.append(task.result())
        except Exception as error:
            if failed is None and is_raised():
                drop(tasks)
            failed = failed or error
    if failed:
        # Those that were dropped say something else.
        look()
        raise failed
    return results


def join_together(tasks):
    """The same for those that wait for each other: none of them is dropped."""
    wait(tasks)
    return join_all(tasks)


def present(arrived):
    """The system's number of this thread, once the others are here too."""
    arrived.wait(PATIENCE)
    return threading.get_native_id()


def handed_out(indices, takers):
    """A queue of numbers, and an end for each task that takes from it."""
    todo = queue.SimpleQueue()
    for index in chain(indices, [None] * takers):
        todo.put(index)
    return todo


class Task(threading.Thread):
    """A thread that keeps what its work returned or raised: `join` returns
    neither."""

    def __init__(self, work, *args):
        super().__init__(daemon=True)
        self.work, self.args, self.value, self.error = work, args, None, None
        self.asked = TRACING[0].now() if TRACING else None

    def run(self):
        try:
            self.value = self.work(*self.args)
        except BaseException as error:
            self.error = error

    def result(self):
        self.join()
        if self.error:
            raise self.error
        return self.value


def start(work, *args):
    """Starts a thread for a task."""
    task = Task(work, *args)
    task.start()
    return task


def affordable(threads):
    if threads > MOST_THREADS:
        why = f"a thread each for {threads} tasks; at most {MOST_THREADS}"
        raise unsupported(why)


def joined(futures):
    """The results of work that was done apart; its spans are kept."""
    return spared(join_all(futures))


def spared(results):
    """The same, once they are here."""
    values = []
    for value, spans in results:
        values.append(value)
        if TRACING:
            TRACING[0].spans.extend(spans)
    return values


def each_its_own(tasks, workers):
    """Refuses a pool that cannot run so many tasks at the same time."""
    if tasks > workers:
        raise unsupported(
            "tasks that wait for each other need a worker of the pool each"
        )


def waits_for_itself():
    return unsupported(
        "a task that waits for its halves keeps its worker, so that a pool "
        "whose workers all wait would wait for itself"
    )
