"""Trees whose nodes are tasks: the wide one, and the unbalanced one."""

from hashlib import sha1
from math import floor, log

from .stop import look

WIDTH = 10
# A subtree of so many leaves is summed in less than a millisecond.
SMALL = 1000


def branches(first, leaves):
    """The children of a node with so many leaves, from this number on: the
    first leaf of each, and how many it has."""
    width = min(leaves, WIDTH)
    cuts = [first + child * leaves // width for child in range(width + 1)]
    return [(begin, end - begin) for begin, end in zip(cuts, cuts[1:])]


def skynet(first, leaves):
    """The sum of the leaves' numbers, in plain calls."""
    if leaves < 2:
        return first * leaves
    return sum([skynet(*branch) for branch in branches(first, leaves)])


def skynet_looking(first, leaves):
    """The same, with a look at the flag before each small subtree."""
    look()
    if leaves <= SMALL:
        return skynet(first, leaves)
    return sum([skynet_looking(*branch) for branch in branches(first, leaves)])


def skynet_tasks(leaves, cutoff):
    """How many nodes are not below the cut-off."""
    if leaves <= cutoff:
        return 1
    each, more = divmod(leaves, min(leaves, WIDTH))
    larger = more * skynet_tasks(each + 1, cutoff) if more else 0
    fewer = min(leaves, WIDTH) - more
    return 1 + fewer * skynet_tasks(each, cutoff) + larger


# The unbalanced tree: the root's seed, a node's children in the mean and at
# most, and how many nodes there are down to depth 0, 1, 2 and deeper.
SEED, MEAN, MOST = 19, 4, 100
NODES = [
    1, 6, 65, 254, 944, 3987, 16000, 63914, 257042, 1031269, 4130071
]
# The depth at which the tree ends.
DEEPEST = len(NODES) - 1


def seedling():
    """The state of the root."""
    return sha1(bytes(16) + SEED.to_bytes(4, "big")).digest()


def offspring(state):
    """The states of a node's children."""
    drawn = (int.from_bytes(state[16:], "big") & 0x7FFFFFFF) / 2**31
    count = floor(log(1 - drawn) / log(1 - 1 / (1 + MEAN)))
    return [
        sha1(state + child.to_bytes(4, "big")).digest()
        for child in range(min(count, MOST))
    ]


def uts(state, levels):
    """The nodes from one on that has so many levels below it, in plain calls
    with a look at the flag in each."""
    look()
    if levels == 0:
        return 1
    return 1 + sum([uts(child, levels - 1) for child in offspring(state)])


def uts_tasks(job):
    """How many nodes are not below the cut-off."""
    return NODES[min(job.cutoff, job.depth)]
