"""Join bit strings, old ones from a file and new ones, into entropy-coded data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


class BitWriter:
    """Collect bit strings one behind the other."""

    def __init__(self) -> None:
        self._parts: list[Bytes] = []
        self._tail = np.empty(0, np.uint8)

    def bits(self, bits: NDArray[np.uint8]) -> None:
        """Append bits given one per element, each 0 or 1."""
        joined = np.concatenate([self._tail, bits])
        whole = joined.size & ~7
        self._parts.append(np.packbits(joined[:whole]))
        self._tail = joined[whole:]

    def copy(self, source: Bytes, start: int, end: int) -> None:
        """Append the bits ``start``..``end`` of ``source``."""
        lead = min(-self._tail.size % 8, end - start)
        self.bits(_unpacked(source, start, start + lead))
        start += lead
        if start == end:
            return
        whole = (end - start) >> 3
        at, shift = start >> 3, start & 7
        piece = source[at : at + whole + 1]
        if shift:
            moved = piece[:whole] << shift | piece[1 : whole + 1] >> (8 - shift)
            self._parts.append(moved.astype(np.uint8, copy=False))
        else:
            self._parts.append(piece[:whole])
        self._tail = _unpacked(source, start + whole * 8, end)

    def finish(self) -> bytes:
        """Return the data, filled up with ones to a whole byte and stuffed; begin anew."""
        self.bits(np.ones(-self._tail.size % 8, np.uint8))
        data = np.concatenate([*self._parts, np.empty(0, np.uint8)])
        self._parts = []
        return np.insert(data, np.flatnonzero(data == 0xFF) + 1, 0).tobytes()


def _unpacked(source: Bytes, start: int, end: int) -> Bytes:
    """Return the bits ``start``..``end``, one per element."""
    bits = np.unpackbits(source[start >> 3 : (end + 7) >> 3])
    return bits[start & 7 : (start & 7) + end - start]
