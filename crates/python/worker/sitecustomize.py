"""What Python does first in each process of an engine, which has this folder or
zip in its PYTHONPATH: it ends when the process that started it ends, however
that ends. Engines look for their parents every few seconds, if at all."""

try:
    import ctypes
    import signal
    # PR_SET_PDEATHSIG
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
except (ImportError, OSError, AttributeError):
    # It ends by what the engine does.
    pass
