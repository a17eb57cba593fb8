"""Copy a photo that lies in shared memory without holding what is alike twice (Linux)."""

from __future__ import annotations

import mmap
import os
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.arrays import Pixels
    from engine.geometry import Box

_HANDLES: weakref.WeakKeyDictionary[mmap.mmap, int] = weakref.WeakKeyDictionary()


def remember(area: mmap.mmap, handle: int) -> None:
    """Take over the open file ``handle`` behind ``area``; it is closed when the area goes."""
    _HANDLES[area] = handle
    weakref.finalize(area, os.close, handle)


def changeable(original: Pixels, now: Pixels, changed: Iterable[Box]) -> Pixels:
    """Return a copy of ``now`` that can be written to.

    Where ``original`` lies in shared memory, the copy's pages are the original's until they are
    written to, and what of the original was only read is given back until it is read again.

    Args:
        original: (H, W, 3), a photo's own pixels.
        now: (H, W, 3) of the same type, the original but for ``changed``.
        changed: every box in which the two may differ.
    """
    area = _area_of(original)
    if area is None:
        return now.copy()
    twin = mmap.mmap(
        _HANDLES[area], len(area), flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE
    )
    begin = np.frombuffer(area, np.uint8).ctypes.data
    copy = np.frombuffer(twin, original.dtype, original.size, original.ctypes.data - begin)
    copy = copy.reshape(original.shape)
    for box in changed:
        copy[box.slices] = now[box.slices]
    area.madvise(mmap.MADV_DONTNEED)
    return copy


def _area_of(pixels: Pixels) -> mmap.mmap | None:
    """Return the shared memory that ``pixels`` are a view of, if they are one."""
    base: object = pixels
    while isinstance(base, np.ndarray):
        base = base.base
    area = base.obj if isinstance(base, memoryview) else base
    if isinstance(area, mmap.mmap) and area in _HANDLES and pixels.flags.c_contiguous:
        return area
    return None
