"""Threads that use one object, or one each, where there is no GIL."""

import json
import sys
import threading
import time

CALLS = 300_000


def calls(lock):
    for _ in range(CALLS):
        lock.locked()


def seen(locks):
    threads = [threading.Thread(target=calls, args=(lock,)) for lock in locks]
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
    return seen([lock, lock])


def private():
    return seen([threading.Lock(), threading.Lock()])


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
