"""Turn pointer movements into boxes of covered pixels; numpy and cv2 only, no widgets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.geometry import Box, union_all

_BITS = 4
_ONE = 1 << _BITS


class Tool(StrEnum):
    """Name what the pointer does."""

    BRUSH = "brush"
    ERASER = "eraser"
    LASSO = "lasso"
    RECTANGLE = "rectangle"
    OBJECT = "object"
    WIRE = "wire"
    SPOTS = "spots"
    RESTORE = "restore"
    PEN = "pen"
    AVOID = "avoid"
    TAKE = "take"
    HAND = "hand"


MARK_TOOLS = frozenset({Tool.AVOID, Tool.TAKE})
"""They mark where a fill may copy from."""
ROUND_TOOLS = frozenset({Tool.BRUSH, Tool.ERASER, Tool.RESTORE}) | MARK_TOOLS
OUTLINE_TOOLS = frozenset({Tool.LASSO, Tool.RECTANGLE})


class Sample(NamedTuple):
    """Describe one pointer position in photo pixels; pressure lies in [0, 1]."""

    x: float
    y: float
    pressure: float = 1.0


class Stamp(NamedTuple):
    """Say which pixels of ``box`` a movement covers: cover (box.height, box.width) bool."""

    box: Box
    cover: NDArray[np.bool_]

    def over(self, box: Box) -> NDArray[np.bool_]:
        """Return (box.height, box.width) bool, the same within a box that holds its own."""
        out = np.zeros((box.height, box.width), np.bool_)
        out[self.box.within(box).slices] = self.cover
        return out


def diameter_at(size: float, pressure: float, *, by_pressure: bool) -> float:
    """Return the brush diameter in photo pixels for a pen pressure in [0, 1]."""
    return max(size * (max(pressure, 0.05) if by_pressure else 1.0), 1.0)


def segment(start: Sample, end: Sample, sizes: tuple[float, float], bounds: Box) -> Stamp | None:
    """Cover the way from ``start`` to ``end`` with a round brush.

    Args:
        start, end: pointer positions in photo pixels; equal ones give a dab.
        sizes: the diameters at both ends in photo pixels.
        bounds: the photo's box; the stamp is clipped to it.

    Returns:
        the stamp, None if nothing of it lies on the photo.
    """
    radii = [max(size, 1.0) / 2 for size in sizes]
    ends = [Box.hull(at.x, at.y, radius) for at, radius in zip((start, end), radii, strict=True)]
    reach = union_all(ends).clip(bounds)
    if reach.empty:
        return None
    cover = np.zeros((reach.height, reach.width), np.uint8)
    for point, radius in zip((start, end), radii, strict=True):
        cv2.circle(cover, _fixed(point, reach), round((radius - 0.5) * _ONE), 1, -1, shift=_BITS)
    sides = _sides(start, end, radii)
    if sides:
        corners = np.array([_fixed(corner, reach) for corner in sides], np.int32)
        cv2.fillConvexPoly(cover, corners, 1, shift=_BITS)
    return Stamp(reach, cover.view(np.bool_))


def pieces(start: Sample, end: Sample, size: float) -> list[tuple[Sample, Sample]]:
    """Cut a long way into short ones, whose stamps together are far smaller than the whole's."""
    length = math.hypot(end.x - start.x, end.y - start.y)
    count = max(1, math.ceil(length / max(2 * size, 256.0)))
    way = [
        Sample(*(a + (b - a) * n / count for a, b in zip(start, end, strict=True)))
        for n in range(count)
    ]
    return list(zip(way, [*way[1:], end], strict=True))


def polygon(points: Sequence[Sample], bounds: Box) -> Stamp | None:
    """Cover the inside of the closed loop through ``points``; None if it misses the photo."""
    if len(points) < 3:
        return None
    reach = Box.hull([p.x for p in points], [p.y for p in points]).clip(bounds)
    if reach.empty:
        return None
    cover = np.zeros((reach.height, reach.width), np.uint8)
    loop = np.array([_fixed(point, reach) for point in points], np.int32)
    cv2.fillPoly(cover, [loop], 1, shift=_BITS)
    return Stamp(reach, cover.view(np.bool_))


def rectangle(start: Sample, end: Sample, bounds: Box) -> Stamp | None:
    """Cover every pixel the rectangle between two corners touches."""
    reach = Box(
        math.floor(min(start.x, end.x)),
        math.floor(min(start.y, end.y)),
        math.ceil(max(start.x, end.x)),
        math.ceil(max(start.y, end.y)),
    ).clip(bounds)
    if reach.empty:
        return None
    return Stamp(reach, np.ones((reach.height, reach.width), bool))


def soften(stamp: Stamp, hardness: float, size: float) -> NDArray[np.float32]:
    """Return the stamp's weights in [0, 1], falling off inside its rim.

    Args:
        stamp: the covered pixels.
        hardness: 1 = full weight up to the rim, 0 = falls off from the middle.
        size: brush diameter in photo pixels.
    """
    width = (1 - hardness) * size / 2
    if width < 1:
        return stamp.cover.astype(np.float32)
    padded = np.pad(stamp.cover.view(np.uint8), 1)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]
    return np.asarray(np.clip(depth / width, 0, 1), np.float32)


def grown(mask: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    """Return ``mask`` (H, W) grown by ``pixels``, or shrunk when negative."""
    side = 2 * abs(pixels) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    change = cv2.dilate if pixels > 0 else cv2.erode
    return change(mask.view(np.uint8), disc, borderType=cv2.BORDER_REPLICATE).view(np.bool_)


def _fixed(point: Sample | tuple[float, float], reach: Box) -> tuple[int, int]:
    """Return a point in cv2's fixed-point pixels, whose whole numbers are pixel centres."""
    x, y = point[0] - reach.left - 0.5, point[1] - reach.top - 0.5
    return round(x * _ONE), round(y * _ONE)


def _sides(start: Sample, end: Sample, radii: Sequence[float]) -> list[tuple[float, float]]:
    """Return the four corners between two discs, none if one holds the other."""
    dx, dy = end.x - start.x, end.y - start.y
    length = math.hypot(dx, dy)
    if length <= abs(radii[0] - radii[1]) or length == 0:
        return []
    lean = math.asin((radii[1] - radii[0]) / length)
    heading = math.atan2(dy, dx)
    corners = []
    for side in (1, -1):
        angle = heading + side * (math.pi / 2 + lean)
        normal = math.cos(angle), math.sin(angle)
        ends = [(start, radii[0]), (end, radii[1])]
        for point, radius in ends if side == 1 else reversed(ends):
            reach = max(radius - 0.5, 0)
            corners.append((point.x + normal[0] * reach, point.y + normal[1] * reach))
    return corners
