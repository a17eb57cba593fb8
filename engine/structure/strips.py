"""The photo along a line: strips whose rows run across it, their mean profiles and offsets."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.arrays import Floats, Mask
from engine.structure.loops import walk

HALF: Final = 8
"""Profiles reach so many pixels to both sides of a line."""
SLACK: Final = 3
"""Sections are looked for up to so many pixels beside where the line should be."""
SECTION: Final = 6
_FLAT: Final = 0.004


def across(way: np.ndarray) -> np.ndarray:
    """Return the unit vector to the right of a direction, as y points down."""
    return np.array([-way[1], way[0]])


def strip(
    grey: Floats, hole: Mask, at: np.ndarray, way: np.ndarray, along: np.ndarray, half: int
) -> tuple[Floats, Mask]:
    """Look up a strip along a straight line.

    Args:
        grey: (h, w) float32.
        hole: (h, w) bool.
        at: (2,) x, y, where ``along`` is 0.
        way: (2,) unit vector.
        along: (S,) pixels along the line.
        half: the strip reaches so far to both sides.

    Returns:
        (S, 2 half + 1) float32 and bool, True where the pixel is known. Beside the
        picture its last pixels count, as long as the line itself is within it.
    """
    shape = len(along), 2 * half + 1
    values, known = np.empty(shape, np.float32), np.empty(shape, np.bool_)
    walk.rows(grey, hole, at, way, along, values, known)
    return values, known


def likeness(a: Floats, b: Floats) -> Floats:
    """Return the correlation of profiles along the last axis, 0 where one of them is flat."""
    a = a - a.mean(axis=-1, keepdims=True)
    b = b - b.mean(axis=-1, keepdims=True)
    scale = np.sqrt(np.square(a).mean(-1) * np.square(b).mean(-1))
    return np.asarray((a * b).mean(-1) / np.maximum(scale, _FLAT**2), np.float32)


def offsets(sections: Floats, profile: Floats) -> tuple[Floats, Floats]:
    """Find where each section shows the profile.

    Args:
        sections: (n, 2 (HALF + SLACK) + 1) float32.
        profile: (2 HALF + 1) float32.

    Returns:
        (n,) float32 pixels to the side, finer than a pixel, and (n,) correlations there.
    """
    off, match = np.empty((2, len(sections)), np.float32)
    walk.matched(sections, profile, off, match)
    return off, match
