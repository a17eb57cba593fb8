"""One line that goes on through a hole, however it was found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

import numpy as np

from engine.arrays import Mask
from engine.geometry import values_at
from engine.structure.given import Stroke
from engine.structure.path import Path

LEAST: Final = 6.0
"""Copied from at least so many pixels before the hole; less is nothing to go on from."""


class Kind(Enum):
    """Say why a line is carried."""

    THROUGH = "through"
    CORNER = "corner"
    MEETING = "meeting"
    DRAWN = "drawn"


@dataclass(frozen=True)
class Source:
    """Say where one side of a line is known, in photo pixels.

    Attributes:
        at: (2,) x, y, the last known point on the line.
        way: (2,) unit vector towards the hole.
        length: pixels back from ``at`` that may be copied.
    """

    at: np.ndarray
    way: np.ndarray
    length: float


@dataclass(frozen=True)
class Half:
    """Hold the half of the plane in which a line that ends in the hole is painted.

    Attributes:
        at: (2,) x, y on its border.
        inward: (2,) vector into it.
    """

    at: np.ndarray
    inward: np.ndarray

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Return (N,) bool, True for the points (N, 2) that lie in it."""
        return np.asarray((points - self.at) @ self.inward >= 0)


@dataclass(frozen=True)
class Line:
    """Describe a line that is carried through a hole, in photo pixels.

    Attributes:
        path: through the hole, from rim to rim, or to where it ends inside.
        first, second: where it is known on each side, None where it is not.
        half: half the width of the band that is painted.
        weight: lines of more weight are painted over others.
        kind: why it is carried.
        within: where it is painted, None for everywhere.
    """

    path: Path
    first: Source | None
    second: Source | None
    half: float
    weight: float
    kind: Kind = Kind.THROUGH
    within: Half | None = None

    @property
    def stroke(self) -> Stroke:
        """Return the line as a user's stroke, to show it or to drop it."""
        points = self.path.points
        return Stroke(tuple((float(x), float(y)) for x, y in points))


def limited(lines: Sequence[Line], sources: Mask | None) -> list[Line]:
    """Return lines with what of their sides may be copied, without those of which nothing may.

    Args:
        lines: of one photo.
        sources: (H, W) bool, what may be copied; None for all.
    """
    if sources is None:
        return list(lines)
    sides = ((line, _within(line.first, sources), _within(line.second, sources)) for line in lines)
    return [replace(line, first=a, second=b) for line, a, b in sides if a or b]


def _within(source: Source | None, sources: Mask) -> Source | None:
    """Return a side as far as it may be copied from the hole on; None where that is too little."""
    if source is None:
        return None
    back = np.arange(math.ceil(source.length))[:, None]
    x, y = np.rint(source.at - back * source.way).astype(int).T
    allowed, inside = values_at(sources, x, y)
    barred = inside & ~allowed
    length = float(np.argmax(barred)) if barred.any() else source.length
    return replace(source, length=length) if length >= min(LEAST, source.length) else None
