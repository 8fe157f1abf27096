"""Which Python this is."""

import sys


def version():
    """Three numbers, as in 3.13.0."""
    return ".".join(map(str, sys.version_info[:3]))


def name():
    """The interpreter in words."""
    if not has_gil():
        return f"CPython {version()} without a GIL"
    if "t" in getattr(sys, "abiflags", ""):
        return f"CPython {version()}, free-threaded, with its GIL on"
    return f"CPython {version()}"


def has_gil():
    """Whether the threads of this interpreter take turns."""
    return getattr(sys, "_is_gil_enabled", lambda: True)()
