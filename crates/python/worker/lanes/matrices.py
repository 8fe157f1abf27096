"""Tiles of a product of two matrices: how it is halved, and what one is."""

from array import array
from collections import namedtuple
from operator import mul

from .job import Job
from .trace import computing

# Some rows and columns of the product.
Tile = namedtuple("Tile", "top bottom left right")

# With more rows, sums would not be exact in 32-bit floating-point numbers.
MOST_ROWS = 1 << 14


def whole(job):
    return Tile(0, job.n, 0, job.n)


def middle(begin, end, cutoff):
    return begin + -(-(end - begin) // cutoff) // 2 * cutoff


def halves(job, tile):
    """Both halves of the longer side; None if it is computed at once."""
    top, bottom, left, right = tile
    if max(bottom - top, right - left) <= job.cutoff:
        return None
    if bottom - top >= right - left:
        cut = middle(top, bottom, job.cutoff)
        return tile._replace(bottom=cut), tile._replace(top=cut)
    cut = middle(left, right, job.cutoff)
    return tile._replace(right=cut), tile._replace(left=cut)


def tiles(job, tile):
    """The tiles that are computed at once, in the order of the halves."""
    both = halves(job, tile)
    if both is None:
        return [tile]
    return tiles(job, both[0]) + tiles(job, both[1])


def leaf(job, tile):
    """The rows of one tile, in a list of one."""
    across = -(-job.n // job.cutoff)
    task = tile.top // job.cutoff * across + tile.left // job.cutoff
    rows = []
    with computing(task) as look:
        columns = job.columns[tile.left:tile.right]
        for row in job.rows[tile.top:tile.bottom]:
            look()
            rows.append(array("f", [
                sum(map(mul, row, column)) for column in columns
            ]))
    return [(tile, rows)]


def join(left, right):
    """The tiles of two halves."""
    return left + right


def one_by_one(job, tile):
    """All tiles of a part, one after the other."""
    answer = []
    for one in tiles(job, tile):
        answer += leaf(job, one)
    return answer


def bands(job, count):
    """At most so many parts of the product, each some tiles high."""
    high = -(-job.n // job.cutoff)
    count = min(count, high)
    cuts = [part * high // count * job.cutoff for part in range(count)]
    cuts.append(job.n)
    return [
        Tile(top, bottom, 0, job.n) for top, bottom in zip(cuts, cuts[1:])
    ]


def band(job, tile):
    """What another process needs for a band: rows of the first matrix, and
    the second one."""
    rows = job.rows[tile.top:tile.bottom]
    return Job(n=job.n, cutoff=job.cutoff, rows=rows, columns=job.columns)


def band_apart(job, tile):
    """The tiles of a band whose rows are all that is here, each at its place
    in the whole product."""
    here = Tile(0, tile.bottom - tile.top, tile.left, tile.right)
    answer = []
    for one, rows in one_by_one(job, here):
        top, bottom = one.top + tile.top, one.bottom + tile.top
        answer.append((one._replace(top=top, bottom=bottom), rows))
    return answer


def bits(answer):
    """The numbers of a product row by row, each as the integer that has its
    bits."""
    n = max((tile.bottom for tile, _ in answer), default=0)
    product = array("I", bytes(4 * n * n))
    for tile, rows in answer:
        for row, numbers in enumerate(rows, tile.top):
            begin = row * n + tile.left
            end = row * n + tile.right
            product[begin:end] = array("I", numbers.tobytes())
    return product
