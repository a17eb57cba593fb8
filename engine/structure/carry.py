"""Carry lines through the holes of a photo before anything else is filled."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

import numpy as np

from engine.arrays import Mask, Pixels, Place
from engine.geometry import Box
from engine.kept import NEVER, Keep
from engine.pixels import to_depth, to_float
from engine.progress import Progress, part_of
from engine.structure.crossing import Tones, ground_before, kept, lies_over, tones_of
from engine.structure.find import Found, chosen, search
from engine.structure.given import NOTHING, Given
from engine.structure.line import Kind, Line, limited
from engine.structure.paint import Band, paint_band
from engine.structure.twins import find_twin
from engine.windows.canvas import Canvas
from engine.windows.flat import Plane

BESIDE: Final = 0.97
"""Cosine of the angle below which lines lie beside each other and do not cross."""
LINES: Final = 0.2
"""Share of a fill's progress when its lines are laid."""
_SEEKING: Final = 0.9
SHARED: Final = 4.0
"""Pixels over which bands beside each other pass from one to the other, half-way."""


class Sheet:
    """Gather bands: one that crosses others lies over them, beside another it shares.

    What is only beside its line leaves those behind as they are: see ``crossing``.

    All is 0 where there is no band: in a large photo most of it is memory that is never used.

    Attributes:
        pixels: (h, w, 3), the bands.
        there: (h, w) bool, where they are.
        aside: (h, w) float32, how far the nearest line is.
    """

    def __init__(self, image: Pixels, box: Box):
        self._box = box
        self.pixels = np.zeros((box.height, box.width, 3), image.dtype)
        self.there = np.zeros((box.height, box.width), np.bool_)
        self.aside = np.zeros((box.height, box.width), np.float32)
        self._way = np.zeros((box.height, box.width, 2), np.float32)
        self._number = np.zeros((box.height, box.width), np.int32)
        self._signed = np.zeros((box.height, box.width), np.float32)
        self._tones: list[Tones] = []
        self._ends: list[bool] = []

    def lay(self, band: Band, line: Line) -> None:
        """Lay one more band, that of a line."""
        path, half = line.path, line.half
        points = band.points - [self._box.left, self._box.top]
        here = ((points >= 0) & (points < [self._box.width, self._box.height])).all(axis=1)
        band = Band(*(part[here] for part in (points, band.colours, band.aside, band.share)))
        x, y = band.points.T
        tones, aside = tones_of(band.colours, band.share, band.aside, half), np.abs(band.aside)
        way = path.points[-1] - path.points[0]
        way = (way / np.hypot(*way)).astype(np.float32)
        beside = np.abs(self._way[y, x] @ way) > BESIDE
        old = np.where(beside, self.aside[y, x], np.inf)
        there = np.isfinite(old)
        off = np.where(there, old, 0) - aside
        share = np.where(there, np.clip(0.5 + off / SHARED, 0, 1), 1).astype(np.float32)
        over = self.there[y, x] & ~beside
        behind = np.where(over, self._number[y, x], -1)
        for number in np.unique(behind[over]).tolist():
            those = behind == number
            at = y[those], x[those]
            if lies_over(self._tones[number], tones):
                now = to_float(self.pixels[at])
                front = self._tones[number]
                ground = ground_before(front, tones)
                share[those] = 1 - kept(now, self._signed[at], front, tones, ground)
            else:
                own = band.colours[those], band.aside[those]
                sides = [True, True] if self._ends[number] else None
                share[those] = kept(*own, tones, self._tones[number], sides)
        mixed = share[:, None] * band.colours + (1 - share[:, None]) * to_float(self.pixels[y, x])
        self.pixels[y, x] = to_depth(mixed, self.pixels)
        self.aside[y, x] = np.where(beside, np.minimum(old, aside), aside)
        self.there[y, x] = True
        mine = share > 0.5
        self._way[y[mine], x[mine]] = way
        self._signed[y[mine], x[mine]] = band.aside[mine]
        self._number[y[mine], x[mine]] = len(self._tones)
        self._tones.append(tones)
        self._ends.append(line.kind is Kind.MEETING)


def carry(
    image: Pixels,
    mask: Mask,
    lines: Sequence[Line],
    box: Box,
    on_progress: Progress | None = None,
    sources: Mask | None = None,
) -> tuple[Pixels, Mask]:
    """Paint lines into the hole.

    Args:
        image: (H, W, 3) uint8 or uint16; not changed.
        mask: (H, W) bool, True = fill.
        lines: those to be painted last at the end, as ``chosen`` returns them.
        box: what to return; it holds every True of the mask.
        on_progress: called with a fraction within and after every line; may raise ``Cancelled``.
        sources: (H, W) bool, what of the known may be copied; None for all of it.

    Returns:
        (h, w, 3), the bands in the box, 0 elsewhere, and (h, w) bool, True where they were painted,
        always in the mask.
    """
    report = on_progress or (lambda fraction: None)
    sheet = Sheet(image, box)
    barred = None if sources is None else mask | ~sources
    for n, line in enumerate(lines):
        pause = partial(report, n / len(lines))
        sheet.lay(paint_band(image, mask, line, barred, pause), line)
        report((n + 1) / len(lines))
    return sheet.pixels, sheet.there


class _Seen(NamedTuple):
    """Hold what a photo shows around some holes; it takes next to no memory.

    ``planes``: holes in planes with a pattern, and those; ``twins``: holes whose surroundings are
    seen again, and where.
    """

    found: Found
    planes: list[tuple[Box, Plane]]
    twins: list[tuple[Box, Place]]

    @property
    def nbytes(self) -> int:
        """Return about as many bytes as it takes."""
        return 1024 * (1 + len(self.found.lines))


class _Bands(NamedTuple):
    """Hold what was carried: ``pixels`` (h, w, 3) and ``where`` (h, w) bool; none is 0 x 0."""

    pixels: Pixels
    where: Mask

    @property
    def nbytes(self) -> int:
        """Return the bytes of both."""
        return self.pixels.nbytes + self.where.nbytes


class Alike(NamedTuple):
    """Hold the numbers of canvases that show the same lines, and how to keep what they teach."""

    numbers: list[int]
    keep: Keep


def lay_lines(
    canvases: Sequence[Canvas],
    seeds: Sequence[int],
    holes: Sequence[Box],
    given: Given = NOTHING,
    on_progress: Progress | None = None,
    keep: Keep = NEVER,
) -> list[Alike]:
    """Lay the lines that go on through some holes on canvases of one photo.

    Args:
        canvases: of the same photo, nothing filled yet.
        seeds: one for each; where the lines can be read in several ways it says which is taken,
            0 takes the best.
        holes: boxes to be filled; nothing is laid beside them.
        given: what a user drew and dropped.
        on_progress: called with a fraction in [0, 1]; may raise ``Cancelled``.
        keep: what was found for these holes before.

    Returns:
        The canvases that go on together, each once; all of them where there is no choice.
    """
    report = on_progress or (lambda fraction: None)
    first = canvases[0]
    seen = keep.get(
        ("lines seen", *holes), lambda: _look(first, holes, part_of(report, 0, _SEEKING))
    )
    numbers: dict[tuple[int, ...], list[int]] = {}
    for number, seed in enumerate(seeds):
        numbers.setdefault(seen.found.reading(seed, given), []).append(number)
    groups, share = [], (1 - _SEEKING) / len(numbers)
    for n, (reading, own) in enumerate(numbers.items()):
        part = part_of(report, _SEEKING + n * share, share)
        kept = keep.part(("lines", reading)) if any(reading) else keep
        lines = partial(_bands, first, holes, seen.found, given, reading, part)
        bands = kept.get(("lines", *holes), lines)
        for number in own:
            _lay(canvases[number], seen, bands)
        groups.append(Alike(own, kept))
    report(1.0)
    return groups


def _lay(canvas: Canvas, seen: _Seen, bands: _Bands) -> None:
    """Lay bands on a canvas, and tell it what was seen."""
    if bands.where.any():
        canvas.lay(bands.pixels, bands.where)
    for hole, plane in seen.planes:
        canvas.lean(hole, plane)
    for hole, twin in seen.twins:
        canvas.liken(hole, twin)


def _look(canvas: Canvas, holes: Sequence[Box], report: Progress) -> _Seen:
    found = search(canvas.photo, canvas.mask, report, holes)
    planes = found.planes if canvas.sources is None else []
    free = [hole for hole in holes if not any(box.meets(hole) for box, _ in planes)]
    twins = [(hole, twin) for hole in free if (twin := find_twin(canvas, hole)) is not None]
    return _Seen(found, planes, twins)


def _bands(
    canvas: Canvas,
    holes: Sequence[Box],
    found: Found,
    given: Given,
    reading: Sequence[int],
    report: Progress,
) -> _Bands:
    photo, mask, sources = canvas.photo, canvas.mask, canvas.sources
    lines = limited(chosen(found, photo, mask, given, reading), sources)
    if not lines:
        return _Bands(photo[:0, :0], mask[:0, :0])
    pixels, done = carry(photo, mask, lines, canvas.box, report, sources)
    asked = np.zeros_like(done)
    for hole in holes:
        asked[hole.within(canvas.box).slices] = True
    return _Bands(pixels, done & asked)
