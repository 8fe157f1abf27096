"""Messages through one queue: who sends them, and who takes them."""

from .protocol import unsupported
from .seeds import GOLDEN, MASK, mixed
from .stop import look

PARTIES = ("spsc", "mpsc", "mpmc")
# How many are many.
MANY = 4
# What each producer sends last.
END = None


def producers(job):
    return range(1 if job.parties == "spsc" else MANY)


def consumers(job):
    return range(MANY if job.parties == "mpmc" else 1)


def parties(job):
    """How many tasks send or receive."""
    return len(producers(job)) + len(consumers(job))


def no_place(job):
    """Refuses a queue in which each message waits until it is taken."""
    if job.capacity == 0:
        why = "a queue of Python has a place at least: 0 is any number of them"
        raise unsupported(why)


def messages(job, producer):
    """The messages of one producer, in order."""
    numbers = range(producer, job.messages, len(producers(job)))
    for first in range(0, len(numbers), job.grain):
        look()
        yield from numbers[first:first + job.grain]


def produce(job, producer, put):
    """Sends the messages of one producer, and that there are no more."""
    try:
        for message in messages(job, producer):
            put(message)
    finally:
        put(END)


def consume(job, get):
    """Takes messages as long as there may be more; what was received."""
    consumer = Consumer(job)
    try:
        while consumer.take(get()):
            pass
    except BaseException:
        # No producer is left waiting for a place.
        while consumer.drop(get()):
            pass
        raise
    return consumer.received()


class Consumer:
    """A task that receives messages. As many producers end for it as fall to
    each consumer, so that no message comes after the last end."""

    def __init__(self, job):
        self.grain = job.grain
        self.ends = len(producers(job)) // len(consumers(job))
        # The least number that each producer may send next.
        self.next = [0 for _ in producers(job)]
        self.messages, self.sum = 0, 0

    def take(self, message):
        """Takes a message; whether there may be more."""
        if message is END:
            return self.drop(message)
        if self.messages % self.grain == 0:
            look()
        producer = message % len(self.next)
        if message < self.next[producer]:
            due = self.next[producer]
            raise ValueError(f"message {message} arrived after {due} was due")
        self.next[producer] = message + 1
        self.messages += 1
        self.sum += mixed(message + GOLDEN & MASK)
        return True

    def drop(self, message):
        """The same, without a look at the message."""
        self.ends -= message is END
        return self.ends > 0

    def received(self):
        look()
        return self.messages, self.sum


def give_up(job, put, started):
    """Ends those that were started, consumers first, where others cannot be."""
    there = min(started, len(consumers(job)))
    ends = there * len(producers(job)) // len(consumers(job))
    for _ in range(ends - (started - there)):
        put(END)


def total(received):
    """What all consumers received, as one answer."""
    messages, sums = zip(*received)
    return sum(messages), sum(sums) & MASK
