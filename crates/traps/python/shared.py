"""Threads that use one object, or one each, where there is no GIL."""

import json
import sys
import threading
import time

CALLS = 300_000


def calls(lock):
    for _ in range(CALLS):
        lock.locked()


def seen(threads):
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begin
    right = not sys._is_gil_enabled()
    return {"right": right, "figure": took, "detail": ""}


def without():
    lock = threading.Lock()
    threads = [threading.Thread(target=calls, args=(lock,)) for _ in range(2)]
    return seen(threads)


def private():
    locks = [threading.Lock() for _ in range(2)]
    threads = [threading.Thread(target=calls, args=(lock,)) for lock in locks]
    return seen(threads)


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
