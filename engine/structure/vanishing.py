"""Where the lines of a plane meet: its vanishing points, from straight segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from engine.structure.loops import meet

LONGEST: Final = 30
"""Vanishing points are guessed from so many of the longest segments, two at a time."""
OFF: Final = 1.2
"""Degrees by which a segment may point past one, more where it is short."""
ENDS: Final = 0.7
"""By so many pixels an end of a segment may be wrong."""
FEWEST: Final = 5
BOTH: Final = 0.55
"""Of the length of all segments so much must point at one of two points."""
SECOND: Final = 0.15
"""And so much at the second."""
ALONE: Final = 0.45
"""So much must point at one if that is all there is."""
_UNIT: Final = 100.0


def tilts(segments: np.ndarray, middle: np.ndarray, clear: float) -> list[tuple[float, float]]:
    """Return how planes may be tilted on which most straight segments lie, the likeliest first.

    With two vanishing points it is the plane that holds both directions. With one, lines alone do
    not tell: it may be a floor, a wall, or a plane that rises straight towards the point.

    Args:
        segments: (n, 4) x, y, x, y in pixels.
        middle: (2,) x, y, of the planes.
        clear: so many pixels around it no lines meet.

    Returns:
        As in ``Plane``; none where the segments point anywhere.
    """
    left = _Segments((segments.reshape(-1, 2, 2) - middle) / _UNIT)
    whole, found = float(left.length.sum()), []
    for _ in range(2):
        if len(left.length) < FEWEST:
            break
        point = left.best(clear / _UNIT)
        theirs = left.at(point[None])[0]
        found.append((point, float(left.length[theirs].sum()) / whole))
        left = _Segments(left.ends[~theirs])
    return list(_of_points(found)) if found else []


def _of_points(found: Sequence[tuple[np.ndarray, float]]) -> Iterator[tuple[float, float]]:
    """Yield tilts for points and the shares of all length that point at them."""
    (first, share), lines = found[0], []
    if len(found) > 1 and share + found[1][1] >= BOTH and found[1][1] >= SECOND:
        lines.append(np.cross(first, found[1][0]))
    elif share >= ALONE:
        x, y, w = first
        lines += [
            np.array([0, w, -y]),
            np.array([w, 0, -x]),
            np.array([x * w, y * w, -x * x - y * y]),
        ]
    for line in lines:
        size = _UNIT * line[2]
        if abs(line[2]) > 1e-3 * np.hypot(*line[:2]):
            yield float(line[0] / size), float(line[1] / size)


class _Segments:
    """Hold segments (n, 2, 2) as lines."""

    def __init__(self, ends: np.ndarray):
        self.ends = ends
        whole = np.concatenate([ends, np.ones((*ends.shape[:2], 1))], axis=2)
        lines = np.cross(whole[:, 0], whole[:, 1])
        self.lines = lines / np.maximum(np.hypot(*lines[:, :2].T), 1e-12)[:, None]
        off = ends[:, 1] - ends[:, 0]
        self.length = np.hypot(*off.T)
        self._way = off / np.maximum(self.length, 1e-12)[:, None]
        self._middle = ends.mean(axis=1)
        self._most = np.sin(np.radians(OFF)) + ENDS / _UNIT / np.maximum(self.length, 1e-12)

    def at(self, points: np.ndarray) -> np.ndarray:
        """Return (k, n) bool, which segments point at which of (k, 3) points."""
        to = points[:, None, :2] - points[:, None, 2:] * self._middle
        to = to / np.maximum(np.hypot(to[..., 0], to[..., 1]), 1e-12)[..., None]
        off = np.abs(to[..., 0] * self._way[:, 1] - to[..., 1] * self._way[:, 0])
        return np.asarray(off < self._most)

    def best(self, clear: float) -> np.ndarray:
        """Return the point that segments of most length point at, not nearer than ``clear``."""
        top = np.argsort(-self.length, kind="stable")[:LONGEST]
        one, two = (self.lines[top[side]] for side in np.triu_indices(len(top), 1))
        points = np.cross(one, two)
        size = np.linalg.norm(points, axis=1)
        points = points[size > 1e-9] / size[size > 1e-9][:, None]
        far = np.hypot(*points[:, :2].T) > clear * np.abs(points[:, 2])
        total = np.empty(len(points))
        segments = self._middle, self._way, self._most, self.length
        meet.pointed(points, *segments, total)
        point = points[(total * far).argmax()]
        for _ in range(3):
            theirs = self.at(point[None])[0]
            weighed = self.lines[theirs] * self.length[theirs][:, None]
            if len(weighed) < 2:
                break
            point = np.linalg.eigh(weighed.T @ weighed)[1][:, 0]
        return np.asarray(point)
