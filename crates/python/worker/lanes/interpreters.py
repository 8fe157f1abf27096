"""Interpreters with a GIL of their own, and a pool of them."""

import os
import pickle
import select
import sys
import threading
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor

from .protocol import PATIENCE, Refused, unsupported
from .runtime import version
from .stop import look
from .tasks import join_all

# Whether this process has made interpreters: on 3.13 it cannot be forked then.
MADE = False

# What an interpreter does first. Modules that are not made for several
# interpreters in one process on every version are none of these.
FIRST = """
import sys
sys.path.insert(0, archive)
from lanes import counter, feed, hops, kernels, shape, stop
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


class OwnPool(ThreadPoolExecutor):
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


def no_executor():
    """Why the standard library has no pool of interpreters here; None if it
    has one."""
    if hasattr(futures, "InterpreterPoolExecutor"):
        return None
    return (
        f"Python {version()} has no concurrent.futures.InterpreterPoolExecutor"
        ", which came with 3.14"
    )


def executor(workers):
    """The standard library's pool, whose interpreters find this worker."""
    global MADE
    why = no_executor()
    if why:
        raise unsupported(why)
    MADE = True
    # Nothing of this worker can be imported there before.
    first = f"archive, flag = {archive()!r}, {FLAG!r}\n{FIRST}"
    return futures.InterpreterPoolExecutor(
        workers, initializer=exec, initargs=(first, {})
    )


# How long who waits at a queue of interpreters sleeps at a time, in seconds,
# and how long that may take in one run.
DELAY, MOST_DELAY = 0.01, 10


def shared_queue(places, count):
    """A queue that interpreters share, for so many objects; with 0 places it
    has room for any number."""
    if places > 0 and count / places * DELAY > MOST_DELAY:
        raise unsupported(
            "who waits at a queue of interpreters sleeps for 10 ms at a time, "
            f"which {places} places for {count} objects make minutes of"
        )
    from concurrent import interpreters
    return interpreters.create_queue(places)


def present_apart(arrived, gate):
    """The system's number of this thread, once the others are here too:
    interpreters share no barrier, but pipes."""
    os.write(arrived, b"1")
    os.read(gate, 1)
    return threading.get_native_id()


def present_all(submit, workers):
    """The system's numbers of the threads of a pool."""
    (arrived, arrive), (gate, open_gate) = os.pipe(), os.pipe()
    try:
        tasks = [submit(present_apart, arrive, gate) for _ in range(workers)]
        here = 0
        while here < workers:
            if not select.select([arrived], [], [], PATIENCE)[0]:
                raise TimeoutError("an interpreter did not begin")
            here += len(os.read(arrived, workers))
        os.write(open_gate, bytes(workers))
        return join_all(tasks)
    finally:
        for end in (open_gate, gate, arrive, arrived):
            os.close(end)
