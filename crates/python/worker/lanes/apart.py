"""Work for another process or interpreter, and its answer."""

import os
import pickle

from .protocol import refusal
from .trace import TRACING, Trace


def apart(origin, work, *args):
    """Work in another process or interpreter, with the spans it recorded."""
    if origin is None:
        return work(*args), []
    trace = Trace(origin, None)
    TRACING[:] = [trace]
    try:
        return work(*args), trace.spans
    finally:
        TRACING.clear()


def reply(message, answer):
    """Does what another interpreter asks for, and leaves the answer in a file
    that both have open: objects cannot cross, but bytes can."""
    try:
        work, args = pickle.loads(message)
        result = True, work(*args)
    except Exception as error:
        result = False, refusal(error)
    left = memoryview(pickle.dumps(result, pickle.HIGHEST_PROTOCOL))
    os.ftruncate(answer, 0)
    os.lseek(answer, 0, os.SEEK_SET)
    while left:
        left = left[os.write(answer, left):]
