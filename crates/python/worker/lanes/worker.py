"""Answers the measuring process: one reply for each request."""

import json
import os
import sys
import time
from collections import Counter
from multiprocessing import resource_tracker

from . import fit, interpreters, stop
from .engine import Network
from .exhibits import EXHIBITS
from .forked import die_with_parent, take_socket
from .inbox import Inbox
from .inputs import DESCRIBED, INPUTS, NUMBERS
from .models import MODELS, describe
from .protocol import (
    MOST_BYTES, MOST_WORKERS, PROTOCOL, Refused, field, invalid, refusal,
    unsupported
)
from .runtime import has_gil, version
from .seeds import digest
from .server import Server
from .trace import TRACING, Trace
from .usage import Usage, forget_peak, number_in, resident


# The workloads whose answer has latencies, as its third item: None if the run
# was saturated.
TIMED = (
    "event", "ring", "shape", "pool", "burst", "trickle", "cancel", "echo"
)
# Those whose answer may have what was done in vain, as its fourth.
VAIN = ("pool", "cancel")

# So many short runs are made between two looks at the flag.
RUNS = 256


class Worker:
    """Answers one request after the other."""

    def __init__(self):
        self.name, self.model, self.job = None, None, None
        # Whether nodes make their inputs, and none is here.
        self.local = False
        # The workload that is prepared, and the method that runs it.
        self.workload, self.run = None, None
        # What was resident before the first run of the input, where no run of
        # another was before it, whose memory might be there still.
        self.resident, self.used = None, False
        # Forked before there is any thread that could hold a lock.
        self.server = Server()
        self.requests = {
            "describe": self.describe,
            "hello": self.hello,
            "prepare": self.prepare,
            "run": self.sample,
            "trace": self.trace,
            "exhibit": self.exhibit,
            "cancel": self.cancelled,
        }

    def answer(self, asked):
        if isinstance(asked, Exception):
            raise asked
        do = asked.get("do") if isinstance(asked, dict) else None
        if not isinstance(do, str):
            raise invalid("no request")
        if do not in self.requests:
            raise unsupported(f"no request is called {do}")
        return self.requests[do](asked)

    def describe(self, asked):
        speaks(asked)
        return {"describe": describe()}

    def hello(self, asked):
        speaks(asked)
        name = field(asked, "model", str)
        workers = field(asked, "workers", int)
        # Which interpreter was meant stands behind the sign.
        known = name.split("@")[0]
        if known not in MODELS:
            raise invalid(f"no model is called {name}")
        if not 1 <= workers <= MOST_WORKERS:
            raise invalid(f"{workers} workers; at most {MOST_WORKERS}")
        self.stop()
        model, given = MODELS[known], []
        if getattr(model, "nodes", False):
            given.append(Network(workers, asked.get("network")))
            if asked.get("input") not in (None, *fit.INPUTS):
                raise invalid(f"no input is {asked['input']}")
        self.local = bool(given) and asked.get("input") == fit.LOCAL
        self.model, self.name = model(workers, *given), known
        return {"hello": {
            "protocol": PROTOCOL,
            "model": name,
            "workers": self.model.workers,
            "threads": self.model.threads(),
            "versions": {
                "python": version(), "gil": "on" if has_gil() else "off",
                **getattr(self.model, "versions", dict)(),
            },
        }}

    def prepare(self, asked):
        workload = field(asked, "workload", str)
        size, seed = field(asked, "size", dict), field(asked, "seed", int)
        if self.model is None:
            raise invalid("no model was started")
        # The old input goes before the new one needs its memory.
        self.release()
        if workload not in INPUTS:
            raise unsupported(f"no workload is called {workload}")
        own = [cell["workload"] for cell in fit.cells(type(self.model))]
        if workload not in own:
            raise unsupported(f"{self.name} has no {workload}")
        try:
            make = (DESCRIBED if self.local else INPUTS)[workload]
            job = make(size, seed, self.server.address)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise invalid(f"{workload} of {size}: {error!r}") from error
        # From here on there may be files that go with the input.
        self.workload, self.job = workload, job
        self.resident = None if self.used else resident(self.processes())
        self.used = True
        run = getattr(self.model, workload)
        try:
            found = self.digest(run(job))
        except BaseException:
            self.release()
            raise
        self.run = run
        return {"prepared": {"digest": found}}

    def release(self):
        """The input goes, and the files or processes that belong to it."""
        kept = getattr(self.job, "kept", None)
        if kept:
            kept.cleanup()
        self.job, self.run = None, None

    def digest(self, answer):
        return digest(NUMBERS[self.workload](answer))

    def processes(self):
        """Processes that compute for the model besides this one."""
        return getattr(self.model, "processes", [])

    def prepared(self):
        if self.run is None:
            raise invalid("nothing is prepared")
        return self.run, self.job

    def sample(self, asked):
        runs = field(asked, "runs", int)
        together, check = (
            field(asked, name, bool) for name in ("together", "check")
        )
        run, job = self.prepared()
        if runs < 1:
            raise invalid(f"{runs} runs")
        latencies, saturated = Counter(), 0
        forget_peak(self.processes())
        earlier = Usage(self.processes())
        if together:
            begin = time.perf_counter_ns()
            for first in range(0, runs, RUNS):
                for _ in range(min(RUNS, runs - first)):
                    answer = run(job)
                stop.look()
            wall = time.perf_counter_ns() - begin
        else:
            wall = 0
            for _ in range(runs):
                # What the last answer needs to be thrown away is not timed.
                answer = None
                begin = time.perf_counter_ns()
                answer = run(job)
                wall += time.perf_counter_ns() - begin
                stop.look()
                if self.workload in TIMED:
                    latencies.update(map(bucket, answer[2] or []))
                    saturated += answer[2] is None
        used = Usage(self.processes()).since(earlier)
        sample = {"runs": runs, "wall_ns": wall, **used}
        status = [f"/proc/{process}/status" for process in
                  ["self", *self.processes()]]
        peaks = [number_in(path, "VmHWM:") for path in status]
        sample["peak_bytes"] = sum(peaks) * 1024
        sample["threads"] = sum(number_in(path, "Threads:") for path in status)
        if check:
            sample["digest"] = self.digest(answer)
        if self.resident is not None:
            grown = sample["peak_bytes"] - self.resident
            sample["grown_bytes"] = max(grown, 0)
        if self.workload in VAIN and answer[3] is not None:
            sample["vain"] = answer[3]
        if latencies:
            sample["latencies"] = sorted(latencies.items())
        if saturated:
            sample["saturated"] = saturated
        return {"sample": sample}

    def trace(self, asked):
        origin = field(asked, "origin", int)
        run, job = self.prepared()
        turns = self.model.turns
        if turns == "threads" and not has_gil():
            turns = None
        trace = Trace(origin, turns)
        try:
            TRACING[:] = [trace]
            begin = trace.now()
            answer = run(job)
            end = trace.now()
        finally:
            TRACING.clear()
        spans = sorted(trace.spans, key=lambda span: (span[3], span[4]))
        # Threads and processes are numbered as they appear.
        workers = {}
        for _, worker, *_ in spans:
            if worker is not None:
                workers.setdefault(worker, len(workers))
        names = [f"{self.model.lane} {1 + n}" for n in workers.values()]
        return {"trace": {
            "begin": begin,
            "end": end,
            "workers": names,
            "digest": self.digest(answer),
            "spans": [
                (task, workers.get(worker), *rest)
                for task, worker, *rest, _ in spans
            ],
            "cpu": [cpu for *_, cpu in spans],
        }}

    def exhibit(self, asked):
        name = field(asked, "name", str)
        parameters = field(asked, "parameters", dict)
        if name not in EXHIBITS:
            raise invalid(f"no exhibit is called {name}")
        try:
            found = EXHIBITS[name](parameters)
        except KeyError as error:
            raise invalid(f"{name}: {error} is missing") from error
        return {"exhibit": {"numbers": [float(number) for number in found]}}

    def cancelled(self, _asked):
        # What it ends is answered by now.
        return {"cancelled": {}}

    def stop(self):
        """The model goes, and what was prepared for it."""
        self.release()
        model, self.model = self.model, None
        if model:
            model.close()

    def close(self):
        self.stop()
        self.server.end()
        # It tracks what spawned processes share, if there were any, and would
        # end by itself a moment after this process.
        tracker = resource_tracker._resource_tracker
        if tracker._pid is not None:
            os.close(tracker._fd)
            os.waitpid(tracker._pid, 0)


def speaks(asked):
    if asked.get("protocol") != PROTOCOL:
        raise invalid(f"protocol {asked.get('protocol')}, not {PROTOCOL}")


def bucket(nanos):
    """The time to eight binary digits: percentiles need no more."""
    spare = max(nanos.bit_length() - 8, 0)
    return nanos >> spare << spare


def serve():
    """Answers requests until the socket ends."""
    die_with_parent()
    try:
        socket = take_socket()
    except OSError as error:
        sys.exit(f"standard input is no socket: {error}")
    interpreters.FLAG = stop.share()
    worker = Worker()
    for asked in Inbox(socket):
        try:
            answer = worker.answer(asked)
            text = json.dumps(answer).encode() + b"\n"
            if len(text) > MOST_BYTES:
                why = f"a reply of {len(text)} bytes is too long"
                raise Refused("failed", why)
        except Exception as error:
            text = json.dumps({"error": refusal(error)}).encode() + b"\n"
        try:
            socket.sendall(text)
        except OSError:
            # Nobody waits for it any more.
            break
    worker.close()
    # Threads that still run would be waited for, and interpreters taken down.
    sys.stdout.flush()
    os._exit(0)
