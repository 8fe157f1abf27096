"""Which Python this is."""

import sys


def version():
    """Three numbers, as in 3.13.0."""
    return ".".join(map(str, sys.version_info[:3]))


def has_gil():
    """Whether the threads of this interpreter take turns."""
    return getattr(sys, "_is_gil_enabled", lambda: True)()
