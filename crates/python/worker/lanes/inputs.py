"""The inputs of workloads, made of a size and a seed, and their answers."""

import os
import resource
import tempfile
import time
from itertools import chain

from .channel import PARTIES
from .connection import Request
from .echo import Clients
from .job import Job
from .kernels import churn
from .local import Described, list_part, stretch_of, text_part
from .matrices import MOST_ROWS, bits
from .protocol import Refused, invalid, unsupported
from .seeds import MASK, numbers, part_seed
from .server import MOST_NUMBERS
from .shape import CENTURY, checked, drawn, shape_job
from .sorting import summary
from .trees import DEEPEST, skynet_tasks
from .words import answer, text, words_job


# No stage has more rounds, and no table more meals: that is about a day.
MOST_ROUNDS, MOST_MEALS = 10**14, 10**12
# The most bytes of a request of `echo`, and how many descriptors there are
# besides its connections.
MOST_BYTES, OTHERS = 1 << 16, 32


class Temporary:
    """Files in a folder that goes with the input."""

    def __init__(self, files, octets, seed):
        self.folder = tempfile.TemporaryDirectory()
        self.paths = []
        for file in range(files):
            path = os.path.join(self.folder.name, f"{file}.txt")
            with open(path, "wb") as to:
                to.write(lines(octets, part_seed(seed, file)))
            self.paths.append(path)

    def cleanup(self):
        self.folder.cleanup()


def lines(octets, seed):
    """Lines of decimal numbers that fill so many bytes exactly."""
    count = octets // 16 + 8
    while True:
        found = numbers(seed, count)
        text = "".join(f"{number >> 1}\n" for number in found).encode()
        if len(text) >= octets:
            return text[:octets]
        count *= 2


def nanos(duration):
    return duration["secs"] * 10**9 + duration["nanos"]


def afford(octets):
    """Refuses an input that memory does not hold."""
    with open("/proc/meminfo") as file:
        for line in file:
            if line.startswith("MemAvailable:"):
                if octets > int(line.split()[1]) * 1024:
                    why = f"{octets} bytes are more than are free"
                    raise Refused("resource", why)


def rounds_per_nano():
    """How many rounds of `churn` are made in a nanosecond, at the best."""
    def try_once(state):
        begin = time.perf_counter_ns()
        churn(state, 1 << 13)
        return time.perf_counter_ns() - begin

    return (1 << 13) / min(try_once(state) for state in range(9))


def server_of(size, own):
    """The address of the server that the size names, or else of our own."""
    if size.get("server") is None:
        return own
    host, port = size["server"].rsplit(":", 1)
    return host.strip("[]"), int(port)


def check_list(size):
    if size["grain"] == 0:
        raise invalid("a grain of zero")
    if size.get("form", "plain") != "plain":
        raise unsupported("Python has one way to go through a list")
    afford(size["len"] * 24)


def list_input(size, seed, _own):
    check_list(size)
    return Job(list=stretch_of(seed, 0, size["len"]), grain=size["grain"])


def list_described(size, seed, _own):
    """A list of which nothing is here but its length."""
    check_list(size)
    whole = Described(list_part, (seed, size["grain"]), None)
    length, grain = range(size["len"]), size["grain"]
    return Job(list=length, grain=grain, described=whole)


def subtasks_input(size, seed, own):
    unit, rounds = nanos(size["unit"]), size.get("rounds")
    if rounds is None:
        rounds = int(unit * rounds_per_nano())
    if rounds > 10**12:
        raise invalid(f"a unit of {unit} ns")
    address = server_of(size, own)
    return Job(address=address, seed=seed, unit=unit // 1000, rounds=rounds)


def fetch_input(size, seed, own):
    requests, count = size["requests"], size["count"]
    if size["in_flight"] == 0:
        raise invalid("no request may be in flight")
    if count > MOST_NUMBERS:
        raise invalid(f"arrays of more than {MOST_NUMBERS} numbers")
    afford(requests * 512 + min(requests, size["in_flight"]) * count * 16)
    delay = nanos(size["delay"]) // 1000
    asked = [
        Request(delay, part_seed(seed, index), count)
        for index in range(requests)
    ]
    in_flight = min(size["in_flight"], requests)
    address = server_of(size, own)
    return Job(address=address, requests=asked, in_flight=in_flight)


def read_input(size, seed, _own):
    afford(size["files"] * max(size["bytes"], 256))
    kept = Temporary(size["files"], size["bytes"], seed)
    return Job(kept=kept, paths=kept.paths)


def counter_input(size, _seed, _own):
    if size["grain"] == 0:
        raise invalid("a grain of zero")
    if size["form"] not in ("lock", "atomic", "sharded", "unlocked", "apart"):
        raise invalid(f"no form is called {size['form']}")
    if size["tasks"] * size["adds"] > MASK:
        raise invalid("so many additions overflow")
    afford(size["tasks"] * 512)
    return Job(**size)


def dictionary_input(size, seed, _own):
    if size["grain"] == 0:
        raise invalid("a grain of zero")
    if size["keys"] == 0:
        raise invalid("a map without keys")
    if size["form"] not in ("lock", "rwlock", "sharded", "dashmap"):
        raise invalid(f"no form is called {size['form']}")
    if size["tasks"] * size["steps"] > MASK:
        raise invalid("so many steps overflow")
    afford(size["tasks"] * 512 + size["steps"] * 16 + size["keys"] * 128)
    return Job(seed=seed, **size)


def event_input(size, _seed, _own):
    afford(size["hops"] * 64)
    return Job(**size)


def ring_input(size, _seed, _own):
    if size["tasks"] == 0:
        raise invalid("a ring without tasks")
    afford(size["hops"] * 64 + size["tasks"] * 1024)
    return Job(**size)


def channel_input(size, _seed, _own):
    if size["grain"] == 0:
        raise invalid("a grain of zero")
    if size["parties"] not in PARTIES:
        raise invalid(f"no parties are called {size['parties']}")
    # A queue without bounds may have to hold them all.
    afford((size["messages"] + (size["capacity"] or 0)) * 64)
    return Job(**size)


def pipeline_input(size, _seed, _own):
    stages, places = size["stages"], size["places"]
    items, rounds = size["items"], size["rounds"]
    if stages < 2:
        raise invalid(f"{stages} stages, at least 2")
    if places == 0:
        raise invalid("queues without a place")
    if rounds * items > MOST_ROUNDS:
        raise invalid(f"{items} items of {rounds} rounds each")
    afford(stages * (places + 1) * 1024)
    return Job(**size)


def philosophers_input(size, _seed, _own):
    if size["grain"] == 0:
        raise invalid("a grain of zero")
    if size["philosophers"] == 0:
        raise invalid("a table without philosophers")
    if size["philosophers"] * size["meals"] > MOST_MEALS:
        meals = f"{size['philosophers']} times {size['meals']} meals"
        raise invalid(f"{meals} take more than a day")
    afford(size["philosophers"] * 512)
    return Job(**size)


def spawn_input(size, _seed, _own):
    if size.get("form", "each") != "each":
        raise unsupported("one call for many tasks: each is started by itself")
    afford(size["tasks"] * 512)
    return Job(**size)


def fib_input(size, _seed, _own):
    if size["n"] > 93:
        raise invalid(f"fib({size['n']}) does not fit 64 bits")
    return Job(n=size["n"], cutoff=size.get("cutoff", 0))


def skynet_input(size, _seed, _own):
    leaves, cutoff = size["leaves"], max(size["cutoff"], 1)
    if leaves > 1 << 31:
        raise invalid(f"{leaves} leaves; at most {1 << 31}")
    afford(skynet_tasks(leaves, cutoff) * 512)
    return Job(leaves=leaves, cutoff=cutoff)


def nqueens_input(size, _seed, _own):
    if size["n"] > 16:
        raise invalid(f"{size['n']} queens; at most 16")
    return Job(n=size["n"], cutoff=size["cutoff"])


def uts_input(size, _seed, _own):
    depth, cutoff = size["depth"], size.get("cutoff")
    if depth > DEEPEST:
        raise invalid(f"a tree of depth {depth}; at most {DEEPEST}")
    return Job(depth=depth, cutoff=depth if cutoff is None else cutoff)


def shape_input(size, seed, _own):
    compute, wait = nanos(size["compute"]), nanos(size["wait"])
    checked(size, compute, wait)
    afford(min(size["at_once"], size["tasks"]) * 512 + size["tasks"] * 64)
    rounds = size.get("rounds")
    if rounds is None:
        rounds = int(compute * rounds_per_nano())
    return shape_job(size, seed, compute, wait, rounds)


def pool_input(size, seed, _own):
    tasks, skew, form = size["tasks"], size["skew"], size["form"]
    if form not in ("ordered", "completed", "cancelled"):
        raise invalid(f"no form is called {form}")
    afford(tasks * 512)
    rounds = size.get("rounds")
    if rounds is None:
        rounds = int(nanos(size["compute"]) * rounds_per_nano())
    if rounds * tasks > MASK:
        raise invalid(f"{tasks} tasks of {rounds} rounds overflow")
    each = drawn(seed, tasks, rounds, skew)
    return Job(seed=seed, tasks=tasks, each=each, form=form)


def matmul_input(size, seed, _own):
    n, cutoff = size["n"], size["cutoff"]
    if cutoff == 0:
        raise invalid("a cut-off of zero")
    if n > MOST_ROWS:
        raise invalid(f"{n} rows; sums of at most {MOST_ROWS} are exact")
    afford(n * n * 64)
    # Each number is one of these 32 objects.
    values = [float(value) for value in range(32)]
    stream = [values[number >> 59] for number in numbers(seed, 2 * n * n)]
    rows = [stream[row * n:(row + 1) * n] for row in range(2 * n)]
    # The second one by columns, which products are made with.
    columns = list(zip(*rows[n:]))
    return Job(n=n, cutoff=cutoff, rows=rows[:n], columns=columns)


def sort_input(size, seed, _own):
    if size["cutoff"] == 0:
        raise invalid("a cut-off of zero")
    if size["grain"] == 0:
        raise invalid("a grain of zero")
    if size["form"] not in ("merge", "library"):
        raise invalid(f"no form is called {size['form']}")
    afford(size["len"] * 128)
    found = numbers(seed, size["len"])
    return Job(list=found, form=size["form"], cutoff=size["cutoff"])


def mandelbrot_input(size, _seed, _own):
    if size["grain"] == 0:
        raise invalid("a grain of zero")
    if size["width"] == 0:
        raise invalid("rows without a pixel")
    if size["width"] * size["iterations"] > 1 << 30:
        steps = f"{size['width']} times {size['iterations']} steps"
        raise invalid(f"rows of {steps}")
    afford(size["height"] * 512)
    return Job(**size)


def check_text(size):
    if size["grain"] == 0:
        raise invalid("a grain of zero")
    afford(size["bytes"] * 8)


def wordcount_input(size, seed, _own):
    check_text(size)
    return words_job(text(size["bytes"], seed), size["grain"])


def wordcount_described(size, seed, _own):
    """A text of which nothing is here but how many grains it has."""
    check_text(size)
    octets, grain = size["bytes"], size["grain"]
    whole = Described(text_part, (seed, octets, grain), None)
    return Job(cuts=range(-(-octets // grain) + 1), described=whole)


def primes_input(size, _seed, _own):
    if size["grain"] == 0:
        raise invalid("a grain of zero")
    if size["below"] >= 1 << 32:
        raise invalid(f"primes below {size['below']}: it has 33 bits")
    afford(-(-size["below"] // size["grain"]) * 512)
    return Job(**size)


def sleepers_input(size, _seed, _own):
    afford(size["tasks"] * 512)
    return Job(tasks=size["tasks"], wait=nanos(size["wait"]) / 1e9)


def burst_input(size, seed, _own):
    tasks, at_once, gap = size["tasks"], size["at_once"], nanos(size["gap"])
    if at_once == 0:
        raise invalid("no task comes at once")
    rounds = size.get("rounds")
    if rounds is None:
        rounds = int(nanos(size["compute"]) * rounds_per_nano())
    groups = -(-tasks // at_once)
    if gap * groups > CENTURY or rounds * tasks > MASK:
        raise invalid(f"{tasks} tasks that take more than a century")
    afford(min(tasks, at_once) * 512 + groups * 64)
    # How long the tasks of a group take at the best, on all cores.
    takes = rounds * at_once / min(at_once, os.cpu_count() or 1)
    takes = int(takes / rounds_per_nano())
    if tasks > 0 and takes > gap:
        raise unsupported(
            f"{at_once} tasks of {rounds} rounds take Python {takes} ns at the "
            f"best, and come every {gap} ns: it would never be idle"
        )
    return Job(seed=seed, tasks=tasks, at_once=at_once, gap=gap, rounds=rounds)


def trickle_input(size, seed, own):
    return burst_input({**size, "at_once": 1}, seed, own)


def cancel_input(size, _seed, _own):
    if size["form"] not in ("waiting", "computing"):
        raise invalid(f"no form is called {size['form']}")
    afford(size["tasks"] * 1024)
    return Job(**size)


def echo_input(size, seed, _own):
    connections, requests = size["connections"], size["requests"]
    octets, rate = size["bytes"], size["rate"]
    if connections == 0:
        raise invalid("a load on no connection")
    if octets not in range(16, MOST_BYTES + 1, 8):
        sizes = f"a multiple of 8, from 16 to {MOST_BYTES}"
        raise invalid(f"requests of {octets} bytes; it is {sizes}")
    if rate is not None and not (rate > 0 and requests / rate < 1e6):
        raise invalid(f"{requests} requests, {rate} a second")
    afford(requests * 64 + connections * (octets * 4 + 4096))
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if connections + OTHERS > descriptors:
        raise Refused("resource", f"{connections} connections are too many")
    plan = {**size, "seed": seed}
    return Job(
        connections=connections, bytes=octets, plan=plan, kept=Clients(),
    )


# Each makes an input of a size, a seed, and the address of our own server.
INPUTS = {
    "max": list_input,
    "double": list_input,
    "join": list_input,
    "subtasks": subtasks_input,
    "fetch": fetch_input,
    "read": read_input,
    "counter": counter_input,
    "dictionary": dictionary_input,
    "event": event_input,
    "ring": ring_input,
    "channel": channel_input,
    "pipeline": pipeline_input,
    "philosophers": philosophers_input,
    "spawn": spawn_input,
    "fib": fib_input,
    "shape": shape_input,
    "pool": pool_input,
    "skynet": skynet_input,
    "nqueens": nqueens_input,
    "uts": uts_input,
    "matmul": matmul_input,
    "sort": sort_input,
    "mandelbrot": mandelbrot_input,
    "wordcount": wordcount_input,
    "primes": primes_input,
    "sleepers": sleepers_input,
    "burst": burst_input,
    "trickle": trickle_input,
    "cancel": cancel_input,
    "echo": echo_input,
}

# The same for inputs that each node makes its parts of.
DESCRIBED = {
    **INPUTS, "max": list_described, "wordcount": wordcount_described,
}

# The numbers of an answer, in order.
NUMBERS = {
    "max": lambda most: [] if most is None else [most],
    "double": chain.from_iterable,
    "join": lambda both: chain(
        [] if both[0] is None else [both[0]], *both[1]
    ),
    "subtasks": list,
    "fetch": list,
    "read": list,
    "counter": lambda total: [total],
    "dictionary": list,
    "event": lambda relay: relay[:2],
    "ring": lambda relay: relay[:2],
    "channel": list,
    "pipeline": list,
    "philosophers": list,
    "spawn": lambda total: [total],
    "fib": lambda value: [value],
    "shape": lambda done: done[:2],
    "pool": lambda served: [served[0], served[1], served[4]],
    "skynet": lambda total: [total],
    "nqueens": lambda found: [found],
    "uts": lambda nodes: [nodes],
    "matmul": bits,
    "sort": summary,
    "mandelbrot": list,
    "wordcount": answer,
    "primes": list,
    "sleepers": list,
    "burst": lambda done: done[:2],
    "trickle": lambda done: done[:2],
    "cancel": lambda stopped: stopped[:2],
    "echo": lambda echoed: echoed[:2],
}
