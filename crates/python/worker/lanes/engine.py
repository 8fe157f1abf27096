"""What the processes of an engine do first: they are no children that were
forked here, and share nothing with this worker but what the system gives."""

import mmap
import os
import sys

from . import interpreters, stop

# How many processes in a row may die with a task before it is given up.
LIMIT = 3


def address(node):
    """The address of a node: from 127.0.0.2 on, all on this machine."""
    third, fourth = divmod(node + 2, 256)
    return f"127.0.{third}.{fourth}"


def own_flag():
    """The flag that says that a run is to end, as other processes open it."""
    return f"/proc/{os.getpid()}/fd/{interpreters.FLAG}"


def see(flag):
    """Looks at the flag of another process from now on."""
    file = os.open(flag, os.O_RDONLY)
    stop.FLAG = mmap.mmap(file, mmap.PAGESIZE, access=mmap.ACCESS_READ)
    os.close(file)


def busy(dask_worker):
    """How many tasks a process of Dask runs."""
    return len(dask_worker.state.executing)


def enter(path, flag):
    """What a process does that takes tasks: it finds the modules of this
    worker, and ends its tasks when they are to end."""
    if path not in sys.path:
        sys.path.insert(0, path)
    see(flag)
