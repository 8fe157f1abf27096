"""Very many tasks that wait at the same time."""

import threading

from .shape import sleep
from .stop import look


class Hall:
    """Where the tasks of one run wait. Nobody leaves before all are there."""

    def __init__(self, job):
        self.job, self.lock, self.closed = job, threading.Lock(), False
        # How many are there now, the most that were, and how many have left.
        self.now, self.most, self.left = 0, 0, 0

    def enter(self):
        look()
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def leave(self):
        """Whether a task may leave that has waited; if not, it waits again."""
        if self.most < self.job.tasks and not self.closed:
            return False
        with self.lock:
            self.now -= 1
            self.left += 1
        return True

    def close(self, _started):
        """Lets those leave that are there: the others cannot come."""
        self.closed = True

    def answer(self, numbers):
        """What all tasks did, with the sum of their numbers."""
        look()
        return self.left, self.most, sum(numbers)


def sleeper(hall, task):
    """A task that waits on a thread, which is occupied; its number."""
    hall.enter()
    sleep(task, hall.job.wait)
    while not hall.leave():
        sleep(task, hall.job.wait)
    return task
