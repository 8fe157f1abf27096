"""Runs a worker of Lanes in this interpreter.

`python3 -I FOLDER_OR_ZIP` answers the measuring process over the socket that
is its standard input; with the argument `describe` it prints one JSON line
that says what it is, and ends. It needs the standard library only, of 3.8 or
later. This file alone is also read by interpreters that the rest is not
written for, so that they can report what they are: it runs in Python 2, too.
"""

import json
import sys

OLDEST = (3, 8)


def interpreter():
    """What this interpreter is."""
    implementation = getattr(sys, "implementation", None)
    return {
        "implementation": getattr(implementation, "name", "cpython"),
        "version": ".".join(map(str, sys.version_info[:3])),
        "gil": getattr(sys, "_is_gil_enabled", lambda: True)(),
        # As the configuration's Py_GIL_DISABLED, which takes long to read.
        "free_threaded": "t" in getattr(sys, "abiflags", ""),
        # It may have been started by another program.
        "program": sys.executable,
    }


def main(arguments):
    found = interpreter()
    runs = found["implementation"] == "cpython" and sys.version_info >= OLDEST
    if arguments == ["describe"]:
        described = {"protocol": 1, "models": []}
        if runs:
            from lanes.models import describe
            described = describe()
        described["interpreter"] = found
        print(json.dumps({"describe": described}))
    elif arguments:
        sys.exit("no argument but `describe` is known")
    elif not runs:
        sys.exit("this worker needs CPython 3.8 or later")
    else:
        from lanes.worker import serve
        serve()


if __name__ == "__main__":
    main(sys.argv[1:])
