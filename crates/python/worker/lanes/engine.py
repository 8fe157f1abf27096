"""The nodes of an engine: processes that are started by a command, here or in
a network namespace. They share nothing with this worker but what the system
gives."""

import mmap
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

from . import interpreters, stop
from .apart import apart
from .local import made
from .protocol import Refused, invalid, unsupported
from .stop import NAP, look
from .usage import below

# How many processes in a row may die with a task before it is given up.
LIMIT = 3

# How many seconds nodes may take to come up; how many lie between two tries to
# start one anew; and how many one may take to end once it is killed.
PATIENCE, PAUSE, PARTING = 40, 1, 1


class Place(namedtuple("Place", "address namespace")):
    """Where a node is to be; the namespace is a file, or None."""

    def within(self):
        """What stands before a command that is to run there."""
        if self.namespace is None:
            return []
        return ["nsenter", f"--net={self.namespace}", "--"]


class Network:
    """Where this worker is, as its nodes see it, and where these are to be."""

    def __init__(self, nodes, asked=None):
        if asked is None:
            self.host = "127.0.0.1"
            self.places = [Place(address(node), None) for node in range(nodes)]
            return
        try:
            self.host = str(asked["host"])
            self.places = [
                Place(str(place["address"]), place.get("namespace"))
                for place in asked["nodes"]
            ]
        except (AttributeError, KeyError, TypeError) as error:
            raise invalid(f"a network without {error}") from error
        if len(self.places) != nodes:
            raise invalid(f"{len(self.places)} places for {nodes} nodes")
        self.check()

    def check(self):
        """Raises in one sentence what is not there."""
        try:
            with socket.socket() as own:
                own.bind((self.host, 0))
        except OSError as error:
            why = f"{self.host} is no address of this machine: {error.strerror}"
            raise Refused("failed", why) from error
        apart = [place.namespace for place in self.places if place.namespace]
        for namespace in apart:
            if not os.path.exists(namespace):
                why = f"no network namespace is at {namespace}"
                raise Refused("failed", why)
        if apart and not shutil.which("nsenter"):
            raise Refused("failed", "there is no nsenter, of util-linux")

    def reached(self, address):
        """Refuses a server on this machine that nodes would not reach."""
        if any(place.namespace for place in self.places):
            host, port = address
            why = f"the server at {host}:{port} is not in a node's namespace"
            raise unsupported(why)


def address(node):
    """The address of a node: from 127.0.0.2 on, all on this machine."""
    third, fourth = divmod(node + 2, 256)
    return f"127.0.{third}.{fourth}"


class Nodes:
    """Processes that are started, and started anew when they end."""

    def __init__(self, network, start):
        """`start` gives the process of a node: of its number and its place, by
        a function that begins it."""
        self.network, self.start = network, start
        self.lock, self.closed = threading.Lock(), threading.Event()
        self.begun, self.all = [], []
        # The system ends a process when the thread ends that has started it:
        # these last.
        self.threads = ThreadPoolExecutor(len(network.places), "nodes")
        try:
            numbers = range(len(network.places))
            self.all += self.threads.map(self.started, numbers)
        except BaseException:
            self.close()
            raise

    def started(self, node):
        return self.start(node, self.network.places[node], self.begin)

    def begin(self, make):
        """Starts a process, unless they are to end."""
        with self.lock:
            if self.closed.is_set():
                raise Refused("failed", "the nodes are to end")
            process = make()
            going = [own for own in self.begun if own.poll() is None]
            self.begun = [*going, process]
            return process

    def wait(self, here):
        """Waits until all have come up: `here` says whether they have."""
        end = time.monotonic() + PATIENCE
        while not here():
            look()
            for process, place in zip(self.all, self.network.places):
                ended = process.poll() is not None
                if ended or time.monotonic() > end:
                    raise not_up(place.address, ended)
            time.sleep(0.02)

    def keep(self):
        """Has nodes that end from now on started anew."""
        self.threads.submit(self.keeping)

    def keeping(self):
        while not self.closed.wait(NAP):
            for node, process in enumerate(self.all):
                if process.poll() is None:
                    continue
                try:
                    self.all[node] = self.started(node)
                except Exception:
                    self.closed.wait(PAUSE)

    def pids(self):
        return [process.pid for process in self.all]

    def kill(self, node):
        """Ends a node that does not answer; another takes its place."""
        self.all[node].kill()

    def close(self):
        with self.lock:
            self.closed.set()
        going = [own for own in self.begun if own.poll() is None]
        end_all(
            one for own in going for one in (own.pid, *below(own.pid))
        )
        for process in going:
            reaped(process)
        self.threads.shutdown(wait=False)


def not_up(address, ended):
    how = "has ended" if ended else f"took {PATIENCE} seconds"
    why = f"a node at {address} did not come up: it {how}"
    return Refused("failed", why)


def end_all(processes):
    """Ends processes."""
    for process in list(processes):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            # It has ended by now.
            pass


def removed(folder):
    """Removes a temporary folder, although files are still made in it."""
    end = time.monotonic() + PARTING
    while True:
        try:
            return folder.cleanup()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def reaped(process):
    """Waits for a process that was killed."""
    try:
        process.wait(PARTING)
    except subprocess.TimeoutExpired:
        # The system holds it.
        pass


def environment():
    """The variables of a process that finds the modules of this worker, and
    ends with the one that starts it."""
    return {**os.environ, "PYTHONPATH": interpreters.archive()}


def own_flag():
    """The flag that says that a run is to end, as other processes open it."""
    return f"/proc/{os.getpid()}/fd/{interpreters.FLAG}"


def see(flag):
    """Looks at the flag of another process from now on."""
    if SEEN == [flag]:
        return
    file = os.open(flag, os.O_RDONLY)
    stop.FLAG = mmap.mmap(file, mmap.PAGESIZE, access=mmap.ACCESS_READ)
    os.close(file)
    SEEN[:] = [flag]


# The flag that this process looks at, if it is that of another one.
SEEN = []


def there(flag, origin, work, *args):
    """Work as a node does it, with the spans it recorded."""
    see(flag)
    return apart(origin, work, *made(args))


def busy(dask_worker):
    """How many tasks a process of Dask runs."""
    return len(dask_worker.state.executing)


async def heard(dask_worker):
    """Has a process of Dask ask the scheduler something, as it does each
    second."""
    await dask_worker.scheduler.identity(n_workers=0)
