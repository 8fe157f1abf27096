"""A list into order, by halves that are merged."""

from .job import Job, Part, split, whole
from .protocol import unsupported
from .seeds import GOLDEN, MASK, mixed
from .trace import computing


def no_library(job):
    """Refuses what only a model with one worker has."""
    if job.form == "library":
        why = "Python has no sort that takes several workers"
        raise unsupported(why)


def leaves(job):
    """The parts that are sorted at once, in order."""
    length = len(job.list)
    return split(length, job.cutoff, max(length, 1))


def halves(job, part):
    """Both halves of a part; None if it is sorted at once."""
    grains = -(-(part.end - part.begin) // job.cutoff)
    if grains < 2:
        return None
    cut = part.begin + grains // 2 * job.cutoff
    return (
        Part(part.begin // job.cutoff, part.begin, cut),
        Part(cut // job.cutoff, cut, part.end),
    )


def leaf(job, part):
    """The numbers of a part in order, in a list of their own."""
    with computing(part.task) as look:
        look()
        return sorted(job.list[part.begin:part.end])


def join(left, right):
    """Two sorted lists as one: the sort of lists finds out that there are two
    runs, and merges them."""
    with computing(0) as look:
        look()
        left += right
        left.sort()
        return left


def one_by_one(job, part):
    """All leaves of a part, and the merges, one after the other."""
    both = halves(job, part)
    if both is None:
        return leaf(job, part)
    left = one_by_one(job, both[0])
    return join(left, one_by_one(job, both[1]))


def sent(job, part):
    """What another process needs for a part: those numbers, and no more."""
    own = Job(list=job.list[part.begin:part.end], cutoff=job.cutoff)
    return own, whole(own, part.task)


def merge_all(lists, merged):
    """Lists merged two at a time, until there is one: `merged` does so with
    many pairs."""
    while len(lists) > 1:
        odd = [lists.pop()] if len(lists) % 2 else []
        lists = merged(list(zip(lists[::2], lists[1::2]))) + odd
    return lists[0] if lists else []


def summary(answer):
    """How many numbers, whether they are in order, and a sum that does not
    depend on the order."""
    ordered = all(low <= high for low, high in zip(answer, answer[1:]))
    total = sum(mixed(number + GOLDEN & MASK) for number in answer)
    return [len(answer), int(ordered), total & MASK]
