"""Take little memory from the system, and give it back."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

_MMAP_THRESHOLD, _LARGE = -3, 4 << 20
"""glibc's number for the size from which memory is taken and given back piece by piece."""


def give_back_large() -> None:
    """Let every large piece of memory go back to the system at once, for the rest of the program.

    glibc does so from 128 KiB on, but raises that to 32 MiB as pieces come and go, and then keeps
    them among small ones. A session with 37 MP took 60 MB more.
    """
    option = _libc("mallopt")
    if option is not None:
        option(_MMAP_THRESHOLD, _LARGE)


def trim() -> None:
    """Return what is free to the system, where its C library keeps it (glibc); else do nothing.

    After a fill it keeps some 100 MB, scattered among what is in use. Reading back what was saved
    takes more memory than anything else, so they are given back before.
    """
    release = _libc("malloc_trim")
    if release is not None:
        release(0)


def _libc(name: str) -> Any:  # noqa: ANN401
    """Return a function of the C library; None where it has no such one."""
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), name, None)
