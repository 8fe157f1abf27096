"""Queens that do not attack each other.

A board is three numbers with a bit for each column: those of its queens, and
what the queens attack along both diagonals in the next row.
"""

from .stop import look
from .trace import computing

EMPTY = 0, 0, 0
# With so many rows left the search takes less than a millisecond.
SMALL = 7


def row_of(board):
    """How many queens it has."""
    return bin(board[0]).count("1")


def children(n, board):
    """The boards with one more queen, in the next row."""
    columns, left, right = board
    free = ~(columns | left | right) & ((1 << n) - 1)
    while free:
        queen = free & -free
        free ^= queen
        yield columns | queen, (left | queen) << 1, (right | queen) >> 1


def solutions(every, columns, left, right):
    """The search from a board on, in plain calls."""
    if columns == every:
        return 1
    found = 0
    free = every & ~(columns | left | right)
    while free:
        queen = free & -free
        free ^= queen
        found += solutions(
            every, columns | queen, (left | queen) << 1, (right | queen) >> 1
        )
    return found


def solutions_looking(n, board):
    """The same, with a look at the flag before each small part."""
    look()
    if row_of(board) + SMALL >= n:
        return solutions((1 << n) - 1, *board)
    return sum([solutions_looking(n, child) for child in children(n, board)])


def subtree(n, board):
    """The solutions from a board on, as the work of one task."""
    with computing(row_of(board)):
        return solutions_looking(n, board)


def subtrees(job, board=EMPTY):
    """The boards at the cut-off, where all are handed out at once."""
    look()
    if row_of(board) >= min(job.cutoff, job.n):
        return [board]
    below = [subtrees(job, child) for child in children(job.n, board)]
    return [board for some in below for board in some]


def boards(job):
    """How many boards there are down to the cut-off, at most."""
    row = total = 1
    for queen in range(min(job.cutoff, job.n)):
        row *= job.n - queen
        total += row
    return total
