"""Carry a line that a user drew, with what the photo shows of it on either side."""

from __future__ import annotations

import itertools
import math
from typing import Final

import numpy as np

from engine.arrays import Mask, Pixels
from engine.geometry import Box
from engine.structure.ends import traced
from engine.structure.given import Stroke
from engine.structure.line import Kind, Line, Source
from engine.structure.look import LARGEST, look_in
from engine.structure.match import turn
from engine.structure.path import Path
from engine.structure.strips import across

HALF: Final = 9.0
STEEP: Final = 8.0
"""Degrees by which an edge at the rim may differ from the stroke to be what it goes on from."""
ASIDE: Final = 4.0
SHOWN: Final = 60
LEAST: Final = 6.0
"""Copied from at least so many pixels before the hole; less is nothing to go on from."""


def drawn_line(image: Pixels, mask: Mask, stroke: Stroke, weight: float) -> Line | None:
    """Return a stroke as a line, None where it touches no hole or shows nothing to go on from.

    Args:
        image: (H, W, 3) uint8 or uint16.
        mask: (H, W) bool, True = fill.
        stroke: within the photo or beyond it.
        weight: of the line.
    """
    dense = _dense(stroke.polyline())
    inside = _hole_at(mask, dense)
    if not inside.any():
        return None
    begin, stop = int(np.argmax(inside)), len(inside) - 1 - int(np.argmax(inside[::-1]))
    step = _step(image, mask)
    first = _side(image, mask, dense[: begin + 1][::-1], step)
    second = _side(image, mask, dense[stop:], step)
    if first is None and second is None:
        return None
    points = (
        dense[begin : stop + 1] if stop > begin else dense[[begin, min(begin + 1, len(dense) - 1)]]
    )
    return Line(
        _path(points, first, second, stroke), first, second, HALF * step, weight, Kind.DRAWN
    )


def _dense(points: np.ndarray) -> np.ndarray:
    """Return the polyline with a point at every pixel or closer."""
    pieces = []
    for a, b in itertools.pairwise(points):
        count = max(1, math.ceil(float(np.hypot(*(b - a)))))
        pieces.append(a + (b - a) * (np.arange(count) / count)[:, None])
    return np.concatenate([*pieces, points[-1:]])


def _hole_at(mask: Mask, points: np.ndarray) -> np.ndarray:
    x, y = np.rint(points).astype(int).T
    h, w = mask.shape
    inside = (x >= 0) & (x < w) & (y >= 0) & (y < h)
    return np.asarray(inside & mask[y.clip(0, h - 1), x.clip(0, w - 1)])


def _step(image: Pixels, mask: Mask) -> int:
    hole = Box.around(mask)
    assert hole is not None
    return max(1, math.ceil(3 * max(hole.width, hole.height) / LARGEST))


def _side(image: Pixels, mask: Mask, outward: np.ndarray, step: int) -> Source | None:
    """Return what is known where a stroke leaves the hole.

    Args:
        image, mask: the photo.
        outward: (n, 2) the stroke from its last point in the hole on.
        step: of the look.
    """
    if len(outward) < 2:
        return None
    rim = outward[1]
    way = outward[0] - outward[min(len(outward) - 1, 12 * step)]
    way = way / np.hypot(*way)
    x, y = (int(v) for v in np.rint(rim))
    near = Box(x, y, x + 1, y + 1).grow(4 * SHOWN * step).clip(Box.of(mask))
    if near.empty:
        return None
    look = look_in(image, mask, near, step)
    end = traced(look, look.from_photo(rim), way, SHOWN / 2)
    if end is not None and abs(turn(end.way, way)) < STEEP:
        at = look.to_photo(end.at)
        if abs((at - rim) @ across(way)) < ASIDE * step:
            return Source(at, end.way, end.length * step)
    back = rim - np.arange(1, SHOWN * step)[:, None] * way
    x, y = np.rint(back).astype(int).T
    h, w = mask.shape
    known = (x >= 0) & (x < w) & (y >= 0) & (y < h) & ~_hole_at(mask, back)
    length = float(len(known) if known.all() else np.argmin(known))
    return Source(rim, way, length) if length >= LEAST else None


def _path(points: np.ndarray, first: Source | None, second: Source | None, stroke: Stroke) -> Path:
    """Return the way through the hole, its ends moved onto the edges it goes on from."""
    start = points[0] if first is None else first.at
    stop = points[-1] if second is None else second.at
    if len(stroke.points) == 2:
        return Path(np.stack([start, stop]))
    thin = points[:: max(1, len(points) // 64)]
    share = np.linspace(0, 1, len(thin))[:, None]
    moved = thin + (1 - share) * (start - thin[0]) + share * (stop - thin[-1])
    keep = np.concatenate([[True], np.hypot(*np.diff(moved, axis=0).T) > 1e-6])
    return Path(moved[keep])
