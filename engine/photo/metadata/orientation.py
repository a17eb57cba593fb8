"""The eight orientations of EXIF, as moves of an array."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

import numpy as np

from engine.arrays import AnyArray

N = TypeVar("N", int, Decimal)

_TURNS_AND_MIRROR = {
    1: (0, False),
    2: (0, True),
    3: (2, False),
    4: (2, True),
    5: (3, True),
    6: (3, False),
    7: (1, True),
    8: (1, False),
}


def upright(array: AnyArray, orientation: int) -> AnyArray:
    """Return ``array`` (H, W, ...) turned so that row 0 is the top and column 0 the left.

    Args:
        array: pixels as the file stores them.
        orientation: EXIF orientation 1..8; anything else counts as 1.

    Returns:
        A C-contiguous array; ``array`` itself where nothing moves.
    """
    turns, mirror = _TURNS_AND_MIRROR.get(orientation, (0, False))
    moved = np.rot90(array, turns)
    return np.ascontiguousarray(moved[:, ::-1] if mirror else moved)


def turned_point(orientation: int, x: N, y: N, width: N, height: N) -> tuple[N, N]:
    """Return where a point (x, y) of a stored picture is when that is turned upright.

    ``width`` and ``height`` are the stored picture's, in the unit of the point; for pixels, which
    count from 0, those of its last one.
    """
    left, up = width - x, height - y
    return {
        2: (left, y),
        3: (left, up),
        4: (x, up),
        5: (y, x),
        6: (up, x),
        7: (up, left),
        8: (y, left),
    }.get(orientation, (x, y))


def swaps_sides(orientation: int) -> bool:
    """Tell whether ``orientation`` exchanges width and height."""
    return 5 <= orientation <= 8
