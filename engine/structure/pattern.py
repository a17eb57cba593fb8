"""Whether what is around a hole repeats, seen straight or at a slant, and what that explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask
from engine.detail import periods
from engine.geometry import Box
from engine.structure.ends import End
from engine.structure.look import Look
from engine.structure.vanishing import tilts
from engine.windows.flat import Flat, Plane

SIZES: Final = (4, 2, 1)
"""Patterns are looked for in pictures so many times smaller than a look, one after the other.
At 8 a leaf's ribs are a slope so smooth that almost any plane explains it."""
LEAST: Final = 1_600
MOST: Final = 40_000
"""Pictures with fewer pixels show too little; those with more would take too long."""
GOOD: Final = 0.3
"""Misfit at which what is seen at a point is seen a shift away, too; 0 alike, 1 unlike."""
LEFT: Final = 0.15
"""Mean misfit of what is around the hole at which a pattern explains it."""
SHORTEST: Final = 10.0
FEWEST, MANY = 16, 150
"""Segments around a hole that a pattern has at least, and how many are looked at at most."""
REACH: Final = 0.35
"""The surroundings that decide reach twice as far, in depths of the hole."""
NEAR: Final = 4
"""What is seen at a point are the pixels so near to it."""
BESIDE, FEW = 3, 3
"""A line is seen beside itself where it is so many pixels away; lines that are not few."""


@dataclass(frozen=True)
class Pattern:
    """Hold what repeats around a hole.

    Attributes:
        plane: how it is seen, in pixels of the look.
        left: mean misfit of the detail around the hole.
    """

    plane: Plane
    left: float
    _small: Plane
    _flat: Flat
    _shifts: np.ndarray
    _fine: Floats
    _known: Floats
    _size: int

    def repeats(self, ends: Sequence[End]) -> bool:
        """Tell whether most of three lines or more are seen again beside themselves.

        Along itself every straight line is seen again: a horizon is no pattern.
        """
        beside = sum(self.explains(end.at, end.way) for end in ends)
        return len(ends) >= FEW and 2 * beside >= len(ends)

    def explains(self, at: np.ndarray, way: np.ndarray | None = None) -> bool:
        """Tell whether what is seen at a known point is seen a shift away, too.

        Args:
            at: (2,) the point, in the look.
            way: (2,) unit vector, where a line goes from there: no shift along it counts.
        """
        points = np.stack([at, at if way is None else at + way])
        there, on = self._small.flat((points + 0.5) / self._size - 0.5)
        along = (on - there) / max(float(np.hypot(*(on - there))), 1e-9)
        x, y = np.rint(there).astype(int) - [self._flat.box.left, self._flat.box.top]
        own, mine = _patch(self._fine, y, x), _patch(self._known, y, x)
        for dy, dx in self._shifts.tolist():
            if way is not None and abs(dx * along[1] - dy * along[0]) < BESIDE:
                continue
            other = _patch(self._fine, y + dy, x + dx)
            both = mine * _patch(self._known, y + dy, x + dx)
            apart = float((np.square(own - other) * both).sum())
            power = float(((np.square(own) + np.square(other)) * both).sum())
            if both.sum() >= mine.sum() / 2 > 0 and apart < GOOD * power:
                return True
        return False


def _patch(values: Floats, y: int, x: int) -> Floats:
    """Return (9, 9) pixels around one, 0 beyond the borders."""
    out = np.zeros((2 * NEAR + 1, 2 * NEAR + 1), np.float32)
    here = Box.hull(x, y, NEAR)
    part = here.clip(Box.of(values))
    if not part.empty:
        out[part.within(here).slices] = values[part.slices]
    return out


def find_pattern(look: Look, segments: np.ndarray) -> Pattern | None:
    """Return what repeats around the hole of a look, None where nothing does.

    Args:
        look: of one hole.
        segments: (n, 4) straight ones around it.
    """
    length = np.hypot(*(segments[:, 2:] - segments[:, :2]).T)
    longest = np.argsort(-length, kind="stable")[:MANY]
    longest = longest[length[longest] >= SHORTEST]
    if len(longest) < FEWEST:
        return None
    y, x = np.nonzero(look.hole)
    middle = np.array([x.mean(), y.mean()])
    tilted = tilts(segments[longest], middle, float(np.hypot(np.ptp(x), np.ptp(y))) / 2)
    if not tilted:
        return None
    sizes = list(_sizes(look))
    straight = _best(sizes, middle, (0.0, 0.0))
    if straight is not None:
        return straight
    found = [_best(sizes, middle, tilt) for tilt in tilted]
    return min((f for f in found if f is not None), key=lambda f: f.left, default=None)


@dataclass(frozen=True)
class _Small:
    """Hold a look made smaller: grey times known, and the share of each pixel that is hole."""

    grey: Floats
    hole: Floats
    size: int


def _sizes(look: Look) -> Iterator[_Small]:
    known = (~look.hole).astype(np.float32)
    for size in SIZES:
        h, w = (side // size for side in known.shape)
        if LEAST <= h * w <= MOST:
            cut = np.s_[: h * size, : w * size]
            grey, share = (
                cv2.resize(values[cut], (w, h), interpolation=cv2.INTER_AREA)
                for values in (look.grey * known, known)
            )
            yield _Small(np.asarray(grey), np.asarray(1 - share, np.float32), size)


def _best(sizes: list[_Small], middle: np.ndarray, tilt: tuple[float, float]) -> Pattern | None:
    """Return the pattern of a plane at the smallest size that shows one."""
    for small in sizes:
        found = _at_size(small, Plane((float(middle[0]), float(middle[1])), tilt))
        if found is not None and found.left < LEFT:
            return found
    return None


def _at_size(small: _Small, plane: Plane) -> Pattern | None:
    size = small.size
    there = plane.scaled((np.array(plane.at) + 0.5) / size - 0.5, 1 / size)
    hole = Box.around(small.hole > 0)
    if hole is None or not there.holds(hole):
        return None
    flat = Flat(there, Box.of(small.hole))
    if flat.box.width * flat.box.height > MOST:
        return None
    unknown = flat.lay(small.hole, cv2.INTER_LINEAR) > 0
    known = flat.shown() * ~unknown
    fine = periods.fine(flat.lay(small.grey, cv2.INTER_LINEAR) * known, known)
    depth = float(cv2.distanceTransform(unknown.astype(np.uint8), cv2.DIST_L2, 5).max())
    shifts = periods.shifts(fine, periods.near(unknown, depth) * known, 1)
    if not len(shifts):
        return None
    reach = 2 * max(3, round(REACH * depth)) + 1
    misfit = periods.misfits(fine, known, shifts, reach)
    left = _left(misfit, np.square(fine), _around(unknown, reach))
    return Pattern(plane, left, there, flat, shifts, fine, known, size)


def _around(hole: Mask, reach: int) -> Mask:
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return np.asarray(cv2.dilate(hole.astype(np.uint8), square) > 0)


def _left(misfit: Floats, power: Floats, where: Mask) -> float:
    """Return the mean of the least misfits of detail."""
    power = power * where
    least = np.minimum(misfit.min(axis=0), 1)
    return float((least * power).sum() / max(float(power.sum()), 1e-9))
