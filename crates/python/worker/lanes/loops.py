"""What asyncio has in newer versions only, and a connection in a loop."""

import asyncio
import struct
import sys

from .trace import TRACING


async def gather(coroutines):
    """A task for each coroutine; their results in order."""
    if sys.version_info < (3, 11):
        return await asyncio.gather(*coroutines)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(coroutine) for coroutine in coroutines]
    return [task.result() for task in tasks]


async def to_thread(work, *args):
    """asyncio.to_thread, which came with 3.9."""
    if sys.version_info < (3, 9):
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, work, *args)
    return await asyncio.to_thread(work, *args)


async def sleep(task, seconds):
    """Gives the loop back for so long; with 0 no timer is started."""
    if seconds <= 0:
        return
    begin = TRACING[0].now() if TRACING else 0
    await asyncio.sleep(seconds)
    if TRACING:
        due = begin + int(seconds * 1e9)
        TRACING[0].waited(task, begin, due, attached=False)


class Streams:
    """A connection that a coroutine waits for; opened by its first request."""

    def __init__(self, address):
        self.address, self.reader, self.writer = address, None, None

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        if self.writer:
            self.writer.close()
            await self.writer.wait_closed()

    async def exchange(self, request, task):
        begin = TRACING[0].now() if TRACING else 0
        if self.reader is None:
            streams = await asyncio.open_connection(*self.address)
            self.reader, self.writer = streams
        self.writer.write(struct.pack("<3Q", *request))
        reply = await self.reader.readexactly(request.count * 8)
        if TRACING:
            # Due at the latest by then: the loop had something else to do.
            due = begin + request.delay * 1000
            TRACING[0].waited(task, begin, due, attached=False)
        return reply
