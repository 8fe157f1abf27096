"""An input, and the parts that tasks work on."""

from collections import namedtuple

# What one task works on: consecutive items of the input.
Part = namedtuple("Part", "task begin end")


class Job:
    """An input: whatever fields its workload gives it."""

    # How its parts are made, where nodes make them; see `local.py`.
    described = None

    def __init__(self, **fields):
        self.__dict__.update(fields)


def split(length, grain, count):
    """At most `count` parts of whole grains, as equal as grains allow."""
    grains = -(-length // grain)
    count = min(count, grains)
    cuts = [part * grains // count * grain for part in range(count)]
    cuts.append(length)
    return [Part(*part) for part in zip(range(count), cuts, cuts[1:])]


def parts(job, count):
    """The list of `max`, `double` or `join` in parts."""
    return split(len(job.list), job.grain, count)


def whole(job, task):
    return Part(task, 0, len(job.list))


def sent(job, part):
    """What another process needs for a part: those numbers, or how they are
    made, and no more."""
    if job.described:
        return [job.described._replace(part=part)]
    own = Job(list=job.list[part.begin:part.end], grain=job.grain)
    return own, whole(own, part.task)
