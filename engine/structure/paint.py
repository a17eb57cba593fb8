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
from engine.detail.blank import blanked
from engine.geometry import values_at
from engine.pixels import to_float
from engine.structure.line import Line, Source
from engine.structure.path import in_its_gap
from engine.structure.strips import across

DRIFT: Final = 0.7
"""Pixels by which a piece moved in whole pixels may leave the line before it is turned instead."""
FADE: Final = 8.0
"""Pixels over which two copies of one side fade into each other."""
SPARE: Final = 16.0
"""Moves may be so many pixels longer than needed, to be whole pixels that stay on the line."""
MEET: Final = (8.0, 32.0)
"""Least and most pixels over which both sides fade into each other, a quarter of the way."""
COPIES: Final = 40
TONE: Final = 0.15
"""Largest correction of tone, of full white."""
NEAR: Final = 10.0
"""Tones are compared so many pixels along the line."""
_FAINT: Final = 1e-4


class Copier:
    """Copy along one side of a line."""

    def __init__(self, photo: Pixels, mask: Mask, source: Source, reach: float):
        """Plan the moves.

        Args:
            photo: (H, W, 3) uint8 or uint16.
            mask: (H, W) bool, True where nothing may be copied.
            source: the known part.
            reach: pixels behind ``source.at`` to be painted.
        """
        self._photo, self._mask, self._source = photo, mask, source
        self.fade = min(FADE, source.length / 4)
        self._spare = min(SPARE, source.length / 4)
        room = source.length - self.fade - self._spare
        self.period = max(min(room, reach), 1.0)
        self.copies = min(COPIES, max(1, math.ceil((reach + self.fade) / self.period)) + 1)

    def copy(
        self, points: np.ndarray, along: np.ndarray, aside: np.ndarray, turned: bool
    ) -> tuple[Floats, Floats]:
        """Copy some pixels.

        Args:
            points: (N, 2) int x, y, the pixels to paint.
            along: (N,) pixels behind the source's last point, along the path.
            aside: (N,) pixels to the right of the path.
            turned: resample where the path does not run the source's way.

        Returns:
            (N, 3) float32 in [0, 1] and (N,) float32, 0 where nothing known could be copied.
        """
        total = np.zeros((len(points), 3), np.float32)
        share = np.zeros(len(points), np.float32)
        beside = 2 * float(np.abs(aside).max(initial=0))
        for k in range(1, self.copies + 1):
            weight = self._weight(along, k)
            if turned:
                back = along - k * self.period
                values, known = self._turned(back, aside)
            else:
                move = self.move(k)
                back = along - move @ self._source.way
                values, known = self._copied(points - move)
            known = known & (back > -self._source.length - beside)
            weight = (weight + np.float32(_FAINT**k if k < 4 else _FAINT**4)) * known
            total += values * weight[:, None]
            share += weight
        total /= np.maximum(share, 1e-30)[:, None]
        return total, (share > 0).astype(np.float32)

    def _weight(self, along: np.ndarray, k: int) -> Floats:
        """Return how much copy ``k`` counts: alone between its fades."""
        begin, end = (k - 1) * self.period - self.fade, k * self.period - self.fade
        rise = np.ones_like(along) if k == 1 else (along - begin) / self.fade
        fall = np.ones_like(along) if k == self.copies else 1 - (along - end) / self.fade
        return np.clip(np.minimum(rise, fall), 0, 1).astype(np.float32)

    def _copied(self, points: np.ndarray) -> tuple[Floats, Mask]:
        """Return the photo's pixels, and which of them are known."""
        x, y = points.T
        colours, _ = values_at(self._photo, x, y)
        unknown, inside = values_at(self._mask, x, y)
        return to_float(colours), inside & ~unknown

    def move(self, k: int) -> np.ndarray:
        """Return (2,) int, ``k`` periods or a little more, as near to the line as can be."""
        way = self._source.way
        tried = k * self.period + np.arange(0, math.floor(self._spare) + 1)
        steps = np.rint(tried[:, None] * way)
        cost = np.abs(steps @ across(way)) + 0.002 * (tried - tried[0])
        return np.asarray(steps[cost.argmin()], np.int64)

    def _turned(self, along: np.ndarray, aside: np.ndarray) -> tuple[Floats, Mask]:
        """Copy from beside the source's own line, between its pixels."""
        s = self._source
        at = s.at + along[:, None] * s.way + aside[:, None] * across(s.way)
        h, w = self._mask.shape
        low = np.floor(at.min(axis=0)).astype(int).clip(0, [w - 1, h - 1])
        high = (np.ceil(at.max(axis=0)).astype(int) + 1).clip(1, [w, h])
        part = np.s_[max(0, low[1] - 4) : high[1] + 4, max(0, low[0] - 4) : high[0] + 4]
        corner = np.array([max(0, low[0] - 4), max(0, low[1] - 4)])
        hole = self._mask[part]
        seen = blanked(self._photo[part], np.zeros_like(hole), hole)
        values = _sampled(to_float(seen), at - corner)
        reach = _sampled(hole.astype(np.float32), at - corner, cv2.INTER_LINEAR)
        inside = ((at >= 0) & (at <= [w - 1, h - 1])).all(axis=1)
        return np.clip(values, 0, 1), inside & (reach < 1e-3)


def _sampled(values: Floats, at: np.ndarray, kind: int = cv2.INTER_LANCZOS4) -> Floats:
    """Return (N, ...) values at points x, y; remap takes lines of at most 32767."""
    width = 8192
    more = -len(at) % width
    x, y = (np.pad(at[:, i], (0, more)).reshape(-1, width).astype(np.float32) for i in (0, 1))
    found = cv2.remap(values, x, y, kind, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found.reshape(-1, *values.shape[2:])[: len(at)], np.float32)


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
