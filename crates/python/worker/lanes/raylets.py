"""Ray's processes: a head without a CPU to give, and a raylet with one for each
node, with the agents and the process for tasks that a raylet starts."""

import logging
import os
import secrets
import shlex
import time
from contextlib import contextmanager

from .engine import PATIENCE, Place, end_all, environment, not_up, reaped
from .usage import below

# How many bytes of objects the store of a node holds; more are on a disk. It
# is memory without a name in /dev/shm, and is taken as objects come.
STORE = 1 << 29

# What Ray is to do without, or other than usual.
SAID = {
    # Nothing is reported to anybody, or printed.
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    # Processes for tasks have the priority of others.
    "RAY_worker_niceness": "0",
    # Its agents may take as long as a node to come up on a busy machine.
    "RAY_agent_register_timeout_ms": f"{PATIENCE}000",
    # Memory is looked after by the process that measures.
    "RAY_memory_monitor_refresh_ms": "0",
    # 127.0.0.1 is not replaced by an address that others reach.
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    # Whatever listens answers this worker's own processes only.
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
}


def ray_in(folder):
    """Ray, which has read what was said."""
    os.environ.update(environment(), RAY_TMPDIR=folder, **SAID)
    import ray
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    return ray


class Raylets:
    """The processes of one cluster, whose files are in a folder."""

    def __init__(self, host, folder):
        self.folder, self.heads, self.ids, self.begun = folder, [], {}, 0
        try:
            self.head = self.started(
                "head", Place(host, None), lambda make: make(), num_cpus=0,
                include_dashboard=False, no_monitor=True,
            )
        except BaseException:
            self.close()
            raise

    def node(self, number, place, begin):
        """The raylet of a node, with a CPU for one task at a time."""
        self.begun += 1
        node = self.started(
            f"{number}-{self.begun}", place, begin, num_cpus=1,
            gcs_address=self.head.gcs_address,
        )
        self.ids[number] = node.node_id
        return raylet_of(node)

    def started(self, name, place, begin, **own):
        """A node as Ray has it, once it has come up."""
        from ray._private.node import Node
        from ray._private.parameter import RayParams
        heads, folder = self.heads, self.folder
        is_head = "gcs_address" not in own

        class Own(Node):
            def start_head_processes(self):
                heads.append(self)
                super().start_head_processes()

            def start_api_server(self, **_):
                """Without a dashboard it would report usage, and no more."""

            def start_raylet(self, *args):
                start = super().start_raylet

                def make():
                    with executable(place, folder):
                        start(*args)
                    return raylet_of(self)

                wait(self, begin(make), place.address)

        parameters = RayParams(
            node_ip_address=own_address(place), temp_dir=folder,
            # Short: the path of a socket has 107 bytes at most.
            raylet_socket_name=f"{folder}/{name}.raylet",
            plasma_store_socket_name=f"{folder}/{name}.store",
            object_store_memory=STORE, num_gpus=0, include_log_monitor=False,
            min_worker_port=0, max_worker_port=0,
            dashboard_agent_listen_port=0, **own
        )
        # What it starts ends with the thread that does, by the system.
        return Own(parameters, is_head, shutdown_at_exit=False)

    def processes(self, raylets):
        """All of them, with those that they have started."""
        own = [process.pid for process in self.popens()] + raylets
        return [one for each in own for one in (each, *below(each))]

    def popens(self):
        """What the head has started."""
        return [
            own.process for head in self.heads
            for some in head.all_processes.values() for own in some
        ]

    def close(self):
        end_all(self.processes([]))
        for process in self.popens():
            reaped(process)


def raylet_of(node):
    return node.all_processes["raylet"][0].process


def own_address(place):
    """At 127.0.0.1 a raylet listens there; of any other address it listens at
    all that the machine has. So it is that of all nodes that are not apart."""
    is_own = place.namespace is None and place.address.startswith("127.")
    return "127.0.0.1" if is_own else place.address


@contextmanager
def executable(place, folder):
    """Has Ray start raylets where a node is to be."""
    from ray._private import services
    usual = services.RAYLET_EXECUTABLE
    if place.namespace:
        path = os.path.join(folder, f"{place.address}.sh")
        command = shlex.join([*place.within(), usual])
        with open(path, "w") as file:
            file.write(f'#!/bin/sh\nexec {command} "$@"\n')
        os.chmod(path, 0o700)
        services.RAYLET_EXECUTABLE = path
    try:
        yield
    finally:
        services.RAYLET_EXECUTABLE = usual


def wait(node, raylet, address):
    """Waits until a raylet has come up: Ray itself looks once a second."""
    end = time.monotonic() + PATIENCE
    one = node_selector(node.node_id)
    while not node.get_gcs_client().get_all_node_info(node_selectors=[one]):
        ended = raylet.poll() is not None
        if ended or time.monotonic() > end:
            raise not_up(address, ended)
        time.sleep(0.02)


def node_selector(node_id):
    from ray import NodeID
    from ray.core.generated.gcs_service_pb2 import GetAllNodeInfoRequest
    return GetAllNodeInfoRequest.NodeSelector(
        node_id=NodeID.from_hex(node_id).binary()
    )
