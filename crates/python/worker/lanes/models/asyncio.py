"""Coroutines in an event loop."""

import asyncio
import sys
import threading
import time
from itertools import chain, count

from .. import channel, pipeline, shape
from ..cancel import HOUR, Crowd
from ..counter import SHARDS, Number, no_atomic, total
from ..dictionary import Map, step
from ..echo import BACKLOG, Visit, came
from ..feed import Log, groups, work
from ..fit import natural, possible, unsuitable
from ..hops import expect, relay, turns
from ..job import parts, split, whole
from ..kernels import (
    PLAN, after, before, decode, empty, fib_looking, forks, in_order, largest,
    load, parse, request, top, twice
)
from ..loops import Streams, gather, sleep, to_thread
from ..philosophers import Table, beside, chopsticks
from ..pool import Inbox, cancels, order, served
from ..protocol import unsupported
from ..sleepers import Hall
from ..stop import WAKE, cancelled, is_raised, look
from ..trace import TRACING, computing

# More tasks at once than memory holds.
MOST_FORKS = 200_000_000
# Seconds after which a thread that waits for the GIL asks for it. The loop lets
# go of it for a moment in each turn, and that time begins anew: with the usual
# 5 ms the thread that is sent a cancel does not get it for seconds.
ASKS = 1e-4
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
        runs = [run(part) for part in files]
        return list(chain(*self.run(runs, threads=True)))

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

    @possible("no lock would be needed between awaits, and one is taken")
    def dictionary(self, job):
        shared = Map(job, asyncio.Lock)

        async def run(task):
            found = 0
            with computing(task) as look:
                for number, taken in enumerate(shared.steps(task)):
                    if number % job.grain == 0:
                        look()
                    (values, lock), key, adds = taken
                    async with lock:
                        found += step(values, key, adds)
            return found

        return shared.looked(self.run([run(task) for task in range(job.tasks)]))

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

    @natural("a coroutine that waits at its queue costs no thread")
    def ring(self, job):
        async def run(seat):
            give, take = queues[(seat + 1) % job.tasks], queues[seat]
            arrived, latencies = [], []
            if seat == 0 and job.hops > 0:
                await give.put((0, time.monotonic_ns()))
            for hop in turns(job, seat):
                token, sent = await take.get()
                latencies.append(time.monotonic_ns() - sent)
                arrived.append(expect(token, hop))
                look()
                if hop + 1 < job.hops:
                    await give.put((hop + 1, time.monotonic_ns()))
            return len(arrived), sum(arrived), latencies

        queues = [asyncio.Queue() for _ in range(job.tasks)]
        return relay(self.run([run(seat) for seat in range(job.tasks)]))

    @natural("what asyncio.Queue is for; none has no place")
    def channel(self, job):
        async def produce(producer):
            for message in channel.messages(job, producer):
                await queue.put(message)
            await queue.put(channel.END)

        async def consume():
            consumer = channel.Consumer(job)
            while consumer.take(await queue.get()):
                pass
            return consumer.received()

        channel.no_place(job)
        # Without bounds it has room for 0.
        queue = asyncio.Queue(job.capacity or 0)
        producers = [produce(number) for number in channel.producers(job)]
        consumers = [consume() for _ in channel.consumers(job)]
        results = self.run(consumers + producers)
        return channel.total(results[:len(consumers)])

    @possible("a full queue gives the loop to another stage; all compute in it")
    def pipeline(self, job):
        async def make():
            for item in line.make():
                await queues[0].put(item)
            await queues[0].put(pipeline.END)

        async def pass_on(number):
            taken, given = queues[number - 1], queues[number]
            item = await taken.get()
            while item is not pipeline.END:
                await given.put(line.stages[number].work(item))
                item = await taken.get()
            await given.put(pipeline.END)

        async def take():
            item = await queues[-1].get()
            while item is not pipeline.END:
                line.take(item)
                item = await queues[-1].get()

        line = pipeline.Line(job)
        queues = [asyncio.Queue(job.places) for _ in line.stages[1:]]
        between = [pass_on(number) for number in range(1, job.stages - 1)]
        self.run([make(), *between, take()])
        return line.flowed()

    @possible("no lock would be needed between awaits, and two are taken")
    def philosophers(self, job):
        table = Table(job)
        locks = [asyncio.Lock() for _ in chopsticks(job)]

        async def run(philosopher):
            first, second = beside(job, philosopher)
            for _ in table.meals(philosopher):
                async with locks[first], locks[second]:
                    table.eat(first, second)

        self.run([run(number) for number in range(job.philosophers)])
        return table.used

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

    @unsuitable(STOPS)
    def pool(self, job):
        async def run(task):
            return served(order(job, task), task)

        async def client():
            tasks = [
                asyncio.create_task(run(task)) for task in range(job.tasks)
            ]
            for number, task in enumerate(tasks):
                if cancels(job, number):
                    task.cancel()
            ordered = job.form == "ordered"
            for task in tasks if ordered else asyncio.as_completed(tasks):
                try:
                    inbox.take(await task)
                except asyncio.CancelledError:
                    inbox.gone()
            return inbox.answer()

        inbox = Inbox(job)
        return self.run([client()])[0]

    @natural("a task that waits is an object, and a timer in the loop's heap")
    def sleepers(self, job):
        async def run(task):
            hall.enter()
            await sleep(task, job.wait)
            while not hall.leave():
                await sleep(task, job.wait)
            return task

        hall = Hall(job)
        return hall.answer(self.run([run(task) for task in range(job.tasks)]))

    @unsuitable(STOPS)
    def burst(self, job):
        async def run(task):
            return work(job, task)

        async def fed():
            log = Log(job)
            for tasks in groups(job):
                # A thread sleeps, and the loop has nothing to do.
                await to_thread(log.idle)
                log.began(await gather([run(task) for task in tasks]))
            return log.answer()

        return self.run([fed()], threads=True)[0]

    @possible("the loop is woken by another thread, and computes itself")
    def trickle(self, job):
        async def run(task):
            return work(job, task)

        async def fed():
            log = Log(job)
            for [task] in groups(job):
                # A thread sleeps, and the loop has nothing to do.
                await to_thread(log.idle)
                log.ended(await asyncio.create_task(run(task)))
            return log.answer()

        return self.run([fed()], threads=True)[0]

    @natural("a task is cancelled where it awaits, and ends there")
    def cancel(self, job):
        crowd = Crowd(job, job.tasks)

        async def run(task):
            try:
                if crowd.begin():
                    begun.set()
                while True:
                    if job.form == "computing":
                        crowd.grain(task)
                        await asyncio.sleep(0)
                    else:
                        await asyncio.sleep(HOUR)
            finally:
                # Nobody is waited for if one has failed.
                begun.set()
                crowd.leave(task)

        async def stopped():
            tasks = [
                asyncio.create_task(run(task)) for task in range(job.tasks)
            ]
            if tasks:
                await begun.wait()
            crowd.stop()
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            for end in ends:
                if not isinstance(end, asyncio.CancelledError):
                    raise end
            return crowd.answer()

        begun = asyncio.Event()
        return self.run([stopped()])[0]

    @natural("what streams are for: a task for each connection")
    def echo(self, job):
        async def serve(reader, writer):
            tasks.append(asyncio.current_task())
            number = next(numbers)
            try:
                while True:
                    received = await reader.readexactly(job.bytes)
                    came(number)
                    writer.write(received)
                    await writer.drain()
            except (asyncio.IncompleteReadError, ConnectionError):
                # A client that is gone is no matter of the others.
                pass
            finally:
                writer.close()

        async def visited(visit):
            server = await asyncio.start_server(
                serve, sock=visit.listener, backlog=BACKLOG
            )
            try:
                said = asyncio.Event()
                self.loop.add_reader(visit.client.socket, said.set)
                await said.wait()
            finally:
                self.loop.remove_reader(visit.client.socket)
                server.close()
            # The client has closed its connections.
            await asyncio.gather(*tasks)
            return visit.answer()

        tasks, numbers = [], count()
        with Visit(job) as visit:
            return self.run([visited(visit)])[0]

    def run(self, coroutines, threads=False):
        """Runs them in the loop, some with threads of their own."""
        main = self.loop.create_task(gather(coroutines))
        usual = sys.getswitchinterval()

        def wake():
            self.loop.call_soon_threadsafe(main.cancel)

        WAKE.append(wake)
        if not threads:
            sys.setswitchinterval(ASKS)
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
            sys.setswitchinterval(usual)
            WAKE.remove(wake)

    def close(self):
        self.loop.close()


def end_all(loop):
    """Ends the tasks that a run has left behind which failed."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
