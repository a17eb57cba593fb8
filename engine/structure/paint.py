"""Copy the photo along a line into the hole, from both of the line's sides.

A pixel of the band comes from the known part of the line, moved along the line's own direction, so
the edge keeps its sharpness and what lies beside it comes along. Moves are whole pixels that stay
on the line wherever the line is straight, so nothing is resampled there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.pixels import to_float
from engine.structure.copier import Copier
from engine.structure.line import Line, Source
from engine.structure.path import in_its_gap
from engine.structure.strips import across

DRIFT: Final = 0.7
"""Pixels by which a piece moved in whole pixels may leave the line before it is turned instead."""
MEET: Final = (8.0, 32.0)
"""Least and most pixels over which both sides fade into each other, a quarter of the way."""
TONE: Final = 0.15
"""Largest correction of tone, of full white."""
NEAR: Final = 10.0
"""Tones are compared so many pixels along the line."""
_FAINT: Final = 1e-4


@dataclass(frozen=True)
class Band:
    """Hold what was painted along one line.

    Attributes:
        points: (N, 2) int x, y, photo pixels, all of the hole.
        colours: (N, 3) float32 in [0, 1].
        aside: (N,) pixels to the right of the line.
        share: (N,) how far along it they are, from 0 to 1.
    """

    points: np.ndarray
    colours: Floats
    aside: np.ndarray
    share: np.ndarray


def paint_band(
    photo: Pixels,
    mask: Mask,
    line: Line,
    barred: Mask | None = None,
    pause: Callable[[], None] = lambda: None,
) -> Band:
    """Paint the band along one line.

    Args:
        photo: (H, W, 3) uint8 or uint16.
        mask: (H, W) bool, True = fill.
        line: known on at least one side.
        barred: (H, W) bool, True where nothing may be copied; the mask itself if None.
        pause: called between the parts of the work; may raise ``Cancelled``.

    Returns:
        The band; nothing where nothing could be copied.
    """
    path, first, second = line.path, line.first, line.second
    points, along, aside = _around(mask, line)
    hole = mask[points[:, 1], points[:, 0]]
    split, fade = _split(path.length, first, second)
    sides = []
    for source, back in ((first, False), (second, True)):
        if source is not None:
            s, u = (path.length - along, -aside) if back else (along, aside)
            reach = (path.length - split if back else split) + fade / 2
            reach += line.half if line.within is not None else 0
            copier = Copier(photo, mask if barred is None else barred, source, reach)
            way = -path.end if back else path.begin
            drift = abs(float(source.way @ across(way))) * copier.period
            turned = not path.straight or drift > DRIFT
            values, known = copier.copy(points, s, u, turned)
            values = values + _rim_tone(photo, points, hole, s, aside, values, known)
            sides.append((values, known, s))
            pause()
    colours, share = _joined(sides, along, aside, split, fade)
    keep = hole & (share > 0)
    keep[keep] = in_its_gap(points[keep], along[keep], path.length)
    return Band(points[keep], colours[keep], aside[keep], along[keep] / path.length)


def _around(mask: Mask, line: Line) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the pixels of a band and a little before and behind it, and where they lie."""
    path, half = line.path, line.half
    h, w = mask.shape
    more = half + NEAR + 2 * half
    low = np.floor(path.points.min(axis=0) - more).astype(int).clip(0, [w - 1, h - 1])
    high = np.ceil(path.points.max(axis=0) + more).astype(int).clip(0, [w - 1, h - 1]) + 1
    near = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    outer = path.points[0] - more * path.begin, path.points[-1] + more * path.end
    drawn = np.rint(np.stack([outer[0], *path.points, outer[1]]) - low).astype(np.int32)
    cv2.polylines(near, [drawn], False, 1, min(2 * math.ceil(half) + 7, 32767))
    y, x = np.nonzero(near)
    points = np.stack([x, y], axis=1) + low
    along, aside = path.beside(points.astype(float))
    ends = line.within is None
    begin = -more if line.first is not None or not ends else 0
    stop = path.length + (more if line.second is not None or not ends else 0)
    inside = (np.abs(aside) <= half) & (along >= begin) & (along <= stop)
    if line.within is not None:
        inside &= line.within.holds(points)
    return points[inside], along[inside], aside[inside]


def _split(length: float, first: Source | None, second: Source | None) -> tuple[float, float]:
    """Return where along the path the two sides meet, and over how many pixels they fade."""
    if first is None or second is None:
        return (length, 0.0) if second is None else (0.0, 0.0)
    fade = float(np.clip(length / 4, *MEET))
    share = first.length / (first.length + second.length)
    least = min(first.length, second.length) > length / 2
    split = length / 2 if least else length * float(np.clip(share, 0.15, 0.85))
    return split, min(fade, length)


def _rim_tone(
    photo: Pixels,
    points: np.ndarray,
    hole: Mask,
    along: np.ndarray,
    aside: np.ndarray,
    values: Floats,
    known: Floats,
) -> Floats:
    """Return (N, 3), by how much copies miss the tone of the photo before the hole, each side."""
    before = ~hole & (along > -NEAR) & (along < NEAR)
    behind = hole & (known > 0) & (along > -NEAR) & (along < NEAR)
    seen = np.zeros_like(values)
    seen[before] = to_float(photo[points[before, 1], points[before, 0]])
    return _two_sided((seen, before), (values, behind), aside)


def _two_sided(want: tuple[Floats, Mask], have: tuple[Floats, Mask], aside: np.ndarray) -> Floats:
    """Return (N, 3), what the tones left and right of the line lack, one passing into the other.

    Args:
        want, have: (N, 3) float32 and which of them (N,) are to be compared.
        aside: (N,) pixels to the right of the line.
    """
    left, right = (
        _gap(*(values[which & (sign * aside > 1)] for values, which in (want, have)))
        for sign in (-1, 1)
    )
    width = max(3.0, 0.3 * float(np.abs(aside).max(initial=0)))
    share = np.clip((aside / width + 1) / 2, 0, 1)[:, None].astype(np.float32)
    return np.asarray(left + share * (right - left), np.float32)


def _gap(want: Floats, have: Floats) -> Floats:
    if min(len(want), len(have)) < 8:
        return np.zeros(3, np.float32)
    gap = np.median(want, axis=0) - np.median(have, axis=0)
    return np.asarray(np.clip(gap, -TONE, TONE), np.float32)


def _joined(
    sides: list[tuple[Floats, Floats, np.ndarray]],
    along: np.ndarray,
    aside: np.ndarray,
    split: float,
    fade: float,
) -> tuple[Floats, Floats]:
    """Fade the two sides into each other; their tones meet half-way."""
    if len(sides) == 1:
        return sides[0][0], sides[0][1]
    (of_first, in_a, s_a), (of_second, in_b, s_b) = sides
    near = (np.abs(along - split) < max(NEAR, fade / 2)) & (in_a > 0) & (in_b > 0)
    gap = _two_sided((of_second, near), (of_first, near), aside) / 2
    length = float((along + s_b)[0]) if len(along) else 1.0
    a = np.asarray(of_first + gap * _ramp(s_a, split), np.float32)
    b = np.asarray(of_second - gap * _ramp(s_b, length - split), np.float32)
    share = np.clip(0.5 - (along - split) / max(fade, 1e-6), 0, 1).astype(np.float32)
    of_a, of_b = (share + _FAINT) * in_a, (1 - share + _FAINT) * in_b
    total = of_a + of_b
    mixed = a * of_a[:, None] + b * of_b[:, None]
    return np.asarray(mixed / np.maximum(total, 1e-12)[:, None], np.float32), total


def _ramp(along: np.ndarray, to: float) -> Floats:
    return np.clip(along / max(to, 1), 0, 1)[:, None].astype(np.float32)
