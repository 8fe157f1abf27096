"""A thread for every call, however short it is."""

import asyncio
import json
import sys
import time

CALLS = 3000


def short(number):
    return number + 1


def all_of_them():
    return sum(short(number) for number in range(CALLS))


def timed(program):
    begin = time.perf_counter()
    total = asyncio.run(program())
    took = time.perf_counter() - begin
    right = total == CALLS * (CALLS + 1) // 2
    return {"right": right, "figure": took, "detail": ""}


def without():
    async def program():
        total = 0
        for number in range(CALLS):
            total += await asyncio.to_thread(short, number)
        return total

    return timed(program)


def batch():
    async def program():
        return await asyncio.to_thread(all_of_them)

    return timed(program)


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
