"""Carry lines through the holes of a photo before anything else is filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.arrays import Mask, Pixels
from engine.geometry import Box
from engine.pixels import to_depth, to_float
from engine.progress import Progress
from engine.structure.ends import End, find_ends, traced
from engine.structure.look import Look, look_at
from engine.structure.match import pairs
from engine.structure.paint import Band, Source, paint_band
from engine.structure.path import Path, between
from engine.windows import planning
from engine.windows.canvas import Canvas

HALF: Final = 9.0
"""Half the width of a band, pixels of the look in which its line was found."""

BESIDE: Final = 0.97
"""Cosine of the angle below which lines lie beside each other and do not cross."""
SHARED: Final = 4.0
"""Pixels over which bands beside each other pass from one to the other, half-way."""


@dataclass(frozen=True)
class Line:
    """Describe a line that goes on through a hole, in photo pixels.

    Attributes:
        path: through the hole, from rim to rim.
        first, second: where it is known on each side, None where it is not.
        half: half the width of the band that is painted.
        weight: lines of more weight are painted over others.
    """

    path: Path
    first: Source | None
    second: Source | None
    half: float
    weight: float


class Sheet:
    """Gather bands: one that crosses others lies over them, beside another it shares.

    Attributes:
        pixels: (h, w, 3), the photo with the bands.
        aside: (h, w) float32, how far the nearest line is, infinite where there is no band.
    """

    def __init__(self, image: Pixels, box: Box):
        self._box = box
        self.pixels = image[box.slices].copy()
        self.aside = np.full((box.height, box.width), np.inf, np.float32)
        self._way = np.zeros((box.height, box.width, 2), np.float32)

    def lay(self, band: Band, path: Path) -> None:
        """Lay one more band."""
        x, y = (band.points - [self._box.left, self._box.top]).T
        way = path.points[-1] - path.points[0]
        way = (way / np.hypot(*way)).astype(np.float32)
        beside = np.abs(self._way[y, x] @ way) > BESIDE
        old = np.where(beside, self.aside[y, x], np.inf)
        there = np.isfinite(old)
        off = np.where(there, old, 0) - band.aside
        share = np.where(there, np.clip(0.5 + off / SHARED, 0, 1), 1).astype(np.float32)[:, None]
        mixed = share * band.colours + (1 - share) * to_float(self.pixels[y, x])
        self.pixels[y, x] = to_depth(mixed, self.pixels)
        self.aside[y, x] = np.where(beside, np.minimum(old, band.aside), band.aside)
        self._way[y, x] = way


def find_lines(image: Pixels, mask: Mask, on_progress: Progress | None = None) -> list[Line]:
    """Return the lines that go on through the holes, those to be painted last at the end."""
    report = on_progress or (lambda fraction: None)
    found: list[Line] = []
    for hole in planning.holes(mask):
        report(0.0)
        look = look_at(image, mask, hole)
        for pair in pairs(look, find_ends(look)):
            report(0.0)
            found.append(_line(image, mask, look, pair.first, pair.second))
    return sorted(found, key=lambda line: line.weight)


def _line(image: Pixels, mask: Mask, look: Look, first: End, second: End) -> Line:
    a, b = (_source(look, end) for end in (first, second))
    weight = min(first.contrast, second.contrast)
    return Line(between(a.at, a.way, b.at, -b.way), a, b, HALF * look.step, weight)


def _source(look: Look, end: End) -> Source:
    return Source(look.to_photo(end.at), end.way, end.length * look.step)


def carry(
    image: Pixels,
    mask: Mask,
    lines: Sequence[Line],
    box: Box,
    on_progress: Progress | None = None,
) -> tuple[Pixels, Mask]:
    """Paint lines into the hole.

    Args:
        image: (H, W, 3) uint8 or uint16; not changed.
        mask: (H, W) bool, True = fill.
        lines: of ``find_lines``.
        box: what to return; it holds every True of the mask.
        on_progress: called after every line; may raise ``Cancelled``.

    Returns:
        (h, w, 3), the box with the bands in it, and (h, w) bool, True where they were painted,
        always in the mask.
    """
    report = on_progress or (lambda fraction: None)
    sheet = Sheet(image, box)
    for line in lines:
        sheet.lay(paint_band(image, mask, line.path, line.first, line.second, line.half), line.path)
        report(0.0)
    return sheet.pixels, np.isfinite(sheet.aside)


def lay_lines(canvases: Sequence[Canvas], on_progress: Progress | None = None) -> None:
    """Lay the lines that go on through the holes on canvases of one photo."""
    photo, mask = canvases[0].photo, canvases[0].mask
    lines = find_lines(photo, mask, on_progress)
    if lines:
        pixels, done = carry(photo, mask, lines, canvases[0].box, on_progress)
        for canvas in canvases:
            canvas.lay(pixels, done)
