"""A thread that waits for I/O, beside one that computes."""

import json
import multiprocessing
import sys
import threading
import time

TRIPS = 30


def computes(stop):
    number = 0
    while not stop.is_set():
        for _ in range(1000):
            number += 1


def echoes(end):
    while end.recv_bytes():
        end.send_bytes(b"x")


def round_trips(end):
    """Each wait for a reply gives the GIL away."""
    begin = time.perf_counter()
    count = 0
    for _ in range(TRIPS):
        end.send_bytes(b"x")
        count += len(end.recv_bytes())
    took = time.perf_counter() - begin
    return {"right": count == TRIPS, "figure": took, "detail": ""}


def beside(worker, stop):
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=echoes, args=(there,))
    server.start()
    worker.start()
    time.sleep(0.05)
    seen = round_trips(here)
    here.send_bytes(b"")
    stop.set()
    worker.join()
    server.join()
    return seen


def without():
    stop = threading.Event()
    worker = threading.Thread(target=computes, args=(stop,))
    return beside(worker, stop)


def switch_interval():
    sys.setswitchinterval(0.0002)
    stop = threading.Event()
    worker = threading.Thread(target=computes, args=(stop,))
    return beside(worker, stop)


def process():
    stop = multiprocessing.Event()
    worker = multiprocessing.Process(target=computes, args=(stop,))
    return beside(worker, stop)


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
