"""Start sooner: load libraries beside everything else, and collect no garbage meanwhile."""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.device import has_driver


def load_ahead() -> None:
    """Load torch's libraries in a thread of their own, where a graphics card may want them.

    To be called once the window is there: the system loads one library at a time, so Qt's would
    have to wait for these.
    """
    threading.Thread(target=load_torch_libraries, name="torch", daemon=True).start()


@contextmanager
def no_collecting() -> Iterator[None]:
    """Let Python's collector rest: while modules are imported it searches much and finds nothing.

    It takes a tenth of the time of importing torch.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def load_torch_libraries() -> None:
    """Map torch's libraries into memory without holding up other threads.

    ``import torch`` does the same, but keeps Python's lock while the system loads 400 MB; a
    foreign call gives the lock away. Where this fails, the import does the work as always.
    """
    if not sys.platform.startswith("linux") or "torch" in sys.modules or not has_driver():
        return
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return
    load = ctypes.CDLL(None).dlopen
    load.restype, load.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_int]
    for name in ("libc10.so", "libtorch_cpu.so"):
        path = Path(spec.origin).parent / "lib" / name
        if path.exists():
            load(os.fsencode(path), os.RTLD_GLOBAL | os.RTLD_LAZY)
