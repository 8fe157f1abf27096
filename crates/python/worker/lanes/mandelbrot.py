"""The rows of the Mandelbrot set."""

from itertools import chain

from .job import split
from .seeds import MASK
from .trace import computing, grain

# A step of FNV.
PRIME = 0x100000001B3


def parts(job, count):
    return split(job.height, job.grain, count)


def grains(job):
    return parts(job, job.height)


def escape(real, imaginary, most):
    """After how many steps a point has escaped; at most so many."""
    x = y = xx = yy = 0.0
    count = 0
    while count < most and xx + yy <= 4.0:
        y = 2.0 * x * y + imaginary
        x = xx - yy + real
        xx, yy = x * x, y * y
        count += 1
    return count


def rows(job, part):
    """The rows of a part: of each its place, its steps and its number."""
    found = []
    width = job.width
    with computing(part.task) as look:
        step = grain(width, 16)
        for y in range(part.begin, part.end):
            imaginary = y * 1.25 / job.height
            total, number = 0, y
            for first in range(0, width, step):
                for x in range(first, min(first + step, width)):
                    real = x * 2.5 / width - 2.0
                    count = escape(real, imaginary, job.iterations)
                    total += count
                    number = (number * PRIME + count) & MASK
                look()
            found.append((y, total, number))
    return found


def rows_of(job, bands):
    """The rows of one part after the other."""
    return list(chain.from_iterable(rows(job, part) for part in bands))


def image(found):
    """The steps of all pixels, and the number of each row, in order."""
    found = sorted(chain.from_iterable(found))
    return [sum(total for _, total, _ in found)] + [
        number for _, _, number in found
    ]
