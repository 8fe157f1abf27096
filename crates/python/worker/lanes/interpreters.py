"""Interpreters with a GIL of their own, and a pool of them."""

import os
import pickle
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from .protocol import Refused, unsupported
from .runtime import version
from .stop import look

# Whether this process has made interpreters: on 3.13 it cannot be forked then.
MADE = False

# What an interpreter does first. Modules that are not made for several
# interpreters in one process on every version are none of these.
FIRST = """
import sys
sys.path.insert(0, archive)
from lanes import counter, hops, kernels, shape, stop
from lanes.apart import reply
stop.view(flag)
"""

# The descriptor of the flag that says that a run is to end.
FLAG = None


def no_own_gils():
    """Why interpreters have no GIL of their own here; None if they have."""
    if sys.version_info >= (3, 12):
        return None
    return (
        f"Python {version()} has one GIL for all its interpreters, and from "
        "3.12 on each has its own"
    )


def own_gils():
    """Raises `unsupported` where interpreters have no GIL of their own."""
    why = no_own_gils()
    if why:
        raise unsupported(why)


def forkable():
    """Raises `unsupported` where this process cannot be forked any more."""
    if MADE:
        why = "a process with several interpreters cannot be forked on 3.13"
        raise unsupported(f"{why}: ask a worker of another model")


def archive():
    """Where the modules of this worker lie: a zip, or a folder."""
    return os.path.dirname(os.path.dirname(__file__))


class Interpreter:
    """An interpreter with a GIL of its own, as each version has it."""

    def __init__(self):
        global MADE
        MADE = True
        if sys.version_info >= (3, 14):
            from concurrent import interpreters
            self.own = interpreters.create()
        elif sys.version_info >= (3, 13):
            import _interpreters as interpreters
            self.own = interpreters.create("isolated")
        else:
            import _xxsubinterpreters as interpreters
            self.own = interpreters.create(isolated=True)
        self.api = interpreters

    def run(self, code, **shared):
        """Runs code there, with bytes, text and numbers as its globals."""
        if sys.version_info >= (3, 14):
            self.own.prepare_main(**shared)
            self.own.exec(code)
            return
        # 3.12 raises what goes wrong there, and 3.13 returns it.
        failed = self.api.run_string(self.own, code, shared)
        if failed is not None:
            raise RuntimeError(failed.formatted)


class InterpreterPool(ThreadPoolExecutor):
    """A pool of threads with an interpreter each, as
    concurrent.futures.InterpreterPoolExecutor has them from 3.14 on."""

    def __init__(self, workers):
        self.local = threading.local()
        super().__init__(workers, "interpreter", self.open)

    def open(self):
        self.local.answer = os.memfd_create("answer")
        self.local.interpreter = Interpreter()
        self.local.interpreter.run(FIRST, archive=archive(), flag=FLAG)

    def here(self, work, *args):
        """Work for a thread of the pool itself."""
        return super().submit(work, *args)

    def submit(self, work, *args):
        message = pickle.dumps((work, args), pickle.HIGHEST_PROTOCOL)
        return super().submit(self.call, message)

    def call(self, message):
        look()
        own = self.local
        code = "reply(message, answer)"
        own.interpreter.run(code, message=message, answer=own.answer)
        with open(own.answer, "rb", closefd=False) as file:
            file.seek(0)
            right, value = pickle.loads(file.read())
        if not right:
            raise Refused(value["kind"], value["message"])
        return value
