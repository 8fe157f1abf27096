"""What the measuring process and this worker agree on, and its errors."""

import errno

PROTOCOL = 1
MOST_BYTES = 1 << 24
MOST_WORKERS = 1024
# How many seconds a wait for another task may take before it is an error.
PATIENCE = 30


class Refused(Exception):
    """An answer that is no result: its kind, and why in one sentence."""

    def __init__(self, kind, why):
        super().__init__(kind, why)
        self.kind, self.why = kind, why


def unsupported(why):
    """The model cannot do this, and that is no failure."""
    return Refused("unsupported", why)


def invalid(why):
    """Nothing can be made of this request."""
    return Refused("invalid", why)


RESOURCES = {
    errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC,
}


def refusal(error):
    """What an exception is reported as: the content of an error reply."""
    if isinstance(error, Refused):
        return {"kind": error.kind, "message": error.why}
    # A task group of asyncio raises several errors as one, and may lie in one.
    while hasattr(error, "exceptions"):
        error = error.exceptions[0]
    if isinstance(error, Refused):
        return refusal(error)
    kind = "failed"
    no_thread = "can't start new thread" in str(error)
    if isinstance(error, MemoryError) or no_thread:
        kind = "resource"
    elif isinstance(error, OSError) and error.errno in RESOURCES:
        kind = "resource"
    elif isinstance(error, ImportError):
        # Distributions leave modules out, and builds without a library too.
        kind = "unsupported"
    return {"kind": kind, "message": f"{type(error).__name__}: {error}"}


def field(asked, name, kind):
    """A field of a request, which must be of this type."""
    found = asked.get(name)
    # Its exact type: JSON's true and false are whole numbers to Python.
    if type(found) is not kind:
        raise invalid(f"{asked.get('do')} needs {name}, which is {found!r}")
    return found
