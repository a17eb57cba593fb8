"""Memory that is free goes back to the system."""

import ctypes
import os
import platform
import sys
from pathlib import Path

import pytest

from engine.running import memory

MIB = 1 << 20


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked")
def test_scattered_free_memory_is_given_back():
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    pieces = [libc.malloc(60_000) for _ in range(2000)]
    for at in pieces:
        ctypes.memset(at, 1, 60_000)
    kept = pieces[::20]
    for at in set(pieces) - set(kept):
        libc.free(at)
    before = resident()
    memory.trim()
    given_back = before - resident()
    for at in kept:
        libc.free(at)
    assert given_back > 60 * MIB


def test_elsewhere_nothing_is_asked_for(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "CDLL", None)
    memory.trim()
