"""The way a line takes through the hole, how it bends as it runs in, and what lies beside it."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask
from engine.structure.loops import walk
from engine.structure.strips import across

FLAT: Final = 1.0
"""Pixels by which an arc leaves its chord, below which it is taken for straight."""
FEWEST: Final = 5
"""Sections that a parabola is fitted to at least."""
BOW: Final = 0.4
"""Pixels by which a line is bowed at least to be called bent."""
BETTER: Final = 0.6
"""A parabola leaves so much, at most, of what a straight line leaves."""


class Path:
    """Follow a polyline, straight on beyond both of its ends.

    Attributes:
        points: (n, 2) float x, y, n at least 2.
        length: pixels from the first point to the last.
    """

    def __init__(self, points: np.ndarray):
        self.points = np.asarray(points, float)
        self._steps = np.diff(self.points, axis=0)
        self._lengths = np.hypot(*self._steps.T)
        self._starts = np.concatenate([[0], np.cumsum(self._lengths)[:-1]])
        self._ways = self._steps / self._lengths[:, None]
        self.length = float(self._lengths.sum())

    @property
    def straight(self) -> bool:
        """Tell whether it is a single straight line."""
        return len(self._ways) == 1

    @property
    def begin(self) -> np.ndarray:
        """Return (2,) the unit vector in which it sets out."""
        return np.asarray(self._ways[0])

    @property
    def end(self) -> np.ndarray:
        """Return (2,) the unit vector in which it arrives."""
        return np.asarray(self._ways[-1])

    def beside(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where points are: along the path and across it, to the right positive.

        Args:
            points: (N, 2) x, y.

        Returns:
            (N,) and (N,) float; along is below 0 before the path and above ``length`` behind it.
        """
        along, aside = np.empty(len(points)), np.empty(len(points))
        points = np.ascontiguousarray(points, np.float64)
        pieces = self.points, self._ways, self._lengths, self._starts
        walk.beside(points, *pieces, along, aside)
        return along, aside


def in_its_gap(points: np.ndarray, along: np.ndarray, length: float) -> Mask:
    """Tell which pixels of a band touch what lies between the line's ends.

    Others lie beyond known pixels, in a hole beside this one; nothing says what the line is there.

    Args:
        points: (N, 2) int x, y, all of the hole.
        along: (N,) pixels from the line's beginning.
        length: of the line, pixels.

    Returns:
        (N,) bool.
    """
    if not len(points):
        return np.zeros(0, np.bool_)
    x, y = (points - points.min(axis=0)).T
    there = np.zeros((int(y.max()) + 1, int(x.max()) + 1), np.uint8)
    there[y, x] = 1
    piece = cv2.connectedComponents(there, connectivity=8)[1][y, x]
    own = np.unique(piece[(along >= 0) & (along <= length)])
    return np.asarray(np.isin(piece, own), np.bool_)


def between(start: np.ndarray, way: np.ndarray, stop: np.ndarray, arrival: np.ndarray) -> Path:
    """Return the path from one point and direction to another: straight, or a cubic if it bends.

    Args:
        start, stop: (2,) x, y.
        way, arrival: (2,) unit vectors, both along the path.
    """
    off = stop - start
    gap = float(np.hypot(*off))
    sides = [float(across(off / gap) @ w) for w in (way, arrival)]
    bends = sides[0] * sides[1] < 0 and gap * min(map(abs, sides)) / 4 > FLAT
    if not bends:
        return Path(np.stack([start, stop]))
    t = np.linspace(0, 1, max(8, math.ceil(gap / 4)))[:, None]
    a, b = gap * way, gap * arrival
    curve = (2 * t**3 - 3 * t**2 + 1) * start + (t**3 - 2 * t**2 + t) * a
    curve = curve + (3 * t**2 - 2 * t**3) * stop + (t**3 - t**2) * b
    return Path(curve)


def at_rim(back: Floats, off: Floats, good: Mask) -> tuple[float, float, float] | None:
    """Return where a bent line meets the hole, by a parabola through its sections.

    Args:
        back: (n,) pixels from the hole.
        off: (n,) pixels to the right of the straight fit.
        good: (n,) bool, which sections show the line; those up to the first gap count.

    Returns:
        (shift, slope, curve): how far to the right, how much more so per pixel away from the
        hole, and how much the slope changes per pixel; None where the line is straight, or too
        little of it is seen.
    """
    count = len(good) if good.all() else int(np.argmin(good))
    if count < FEWEST:
        return None
    x, y = back[:count].astype(float), off[:count].astype(float)
    straight, bent = np.polyfit(x, y, 1), np.polyfit(x, y, 2)
    bow = abs(bent[0]) * (x[-1] - x[0]) ** 2 / 4
    left, before = (float(np.std(y - np.polyval(fit, x))) for fit in (bent, straight))
    if bow < BOW or left > BETTER * before:
        return None
    return float(bent[2]), float(bent[1]), float(2 * bent[0])
