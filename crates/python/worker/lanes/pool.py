"""An executor, and a client that submits tasks to it."""

import time
from concurrent.futures import as_completed

from .job import Job
from .kernels import churned
from .protocol import unsupported
from .seeds import MASK, part_seed
from .stop import look
from .tasks import drop, end_all


def cancels(job, task):
    """Whether the client cancels a task, once all are submitted."""
    return job.form == "cancelled" and task % 2 == 1


def order(job, task):
    """All that a task computes from: what another process needs."""
    return Job(seed=part_seed(job.seed, task), rounds=job.each[task])


def served(order, task):
    """Does a task: its number, its answer, and when that was there."""
    look()
    state = churned(task, order.seed, order.rounds)
    return task, state & MASK, time.monotonic_ns()


class Inbox:
    """What the client has of its tasks so far."""

    def __init__(self, job):
        self.job, self.tasks, self.sum = job, 0, 0
        self.vain = 0 if job.form == "cancelled" else None
        # How many results came before that of an earlier task, in order.
        self.disorder, self.latest, self.latencies = 0, -1, []

    def take(self, ready):
        """Takes the result of a task."""
        task, found, at = ready
        self.tasks += 1
        self.latencies.append(max(time.monotonic_ns() - at, 0))
        if cancels(self.job, task):
            self.vain += 1
        else:
            self.sum = (self.sum + found) & MASK
        if self.job.form == "ordered" and task < self.latest:
            self.disorder += 1
        self.latest = task

    def gone(self):
        """A task was cancelled: it has no result."""
        self.tasks += 1

    def answer(self):
        """How many tasks have a result or are gone, the sum of the answers of
        those that were not cancelled, how long after its end each result was
        here, how many began in vain, and how many results came too early."""
        look()
        return self.tasks, self.sum, self.latencies, self.vain, self.disorder


def no_cancel(job, who):
    if job.form == "cancelled":
        raise unsupported(f"{who} cannot be cancelled before they begin")


def client(job, futures, result=lambda future: future.result()):
    """Takes the results of an executor's futures."""
    inbox = Inbox(job)
    try:
        for task, future in enumerate(futures):
            if cancels(job, task) and future.cancel():
                inbox.gone()
        left = [future for future in futures if not future.cancelled()]
        ordered = job.form == "ordered"
        for future in left if ordered else as_completed(left):
            inbox.take(result(future))
    except BaseException:
        drop(futures)
        end_all(futures)
        raise
    return inbox.answer()
