"""One map that tasks look up and write in, and its locks."""

from .protocol import unsupported
from .seeds import MASK, numbers, part_seed
from .trace import computing, grain

# One step of so many writes.
WRITES = 10
SHARDS = 16

LACKS = {
    "rwlock": "the standard library has no lock that readers share",
    "dashmap": "DashMap is a library of Rust",
}


class Map:
    """The map of one run: on one shelf, or on sixteen, each with a lock of the
    model's kind."""

    def __init__(self, job, lock):
        if job.form in LACKS:
            raise unsupported(LACKS[job.form])
        count = SHARDS if job.form == "sharded" else 1
        self.job = job
        self.shelves = [({}, lock()) for _ in range(count)]
        for key in range(job.keys):
            self.shelves[key % count][0][key] = 0

    def steps(self, task):
        """The steps of a task: the shelf of a key with its lock, the key, and
        what is added to its value: None to look it up."""
        job, count = self.job, len(self.shelves)
        for number in numbers(part_seed(job.seed, task), job.steps):
            # Different digits for the key, the choice and the number.
            key = (number >> 32) % job.keys
            adds = number & 0xFFFF if number % WRITES == 0 else None
            yield self.shelves[key % count], key, adds

    def looked(self, found):
        """The lookups of all tasks, and what is in the map at the end."""
        pairs = (pair for values, _ in self.shelves for pair in values.items())
        return sum(found), MASK & sum(
            part_seed(value, key) for key, value in pairs
        )


def step(values, key, adds):
    """One step, under the lock: whether a lookup found its key."""
    if adds is None:
        return key in values
    values[key] = values[key] + adds & MASK
    return False


def visit(map, task):
    """All steps of a task; how many lookups found their key."""
    found = 0
    with computing(task) as look:
        often = grain(map.job.grain, 200)
        for number, (shelf, key, adds) in enumerate(map.steps(task)):
            if number % often == 0:
                look()
            values, lock = shelf
            with lock:
                found += step(values, key, adds)
    return found
