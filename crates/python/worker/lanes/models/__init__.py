"""The models that a worker can be, each with its cells."""

from ..fit import cells
from ..protocol import PROTOCOL
from ..runtime import name
from .asyncio import Asyncio
from .dask import Dask
from .interpreter_pool import InterpreterPool
from .process_pool import ProcessPool
from .ray import Ray
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
    "python-dask": Dask,
    "python-ray": Ray,
}


def describe():
    """The models of this worker, what they run, and how well that fits."""
    def described(of, model):
        # Most models can be had in every interpreter, and have no such method,
        # and no library but that interpreter's.
        missing = getattr(model, "missing", lambda: None)()
        library = name() if missing else getattr(model, "library", name)()
        return {
            "model": of,
            "serial": model.serial,
            "nodes": getattr(model, "nodes", False),
            "library": library,
            "badge": None,
            "missing": missing,
            "answers_only": False,
            "source": "crates/python",
            "cells": cells(model),
        }

    models = [described(of, model) for of, model in MODELS.items()]
    return {"protocol": PROTOCOL, "models": models}
