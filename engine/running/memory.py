"""Give memory back to the system."""

from __future__ import annotations

import ctypes
import sys


def trim() -> None:
    """Return what is free to the system, where its C library keeps it (glibc); else do nothing.

    After a fill it keeps some 100 MB, scattered among what is in use. Reading back what was saved
    takes more memory than anything else, so they are given back before.
    """
    if sys.platform.startswith("linux"):
        release = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if release is not None:
            release(0)
