"""Work that is handed in from outside, at times that are known before: what
`burst` and `trickle` share."""

import time

from .kernels import churned
from .seeds import MASK, part_seed
from .stop import look, rest

# A run is saturated that ends later after the last gap than this, in
# nanoseconds, or this part of all gaps.
SLACK, PART = 10**7, 10


def groups(job):
    """The tasks of each group, in order: they are handed in together."""
    for first in range(0, job.tasks, job.at_once):
        look()
        yield range(first, min(first + job.at_once, job.tasks))


def work(job, task):
    """The compute of one task: when it began and ended, and its answer."""
    began = time.monotonic_ns()
    state = churned(task, part_seed(job.seed, task), job.rounds)
    return began, time.monotonic_ns(), state


class Log:
    """What was done so far, as the thread that hands tasks in writes it down.
    The clock of the run starts with it."""

    def __init__(self, job):
        self.job, self.begin, self.groups = job, time.monotonic_ns(), 0
        # From when on the latency of the last group counts, and when the last
        # task ended.
        self.due, self.end = self.begin, self.begin
        self.tasks, self.sum, self.latencies = 0, 0, []

    def idle(self):
        """Sleeps until the next group is to be handed in. Its latency counts
        from its time, but from now if it slept: the timer is the system's."""
        self.groups += 1
        self.due = self.begin + self.groups * self.job.gap
        left = self.due - time.monotonic_ns()
        if left > 0:
            rest(left / 1e9)
            self.due = time.monotonic_ns()
        look()

    def began(self, group):
        """Writes down a group, and how long its first task took to begin."""
        self.add(group)
        self.latencies.append(min(began for began, _, _ in group) - self.due)

    def ended(self, done):
        """Writes down a task, and how long it took until it had ended."""
        self.add([done])
        self.latencies.append(done[1] - self.due)

    def add(self, group):
        for _, ended, state in group:
            self.tasks += 1
            self.sum = self.sum + state & MASK
            self.end = max(self.end, ended)

    def answer(self):
        """How many tasks were done, the sum of their answers, and latencies:
        None if they came faster than they were done."""
        last = self.groups * self.job.gap
        saturated = self.end - self.begin > last + max(SLACK, last // PART)
        return self.tasks, self.sum, None if saturated else self.latencies
