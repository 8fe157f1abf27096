"""Coroutines in an event loop."""

import asyncio
import threading
import time
from itertools import chain

from .. import shape
from ..counter import SHARDS, Number, no_atomic, total
from ..fit import natural, possible, unsuitable
from ..hops import expect, relay
from ..job import parts, split, whole
from ..kernels import (
    PLAN, after, before, decode, empty, fib_looking, forks, in_order, largest,
    load, parse, request, top, twice
)
from ..loops import Streams, gather, sleep, to_thread
from ..protocol import unsupported
from ..stop import WAKE, cancelled, is_raised
from ..trace import TRACING, computing

# More tasks at once than memory holds.
MOST_FORKS = 200_000_000
STOPS = "one thread computes, and a task that computes stops all others"


class Asyncio:
    """python-asyncio: coroutines in one event loop.

    - share: every coroutine sees the same objects, and none is interrupted
    - start: a task of the loop
    - wait: a coroutine that awaits gives the loop back
    - join: a task group, or asyncio.gather before 3.11
    """

    serial = True
    lane, turns = "event loop", "coroutines"

    def __init__(self, _workers):
        self.workers = 1
        self.loop = asyncio.new_event_loop()
        # Locks and events of 3.8 and 3.9 take the loop that is set.
        asyncio.set_event_loop(self.loop)

    def threads(self):
        return [threading.get_native_id()]

    @unsuitable(STOPS)
    def max(self, job):
        async def run(part):
            return largest(job, part)

        tasks = [run(part) for part in parts(job, self.workers)]
        return top(self.run(tasks))

    @unsuitable(STOPS)
    def double(self, job):
        async def run(part):
            return twice(job, part)

        return self.run([run(part) for part in parts(job, self.workers)])

    @unsuitable(STOPS)
    def join(self, job):
        async def run(work, task):
            return work(job, whole(job, task))

        most, piece = self.run([run(largest, 0), run(twice, 1)])
        return most, [piece]

    @possible("waits overlap, compute stops the loop")
    def subtasks(self, job):
        async def run(task):
            state, reply = before(job, task), b""
            asked = request(job, task)
            if asked:
                async with Streams(job.address) as streams:
                    reply = await streams.exchange(asked, task)
            return after(job, task, state, reply)

        return self.run([run(task) for task in range(len(PLAN))])

    @natural("many waits in one thread")
    def fetch(self, job):
        # Coroutines take turns at awaits only, so that no lock is needed.
        todo = iter(range(len(job.requests)))

        async def run():
            found = []
            async with Streams(job.address) as streams:
                for index in todo:
                    reply = await streams.exchange(job.requests[index], index)
                    found.append((index, decode(index, reply)))
            return found

        return in_order(self.run([run() for _ in range(job.in_flight)]))

    @possible("the loop has no files: threads wait for them")
    def read(self, job):
        async def run(part):
            found = []
            for path in job.paths[part.begin:part.end]:
                begin = TRACING[0].now() if TRACING else 0
                # The loop has no files: a thread waits for them.
                text = await to_thread(load, path)
                for trace in TRACING:
                    end = trace.now()
                    trace.record(part.task, "io", begin, end, attached=False)
                found.append(parse(part.task, text))
            return found

        files = split(len(job.paths), 1, self.workers)
        return list(chain(*self.run([run(part) for part in files])))

    @possible("no lock would be needed between awaits; atomic refused")
    def counter(self, job):
        no_atomic(job)
        totals = [(asyncio.Lock(), Number()) for _ in range(SHARDS)]

        async def run(task):
            sharded = job.form == "sharded"
            lock, number = totals[task % SHARDS if sharded else 0]
            with computing(task) as look:
                for begin in range(0, job.adds, job.grain):
                    for _ in range(min(job.grain, job.adds - begin)):
                        if job.form == "unlocked":
                            number.value += 1
                        elif job.form == "apart":
                            value = number.value
                            # Without an await nothing could get lost.
                            await asyncio.sleep(0)
                            number.value = value + 1
                        else:
                            async with lock:
                                number.value += 1
                    look()

        self.run([run(task) for task in range(job.tasks)])
        return total(totals)

    @natural("the loop wakes the next coroutine itself")
    def event(self, job):
        async def run(side):
            arrived, latencies = [], []
            for hop in range(job.hops):
                if hop % 2 == side:
                    tokens[1 - side] = (hop, time.monotonic_ns())
                    filled[1 - side].set()
                else:
                    await filled[side].wait()
                    filled[side].clear()
                    token, sent = tokens[side]
                    latencies.append(time.monotonic_ns() - sent)
                    expect(token, hop)
                    arrived.append(token)
            return len(arrived), sum(arrived), latencies

        tokens, filled = [None, None], [asyncio.Event(), asyncio.Event()]
        return relay(self.run([run(side) for side in range(2)]))

    @natural("a task is an object in a queue of the loop")
    def spawn(self, job):
        async def run(task):
            return empty(task)

        return sum(self.run([run(task) for task in range(job.tasks)]))

    @possible("a task a fork, all in one thread")
    def fib(self, job):
        async def run(n):
            if n < 2:
                return n
            if n < job.cutoff:
                return fib_looking(n)
            left = asyncio.create_task(run(n - 1))
            right = await run(n - 2)
            return await left + right

        if forks(job) > MOST_FORKS:
            raise unsupported(f"{forks(job)} tasks, most of them waiting")
        return self.run([run(job.n)])[0]

    @possible("waits overlap, compute stops the loop")
    def shape(self, job):
        begin, lock = shape.begun(), threading.Lock()

        async def run(tasks):
            tally = shape.Tally()
            for task in tasks:
                await sleep(task, shape.arrives_in(job, begin, task))
                state = shape.before(job, task, lock)
                await sleep(task, job.wait)
                found = shape.after(job, task, state, lock)
                tally.done(job, begin, task, found)
            return tally

        tallies = self.run([run(tasks) for tasks in shape.lanes(job)])
        return shape.answer(job, tallies)

    def run(self, coroutines):
        main = self.loop.create_task(gather(coroutines))

        def wake():
            self.loop.call_soon_threadsafe(main.cancel)

        WAKE.append(wake)
        try:
            if is_raised():
                wake()
            return self.loop.run_until_complete(main)
        except BaseException as error:
            end_all(self.loop)
            if isinstance(error, asyncio.CancelledError):
                raise cancelled() from None
            raise
        finally:
            WAKE.remove(wake)

    def close(self):
        self.loop.close()


def end_all(loop):
    """Ends the tasks that a run has left behind which failed."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
