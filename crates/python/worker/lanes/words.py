"""The words of a text, counted."""

import pkgutil
import re
from collections import Counter
from itertools import chain

from .job import Job, Part, split
from .protocol import unsupported
from .seeds import GOLDEN, MASK, numbers
from .trace import computing

SPACE = re.compile(rb"[\t\n\f\r ]")
# Letters: what may stand in a name, but for digits and the underscore.
WORD = re.compile(r"[^\W\d_]+")


def book():
    """The lines of the real text that texts are made of."""
    try:
        text = pkgutil.get_data(__package__, "book.txt").decode()
    except OSError:
        why = "the text that others are made of comes with the command"
        raise unsupported(f"{why}, and is not in this folder") from None
    return [line for line in text.split("\n") if line.strip()]


def lines_of(octets, seed):
    """Lines of the book that numbers choose, until there are so many bytes."""
    lines = [line.encode() for line in book()]
    made = first = 0
    while made < octets:
        # Most lines are longer.
        count = (octets - made) // 64 + 1
        for number in numbers((seed + first * GOLDEN) & MASK, count):
            left = octets - made
            if left == 0:
                break
            line = lines[number % len(lines)][:left]
            # No character is cut in two.
            line = line.decode(errors="ignore").encode()
            if len(line) < left:
                line += b"\n"
            made += len(line)
            yield line
        first += count


def text(octets, seed):
    return b"".join(lines_of(octets, seed))


def stretch(octets, seed, begin, end):
    """The same text from one place to another, each moved to where the next
    white space is, so that stretches that meet have each word once."""
    found, made = bytearray(), 0
    for line in lines_of(octets, seed):
        if made > end:
            break
        made += len(line)
        if made > begin:
            found += line
    before = made - len(found)

    def moved(place):
        space = SPACE.search(found, place - before)
        return space.start() if space else len(found)

    return bytes(found[moved(begin) if begin else 0:moved(end)])


def words_job(octets, grain):
    """A text, and where its grains begin and end: at white space."""
    cuts, end = [0], 0
    while end < len(octets):
        end = min(end + grain, len(octets))
        space = SPACE.search(octets, end)
        end = space.start() if space else len(octets)
        cuts.append(end)
    return Job(text=octets, cuts=cuts)


def parts(job, count):
    return split(len(job.cuts) - 1, 1, count)


def sent(job, part):
    """What another process needs for a part: that text, or how it is made, and
    no more."""
    if job.described:
        return [job.described._replace(part=part)]
    cuts = job.cuts[part.begin:part.end + 1]
    text = job.text[cuts[0]:cuts[-1]]
    own = Job(text=text, cuts=[cut - cuts[0] for cut in cuts])
    return own, Part(part.task, 0, len(cuts) - 1)


def count(job, part):
    """How often each word of a part occurs."""
    counts = Counter()
    with computing(part.task) as look:
        for grain in range(part.begin, part.end):
            text = job.text[job.cuts[grain]:job.cuts[grain + 1]]
            counts.update(WORD.findall(text.decode().lower()))
            look()
    return counts


def together(tables):
    """All tables in one."""
    counts = Counter()
    for table in tables:
        counts.update(table)
    return counts


def hashed(word):
    """FNV-1a with 64 bits."""
    state = 0xCBF29CE484222325
    for octet in word.encode():
        state = (state ^ octet) * 0x100000001B3 & MASK
    return state


def answer(counts):
    """The numbers of an answer."""
    words = ((hashed(word), counts[word]) for word in sorted(counts))
    return chain([len(counts), sum(counts.values())], *words)
