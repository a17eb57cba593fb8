"""Carry a line that a user drew, with what the photo shows of it on either side."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from engine.arrays import Mask, Pixels
from engine.geometry import Box, values_at
from engine.structure.ends import traced
from engine.structure.given import Stroke
from engine.structure.line import LEAST, Kind, Line, Source
from engine.structure.look import LARGEST, look_in
from engine.structure.match import turn
from engine.structure.path import Path
from engine.structure.strips import across
from engine.windows.planning import holes

HALF: Final = 9.0
STEEP: Final = 8.0
"""Degrees by which an edge at the rim may differ from the stroke to be what it goes on from."""
ASIDE: Final = 4.0
SHOWN: Final = 60
WALK: Final = 12
"""A stroke that stops so many pixels before the rim is meant to begin there."""
STEADY: Final = 12


def drawn_line(image: Pixels, mask: Mask, stroke: Stroke, weight: float) -> Line | None:
    """Return a stroke as a line, None where it touches no hole or shows nothing to go on from.

    Args:
        image: (H, W, 3) uint8 or uint16.
        mask: (H, W) bool, True = fill.
        stroke: within the photo or beyond it.
        weight: of the line.
    """
    dense = stroke.dense()
    inside = _hole_at(mask, dense)
    if not inside.any():
        return None
    step = _step(mask, dense[inside])
    points, first = _begun(image, mask, dense, step)
    points, second = _begun(image, mask, points[::-1], step)
    points = points[::-1]
    if (first is None and second is None) or len(points) < 2:
        return None
    return Line(
        _path(points, first, second, stroke), first, second, HALF * step, weight, Kind.DRAWN
    )


def _begun(
    image: Pixels, mask: Mask, dense: np.ndarray, step: int
) -> tuple[np.ndarray, Source | None]:
    """Return a polyline from the hole on, and what is known before it.

    One that begins in the hole goes on from the rim if an edge is there.
    """
    if not _hole_at(mask, dense[:1])[0]:
        begin = int(np.argmax(_hole_at(mask, dense)))
        source = _side(image, mask, dense[: begin + 1][::-1], step)
        return dense[begin if source is None else begin - 1 :], source
    longer = _to_rim(mask, dense, step)
    source = None if longer is dense else _edge(image, mask, longer[1::-1], step)
    return (dense, None) if source is None else (longer, source)


def _hole_at(mask: Mask, points: np.ndarray) -> np.ndarray:
    x, y = np.rint(points).astype(int).T
    there, inside = values_at(mask, x, y)
    return there & inside


def _to_rim(mask: Mask, points: np.ndarray, step: int) -> np.ndarray:
    """Return a polyline that begins just outside the hole if it began just inside."""
    if len(points) < 2 or not _hole_at(mask, points[:1])[0]:
        return points
    way = points[0] - points[min(len(points) - 1, STEADY * step)]
    way = way / np.hypot(*way)
    more = points[0] + np.arange(1, WALK * step + 1)[:, None] * way
    inside = _hole_at(mask, more)
    if inside.all():
        return points
    return np.concatenate([more[: int(np.argmin(inside)) + 1][::-1], points])


def _step(mask: Mask, inside: np.ndarray) -> int:
    """Return at which size a hole is looked at: that which a stroke crosses, at these points."""
    spot = Box.hull(*np.rint(inside[0]))
    sides = [max(hole.width, hole.height) for hole in holes(mask) if hole.meets(spot)]
    return max(1, math.ceil(3 * min(sides) / LARGEST))


def _side(image: Pixels, mask: Mask, outward: np.ndarray, step: int) -> Source | None:
    """Return what is known where a stroke leaves the hole.

    Args:
        image, mask: the photo.
        outward: (n, 2) the stroke from its last point in the hole on.
        step: of the look.
    """
    edge = _edge(image, mask, outward, step)
    if edge is not None:
        return edge
    rim, way = _leaving(outward, step)
    back = rim - np.arange(1, SHOWN * step)[:, None] * way
    x, y = np.rint(back).astype(int).T
    unknown, inside = values_at(mask, x, y)
    known = inside & ~unknown
    length = float(len(known) if known.all() else np.argmin(known))
    return Source(rim, way, length) if length >= LEAST else None


def _leaving(outward: np.ndarray, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first known point of a stroke that leaves the hole, and its way into the hole."""
    way = outward[0] - outward[min(len(outward) - 1, STEADY * step)]
    return outward[1], way / np.hypot(*way)


def _edge(image: Pixels, mask: Mask, outward: np.ndarray, step: int) -> Source | None:
    """Return the edge that a stroke meets where it leaves the hole, None if none is near."""
    rim, way = _leaving(outward, step)
    x, y = np.rint(rim)
    near = Box.hull(x, y, 4 * SHOWN * step).clip(Box.of(mask))
    if near.empty:
        return None
    look = look_in(image, mask, near, step)
    end = traced(look, look.from_photo(rim), way, SHOWN / 2)
    if end is not None and abs(turn(end.way, way)) < STEEP:
        at = look.to_photo(end.at)
        if abs((at - rim) @ across(way)) < ASIDE * step:
            return Source(at, end.way, end.length * step)
    return None


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
