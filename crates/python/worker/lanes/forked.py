"""Processes that are forked, and what they do first."""

import multiprocessing
import os
import signal
import socket

from .protocol import PATIENCE
from .trace import TRACING

# Processes of a pool are forked: they have what was made before. One that is
# spawned finds the modules of this worker, too, but starts with nothing else.
FORK = multiprocessing.get_context("fork")


def die_with_parent():
    """Asks the system to kill this process when its parent ends; where that
    cannot be asked, the end of the socket and the process group remain."""
    try:
        import ctypes
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except (ImportError, OSError, AttributeError):
        pass


# The socket of the worker, once it has taken it.
SOCKET = None


def take_socket():
    """Makes standard input the worker's own socket, which no child gets: its
    end would not be seen otherwise.

    Raises OSError if standard input is no socket.
    """
    global SOCKET
    SOCKET = socket.socket(fileno=os.dup(0))
    forget_input()
    return SOCKET


def forget_input():
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)


def leave_worker():
    """What every process does that the worker forks."""
    forget_input()
    if SOCKET:
        SOCKET.close()
    die_with_parent()


# What forked processes share, if this is one of them.
SHARED = None


def enter_pool(shared):
    """What a process of the pool does first."""
    global SHARED
    SHARED = shared
    TRACING.clear()
    leave_worker()


def present_process():
    """The system's number of this process, once the others are here too."""
    SHARED.arrived.wait(PATIENCE)
    return os.getpid()
