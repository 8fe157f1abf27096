"""Ray: raylets that know each other over TCP, each with a store of objects and
a process for tasks."""

from functools import partial
from importlib import metadata
from importlib.util import find_spec
from math import inf
from os import getpid
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from .. import primes, words
from ..engine import LIMIT, Nodes, own_flag, removed, there
from ..fit import INPUTS, natural, possible, unsuitable
from ..job import parts, sent
from ..kernels import PLAN, largest, subtask, top
from ..local import home
from ..pool import Inbox, cancels, order, served
from ..protocol import unsupported
from ..raylets import Raylets, ray_in
from ..runtime import name
from ..stop import NAP, look
from ..tasks import spared
from ..trace import TRACING

# How many raylets are started on one machine: each takes 130 MB with its two
# agents and its process for tasks, and two seconds of a core to start.
MOST = 16

# How many seconds a node may take to answer: at the start, and once a run was
# given up; and how many tasks that were given up may take to end.
START, PATIENCE, MERCY = 30, 1, 0.1

# The library, which is loaded when there is a folder for its files.
ray = None


class Ray:
    """python-ray: functions of ray.remote, which give references to results.

    - share: nothing; what a task needs is copied to the store of its node
    - start: a task, for which a raylet with a free CPU lends its process
    - wait: a process waits, and the others go on
    - join: ray.get of all references in order, once ray.wait has them
    """

    serial, nodes = False, True
    lane, turns = "process", None

    @staticmethod
    def missing():
        if find_spec("ray"):
            return None
        return "not here, because Ray is not installed: scripts/engines does"

    @staticmethod
    def library():
        return f"Ray {metadata.version('ray')} on {name()}"

    @staticmethod
    def versions():
        return {"ray": metadata.version("ray")}

    def __init__(self, workers, network):
        why = self.missing()
        if why:
            raise unsupported(why)
        if workers > MOST:
            raise unsupported(
                f"{workers} raylets on one machine; at most {MOST}"
            )
        self.workers, self.network = workers, network
        self.place = self.cluster = self.kept = None
        # Whether a run was given up, which may be since a node is silent.
        self.doubtful = False
        try:
            self.open()
        except BaseException:
            self.close()
            raise

    def open(self):
        global ray
        self.place = TemporaryDirectory(prefix="ray-")
        ray = ray_in(self.place.name)
        self.cluster = Raylets(self.network.host, self.place.name)
        self.kept = Nodes(self.network, self.cluster.node)
        ray.init(
            self.cluster.head.gcs_address,
            _node_ip_address=self.cluster.head.node_ip_address,
            log_to_driver=False, configure_logging=False,
        )
        self.kept.keep()
        self.flag = own_flag()
        self.remote = ray.remote(max_retries=LIMIT)(there)

    def threads(self):
        end = monotonic() + START
        found, _ = self.answers(getpid)
        while len(found) < self.workers and monotonic() < end:
            # That a node has come up is not known to all at once.
            sleep(NAP)
            found, _ = self.answers(getpid)
        return list(found.values())

    @property
    def processes(self):
        """All that Ray has started, whatever it does."""
        return self.cluster.processes(self.kept.pids()) if self.kept else []

    def give_up(self, refs):
        """Ends tasks: those that are queued do not begin, and those that run
        have seen the flag before the next run lowers it."""
        self.doubtful = True
        for ref in refs:
            ray.cancel(ref)
        if refs:
            ray.wait(refs, num_returns=len(refs), timeout=MERCY)

    def answers(self, question):
        """What nodes answer, by their numbers, and those that do not."""
        asked = {
            self.on(node, False).remote(self.flag, None, question): node
            for node in range(self.workers)
        }
        silent = self.left_of(list(asked), PATIENCE)
        found = {}
        for ref in set(asked).difference(silent):
            try:
                found[asked[ref]], _ = ray.get(ref)
            except ray.exceptions.RayError:
                # It has ended, or not come up for all.
                pass
        for ref in silent:
            ray.cancel(ref)
        return found, [asked[ref] for ref in silent]

    def settle(self):
        """Ends nodes that do not answer, so that others take their places."""
        _, silent = self.answers(getpid)
        for node in silent:
            self.kept.kill(node)
        self.doubtful = False

    def on(self, node, soft):
        """Tasks for one node, or for others if it is gone."""
        from ray.util.scheduling_strategies import (
            NodeAffinitySchedulingStrategy as Affinity
        )
        where = Affinity(self.cluster.ids[node], soft)
        return self.remote.options(scheduling_strategy=where)

    def submit(self, work, *args):
        look()
        origin = TRACING[0].origin if TRACING else None
        node = home(args)
        remote = self.remote if node is None else self.on(node, True)
        return remote.remote(self.flag, origin, work, *args)

    def started(self, work, given):
        """A task for each of many, by references to their results."""
        if self.doubtful:
            self.settle()
        refs = []
        try:
            for args in given:
                refs.append(self.submit(work, *args))
        except BaseException:
            self.give_up(refs)
            raise
        return refs

    def left_of(self, refs, seconds=inf):
        """Those that are not there after so many seconds."""
        end = monotonic() + seconds
        while refs and monotonic() < end:
            look()
            _, refs = ray.wait(refs, num_returns=len(refs), timeout=NAP)
        return refs

    def settled(self, take, refs):
        """What a function makes of references. Where it fails, no task runs on
        or the next run looks for what does not answer."""
        try:
            return take(refs)
        except BaseException as error:
            self.give_up(refs)
            look()
            raise getattr(error, "cause", None) or error

    def joined(self, refs):
        self.left_of(refs)
        return spared(ray.get(refs))

    @unsuitable(
        "a list that is copied there costs more than to look at it", INPUTS
    )
    def max(self, job):
        refs = self.started(
            largest, (sent(job, part) for part in parts(job, self.workers))
        )
        return top(self.settled(self.joined, refs))

    @possible("a wait holds a process; a task costs a message or two")
    def subtasks(self, job):
        self.network.reached(job.address)
        refs = self.started(
            subtask, ((job, task) for task in range(len(PLAN)))
        )
        return self.settled(self.joined, refs)

    @natural("what its tasks are for, where each takes milliseconds")
    def pool(self, job):
        refs = self.started(
            served, ((order(job, task), task) for task in range(job.tasks))
        )
        return self.settled(partial(self.client, job), refs)

    def client(self, job, refs):
        """Takes the results in order, or as ray.wait has them."""
        inbox, left = Inbox(job), list(refs)
        for task, ref in enumerate(refs):
            if cancels(job, task):
                ray.cancel(ref)
        while left:
            look()
            some = left[:1] if job.form == "ordered" else left
            ready, _ = ray.wait(some, timeout=NAP)
            for ref in ready:
                left.remove(ref)
                try:
                    inbox.take(*spared([ray.get(ref)]))
                except ray.exceptions.TaskCancelledError:
                    inbox.gone()
        return inbox.answer()

    @possible("a text that is copied there, and a table back", INPUTS)
    def wordcount(self, job):
        refs = self.started(
            words.count,
            (words.sent(job, part) for part in words.parts(job, self.workers)),
        )
        return words.together(self.settled(self.joined, refs))

    @natural("two numbers go there, two come back")
    def primes(self, job):
        refs = self.started(
            primes.primes, ((job, part) for part in primes.grains(job))
        )
        return primes.added(self.settled(self.joined, refs))

    def close(self):
        if ray and ray.is_initialized():
            ray.shutdown()
        for own in (self.kept, self.cluster):
            if own:
                own.close()
        if self.place:
            removed(self.place)
