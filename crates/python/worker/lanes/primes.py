"""Primes by trial division."""

from math import isqrt

from .job import split
from .trace import computing, grain


def parts(job, count):
    return split(job.below, job.grain, count)


def grains(job):
    return parts(job, job.below)


def is_prime(number):
    if number < 4:
        return number > 1
    if number % 2 == 0:
        return False
    for divisor in range(3, isqrt(number) + 1, 2):
        if number % divisor == 0:
            return False
    return True


def primes(job, part):
    """How many primes a part has, and their sum."""
    count = total = 0
    with computing(part.task) as look:
        step = grain(job.grain, 64)
        for first in range(part.begin, part.end, step):
            for number in range(first, min(first + step, part.end)):
                if is_prime(number):
                    count += 1
                    total += number
            look()
    return count, total


def primes_of(job, some):
    """The primes of one part after the other."""
    return added(primes(job, part) for part in some)


def added(found):
    """How many primes all have, and their sum."""
    count = total = 0
    for some, their_sum in found:
        count += some
        total += their_sum
    return count, total
