"""Items that go through stages, with a queue between each two."""

from .kernels import churn
from .stop import look
from .trace import TRACING, computing

# What a stage hands on after its last item.
END = None


class Stage:
    """A stage, with the state that each item changes."""

    def __init__(self, job, number):
        self.rounds, self.number, self.state = job.rounds, number, 0

    def work(self, item):
        """What this stage makes of an item."""
        look()
        if not TRACING:
            self.state = churn(self.state ^ item, self.rounds)
            return self.state
        with computing(self.number):
            self.state = churn(self.state ^ item, self.rounds)
        return self.state


class Line:
    """The stages of one run, and how many items are on their way: only the
    first stage counts those that were made, only the last those taken out."""

    def __init__(self, job):
        self.job = job
        self.stages = [Stage(job, number) for number in range(job.stages)]
        self.made, self.taken, self.most = 0, 0, 0

    def make(self):
        """The items, as they leave the first stage."""
        for item in range(self.job.items):
            self.made += 1
            self.most = max(self.most, self.made - self.taken)
            yield self.stages[0].work(item)

    def take(self, item):
        """Takes an item out at the end."""
        self.stages[-1].work(item)
        self.taken += 1

    def flowed(self):
        """What came out at the end."""
        job = self.job
        bound = (job.stages - 1) * job.places + job.stages
        if self.most > bound:
            raise ValueError(f"{self.most} items at once, at most {bound}")
        return self.taken, self.stages[-1].state


def make(line, put):
    """The first stage: hands on the items that it makes."""
    try:
        for item in line.make():
            put(item)
    finally:
        put(END)


def pass_on(stage, get, put):
    """A stage between two others, until no item comes any more."""
    try:
        for item in iter(get, END):
            put(stage.work(item))
    except BaseException:
        drain(get)
        raise
    finally:
        put(END)


def take(line, get):
    """The last stage: keeps no item."""
    try:
        for item in iter(get, END):
            line.take(item)
    except BaseException:
        drain(get)
        raise


def drain(get):
    """Takes what still comes: the stage before is not left waiting."""
    for _ in iter(get, END):
        pass


def stage(job, number, queues):
    """A stage of a pipeline whose others run apart; what came out, if it is
    the last one."""
    line = Line(job)
    if number == 0:
        make(line, queues[0].put)
    elif number < job.stages - 1:
        get, put = queues[number - 1].get, queues[number].put
        pass_on(line.stages[number], get, put)
    else:
        take(line, queues[-1].get)
    return line.taken, line.stages[-1].state
