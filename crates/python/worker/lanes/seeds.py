"""Numbers from seeds, as in every worker, and the digest of an answer."""

import sys
from array import array

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
FIRST = 0xBF58476D1CE4E5B9
SECOND = 0x94D049BB133111EB


def mixed(state):
    """SplitMix64: what the generator gives in this state."""
    z = (state ^ (state >> 30)) * FIRST & MASK
    z = (z ^ (z >> 27)) * SECOND & MASK
    return z ^ (z >> 31)


def numbers(seed, count):
    """The first numbers of a seed's stream, as an array.

    One at a time they would take longer to make than most workloads to run. A
    big integer is a vector here, with a number in every 128 bits: a product
    of two 64-bit numbers has room there, and reaches no neighbour.
    """
    lanes = min(count, 1024)
    if lanes == 0:
        return array("Q")
    ones = int.from_bytes((b"\1" + bytes(15)) * lanes, "little")
    low = ones * MASK
    steps = [(step + 1) * GOLDEN & MASK for step in range(lanes)]
    steps = b"".join(step.to_bytes(16, "little") for step in steps)
    steps = int.from_bytes(steps, "little")
    stream = bytearray()
    for first in range(0, count, lanes):
        z = steps + ones * ((seed + first * GOLDEN) & MASK) & low
        z = (z ^ (z >> 30 & low)) * FIRST & low
        z = (z ^ (z >> 27 & low)) * SECOND & low
        z = z ^ (z >> 31 & low)
        words = array("Q", z.to_bytes(16 * lanes, "little"))
        stream += words[::2].tobytes()
    return words_of(stream)[:count]


def words_of(octets):
    """Little-endian bytes, 8 a number, as numbers."""
    words = array("Q", bytes(octets))
    if sys.byteorder == "big":
        words.byteswap()
    return words


def part_seed(seed, part):
    """The seed of one part (a file, a request) of an input."""
    rotated = (part << 32 | part >> 32) & MASK
    return mixed((seed ^ rotated) + GOLDEN & MASK)


def digest(answer):
    """The numbers of an answer as one number."""
    state = 0
    for number in answer:
        # As `mixed`, without a call for each of millions.
        z = (state ^ number) + GOLDEN & MASK
        z = (z ^ (z >> 30)) * FIRST & MASK
        z = (z ^ (z >> 27)) * SECOND & MASK
        state = z ^ (z >> 31)
    return state
