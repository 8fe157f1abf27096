"""The models that a worker can be, each with its cells."""

from ..fit import cells
from ..protocol import PROTOCOL
from ..runtime import name
from .asyncio import Asyncio
from .interpreter_pool import InterpreterPool
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
    "python-interpreter-pool": InterpreterPool,
}


def describe():
    """The models of this worker, what they run, and how well that fits."""
    library = name()

    def described(of, model):
        # Most models can be had in every interpreter, and have no such method.
        missing = getattr(model, "missing", lambda: None)()
        return {
            "model": of,
            "serial": model.serial,
            "library": library,
            "badge": None,
            "missing": missing,
            "answers_only": False,
            "source": "crates/python",
            "cells": cells(model),
        }

    models = [described(of, model) for of, model in MODELS.items()]
    return {"protocol": PROTOCOL, "models": models}
