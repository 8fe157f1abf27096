"""Philosophers round a table, each of whom needs two locks at once."""

from .stop import look


class Table:
    """A table: how many meals each chopstick was used for, under its lock."""

    def __init__(self, job):
        self.job = job
        self.used = [0 for _ in chopsticks(job)]

    def meals(self, philosopher):
        """A number for each meal that a philosopher is hungry for."""
        for meal in range(self.job.meals):
            if meal % self.job.grain == 0:
                look()
            yield meal

    def eat(self, first, second):
        """Eats, with both chopsticks in hand."""
        self.used[first] += 1
        self.used[second] += 1


def chopsticks(job):
    """One for each philosopher, two at least."""
    return range(max(job.philosophers, 2))


def beside(job, philosopher):
    """The chopsticks beside a philosopher, in the order in which all take
    them: so no circle of them waits for each other."""
    after = (philosopher + 1) % len(chopsticks(job))
    return min(philosopher, after), max(philosopher, after)


def dine(table, philosopher, locks):
    """All meals of one philosopher."""
    first, second = beside(table.job, philosopher)
    for _ in table.meals(philosopher):
        with locks[first], locks[second]:
            table.eat(first, second)
