"""Inputs that each node makes by itself: only how a part is made crosses."""

from array import array
from collections import namedtuple

from . import words
from .job import Job, Part
from .seeds import GOLDEN, MASK, numbers

# How a part is made: by a function, from what it is a part of, and the part.
Described = namedtuple("Described", "make whole part")

# The parts of one input that this process has made.
KEPT = {}


def home(args):
    """The number of the node that makes and keeps what a task works on; None
    if any node will do."""
    described = args and isinstance(args[0], Described)
    return args[0].part.task if described else None


def made(args):
    """What a task works on: a part that is described is made by the first run,
    and kept until something else comes."""
    if home(args) is None:
        if args:
            KEPT.clear()
        return args
    described, *others = args
    if any(kept[:2] != described[:2] for kept in KEPT):
        KEPT.clear()
    if described not in KEPT:
        make, whole, part = described
        KEPT[described] = make(*whole, part)
    return (*KEPT[described], *others)


def stretch_of(seed, begin, end):
    """The numbers of a list from one place to another."""
    found = array("Q")
    # In stretches, since all at once would need several times the memory.
    most = 1 << 18
    for first in range(begin, end, most):
        some = numbers((seed + first * GOLDEN) & MASK, min(most, end - first))
        found.extend([number >> 1 for number in some])
    return found


def list_part(seed, grain, part):
    """A part of a list, whole: `max` works on that."""
    own = Job(list=stretch_of(seed, part.begin, part.end), grain=grain)
    return own, Part(part.task, 0, len(own.list))


def text_part(seed, octets, grain, part):
    """A part of a text, whole: `wordcount` works on that. Its grains are no
    others than those of the text, but for where each ends."""
    end = min(part.end * grain, octets)
    text = words.stretch(octets, seed, part.begin * grain, end)
    own = words.words_job(text, grain)
    return own, Part(part.task, 0, len(own.cuts) - 1)

