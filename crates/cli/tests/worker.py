"""A worker of Lanes in plain Python: `max`, `double` and `fib`, one thread."""
import json, socket, sys, threading, time
def numbers(seed):
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) % 2**64
        z = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        yield z ^ (z >> 31)

def digest(answer):
    state = 0
    for number in answer:
        state = next(numbers(state ^ number))
    return state

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
WORK = {"max": lambda job: [max(job)] if job else [],
        "double": lambda job: [number * 2 for number in job],
        "fib": lambda job: [fib(job)]}
job, stream = None, socket.socket(fileno=0).makefile("rw")
for line in stream:
    print("stray prints do not matter", line)
    ask = json.loads(line)
    if ask["do"] == "hello":
        reply = {"hello": {"protocol": 1, "model": ask["model"], "workers": 1,
                           "threads": [threading.get_native_id()], "versions": {"python": sys.version.split()[0]}}}
    elif ask["do"] == "prepare" and ask["workload"] not in WORK:
        reply = {"error": {"kind": "unsupported", "message": "not in Python"}}
    elif ask["do"] == "prepare":
        work, size, stream_of = WORK[ask["workload"]], ask["size"], numbers(ask["seed"])
        job = size["n"] if "n" in size else [next(stream_of) >> 1 for _ in range(size["len"])]
        reply = {"prepared": {"digest": digest(work(job))}}
    elif ask["do"] != "run":
        reply = {"error": {"kind": "unsupported", "message": "only runs"}}
    elif job is None:
        reply = {"error": {"kind": "invalid", "message": "nothing is prepared"}}
    else:
        begin = time.perf_counter_ns()
        for _ in range(ask["runs"]):
            answer = work(job)
        wall = time.perf_counter_ns() - begin
        reply = {"sample": {"runs": ask["runs"], "wall_ns": wall, "digest": digest(answer)}}
    print(json.dumps(reply), file=stream, flush=True)
