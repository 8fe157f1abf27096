"""Calls of C that let go of the GIL, or do not."""

import hashlib
import json
import sys
import threading
import time

BYTES = 48 << 20


def hashes(piece):
    for _ in range(BYTES // len(piece)):
        hashlib.sha256(piece).digest()


def timed(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def two_threads(piece):
    threads = [
        threading.Thread(target=hashes, args=(piece,)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def seen(one, two):
    detail = f"in one thread {one * 1e3:.0f} ms, in two {two * 1e3:.0f} ms"
    return {"right": True, "figure": two / one, "detail": detail}


def without():
    piece = bytes(1 << 10)
    one = timed(lambda: (hashes(piece), hashes(piece)))
    two = timed(lambda: two_threads(piece))
    return seen(one, two)


def large_pieces():
    piece = bytes(1 << 20)
    one = timed(lambda: (hashes(piece), hashes(piece)))
    two = timed(lambda: two_threads(piece))
    return seen(one, two)


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
