"""The flag that says that a run is to end: work looks at it before every
grain, in threads, in forked processes and in interpreters alike."""

import mmap
import os
import time

from .protocol import Refused

# A byte that is 0 as long as the run may go on. What shares it has its own
# view of it; a process that was spawned has one that nobody raises.
FLAG = bytearray(1)

# How many seconds a thread sleeps at most between two looks at it.
NAP = 0.05

# What is called, by another thread, when the flag is raised: work that waits
# without a look at it.
WAKE = []


def share():
    """Puts the flag where forked processes see it; the descriptor that
    interpreters see it by."""
    global FLAG
    file = os.memfd_create("cancel")
    os.ftruncate(file, mmap.PAGESIZE)
    FLAG = mmap.mmap(file, mmap.PAGESIZE)
    return file


class View:
    """The flag as another interpreter sees it, which may not have `mmap`."""

    def __init__(self, file):
        self.file = file

    def __getitem__(self, _):
        return os.pread(self.file, 1, 0)[0]


def view(file):
    global FLAG
    FLAG = View(file)


def raise_flag():
    FLAG[0] = 1
    for wake in list(WAKE):
        wake()


def lower_flag():
    FLAG[0] = 0


def is_raised():
    return FLAG[0] != 0


def cancelled():
    return Refused("cancelled", "cancelled")


def look():
    """Raises what ends a run, once the run is to end."""
    if FLAG[0]:
        raise cancelled()


def rest(seconds):
    """Sleeps, with looks whether the run is to end."""
    end = time.monotonic() + seconds
    left = seconds
    while left > 0:
        time.sleep(min(left, NAP))
        look()
        left = end - time.monotonic()
