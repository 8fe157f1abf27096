"""What one task does: the same in every model."""

from array import array
from itertools import chain

from .connection import Connection, Request
from .seeds import MASK, part_seed, words_of
from .stop import look
from .trace import TRACING, computing, grain


def largest(job, part):
    """The largest number of a part; None if it is empty."""
    most = None
    with computing(part.task) as look:
        step = grain(job.grain, 2048)
        for begin in range(part.begin, part.end, step):
            found = max(job.list[begin:min(begin + step, part.end)])
            most = found if most is None or found > most else most
            look()
    return most


def twice(job, part):
    """Every number of a part times two."""
    piece = array("Q")
    with computing(part.task) as look:
        step = grain(job.grain, 1024)
        for begin in range(part.begin, part.end, step):
            of = job.list[begin:min(begin + step, part.end)]
            piece.extend([number * 2 for number in of])
            look()
    return piece


def top(found):
    """The largest of what the parts found."""
    return max((most for most in found if most is not None), default=None)


# Units of compute, of waiting, and of compute, for each subtask.
PLAN = [(1, 3, 1), (1, 1, 1), (2, 0, 0)]
# How many numbers the server answers a subtask with.
COUNT = 512
# How many slices a unit of compute has.
LOOKS = 64
# Rounds between two looks at the flag, and in a traced run.
ROUNDS = 1 << 14
TRACED_ROUNDS = 800


def churn(state, rounds):
    """A chain of multiplications in which each needs the one before."""
    for _ in range(rounds):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
    return state


def churned(task, state, rounds, most=ROUNDS):
    """The same for a task, with a look at the flag after at most so many
    rounds."""
    with computing(task) as look:
        step = grain(most, TRACED_ROUNDS)
        while rounds > 0:
            state = churn(state, min(step, rounds))
            rounds -= step
            look()
    return state


def units(job, task, state, count):
    most = max(job.rounds // LOOKS, 1)
    return churned(task, state, count * job.rounds, most)


def before(job, task):
    """The compute of a subtask before its wait."""
    return units(job, task, part_seed(job.seed, task), PLAN[task][0])


def request(job, task):
    """What a subtask waits for, if anything."""
    waits = PLAN[task][1]
    if waits == 0:
        return None
    return Request(waits * job.unit, part_seed(job.seed, task), COUNT)


def after(job, task, state, reply):
    """The compute after the wait, with the reply."""
    state ^= max(words_of(reply), default=0)
    after = PLAN[task][2]
    return units(job, task, state, after) if after else state


def subtask(job, task):
    state, reply = before(job, task), b""
    asked = request(job, task)
    if asked:
        with Connection(job.address) as connection:
            reply = connection.exchange(asked, task)
    return after(job, task, state, reply)


def decode(index, reply):
    """The largest number of a reply."""
    with computing(index):
        return max(words_of(reply), default=0)


def fetch(job, indices):
    """Requests one after the other on one connection, each with its number."""
    found = []
    with Connection(job.address) as connection:
        for index in indices:
            reply = connection.exchange(job.requests[index], index)
            found.append((index, decode(index, reply)))
    return found


def in_order(found):
    """The largest numbers of all requests, by the requests' numbers."""
    return [most for _, most in sorted(chain.from_iterable(found))]


def load(path):
    with open(path, "rb") as file:
        return file.read()


# So many lines are parsed in one slice.
MOST_LINES = 1 << 14


def parse(task, text):
    """The largest of the decimal numbers in a text, one a line."""
    most = 0
    with computing(task) as look:
        lines = text.split()
        step = grain(MOST_LINES, 1000)
        for begin in range(0, len(lines), step):
            most = max(most, max(map(int, lines[begin:begin + step])))
            look()
    return most


def read(job, part):
    """The largest number of each file of a part."""
    found = []
    for path in job.paths[part.begin:part.end]:
        begin = TRACING[0].now() if TRACING else 0
        text = load(path)
        if TRACING:
            TRACING[0].record(part.task, "io", begin, TRACING[0].now())
        found.append(parse(part.task, text))
    return found


def empty(task):
    """An empty task: its own number, so that the sum shows which tasks ran."""
    if TRACING:
        with computing(task):
            return task
    return task


def fib(n):
    """The recursion that models fork, without a fork."""
    return n if n < 2 else fib(n - 1) + fib(n - 2)


# A recursion from here takes less than a millisecond.
SMALL = 15


def fib_looking(n):
    """The same calls, with a look at the flag before each small one."""
    look()
    if n <= SMALL:
        return fib(n)
    return fib_looking(n - 1) + fib_looking(n - 2)


def forks(job):
    """How many forks the recursion makes above its cut-off."""
    a, b = 0, 1
    for _ in range(job.n + 3 - max(job.cutoff, 2)):
        a, b = b, a + b
    return max(a - 1, 0)
