"""How loops are compiled: one place for all of them."""

from __future__ import annotations

from typing import Any, Final

from numba import njit

compiled: Final[Any] = njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
"""Compile for good: it takes seconds the first time, and a read of a file later."""
inlined: Final[Any] = njit(inline="always")
"""Compile as a part of whoever calls it."""
