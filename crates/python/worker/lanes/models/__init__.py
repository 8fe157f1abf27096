"""The models that a worker can be, each with its cells."""

from ..fit import cells
from ..protocol import PROTOCOL
from ..runtime import has_gil, version
from .asyncio import Asyncio
from .process_pool import ProcessPool
from .sequential import Sequential
from .subinterpreters import Subinterpreters
from .thread_pool import ThreadPool
from .threads import Threads

MODELS = {
    "python-sequential": Sequential,
    "python-threads": Threads,
    "python-thread-pool": ThreadPool,
    "python-process-pool": ProcessPool,
    "python-asyncio": Asyncio,
    "python-subinterpreters": Subinterpreters,
}


def describe():
    """The models of this worker, what they run, and how well that fits."""
    library = f"CPython {version()}{'' if has_gil() else ' without a GIL'}"

    def described(name, model):
        # Most models can be had in every interpreter, and have no such method.
        missing = getattr(model, "missing", lambda: None)()
        return {
            "model": name,
            "serial": model.serial,
            "library": library,
            "badge": None,
            "missing": missing,
            "answers_only": False,
            "source": "crates/python",
            "cells": cells(model),
        }

    models = [described(name, model) for name, model in MODELS.items()]
    return {"protocol": PROTOCOL, "models": models}
