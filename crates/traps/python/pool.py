"""Large arguments that cross to processes of a pool."""

import json
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.shared_memory import SharedMemory

PARTS = 4
BYTES = 16 << 20
PART = bytes(BYTES - 1) + b"\1"


def looks(part):
    """Where the first one is among zeros."""
    return re.search(b"\1", part).start()


def looks_in_shared(name, begin, end):
    memory = SharedMemory(name)
    place = looks(memory.buf[begin:end])
    memory.close()
    return place


def seen(pool, places):
    # The processes of a pool are started by its first calls.
    list(pool.map(looks, [b"\1"] * PARTS))
    begin = time.perf_counter()
    right = sum(places()) == PARTS * (BYTES - 1)
    took = time.perf_counter() - begin
    return {"right": right, "figure": took, "detail": ""}


def without():
    parts = [PART] * PARTS
    with ProcessPoolExecutor(2) as pool:
        return seen(pool, lambda: pool.map(looks, parts))


def shared_memory():
    memory = SharedMemory(create=True, size=PARTS * BYTES)
    try:
        names = [memory.name] * PARTS
        begins = [part * BYTES for part in range(PARTS)]
        ends = [begin + BYTES for begin in begins]
        memory.buf[: PARTS * BYTES] = PART * PARTS
        with ProcessPoolExecutor(2) as pool:
            return seen(
                pool, lambda: pool.map(looks_in_shared, names, begins, ends)
            )
    finally:
        memory.close()
        memory.unlink()


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
