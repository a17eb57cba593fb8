"""The way a line takes through the hole, and where a pixel lies beside it."""

from __future__ import annotations

import numpy as np

from engine.structure.strips import across

_CHUNK = 1 << 21


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
        size = max(1, _CHUNK // len(self._ways))
        for first in range(0, len(points), size):
            part = slice(first, first + size)
            along[part], aside[part] = self._nearest(points[part])
        return along, aside

    def _nearest(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        off = points[:, None] - self.points[:-1]
        along = (off * self._ways).sum(-1)
        sides = np.stack([across(way) for way in self._ways])
        aside = (off * sides).sum(-1)
        low = np.zeros(len(self._ways))
        high = self._lengths.copy()
        low[0], high[-1] = -np.inf, np.inf
        on = np.clip(along, low, high)
        far = np.hypot(along - on, aside)
        best = far.argmin(axis=1)
        each = np.arange(len(points))
        sign = np.where(aside[each, best] < 0, -1, 1)
        return self._starts[best] + on[each, best], sign * far[each, best]
