"""Find the outline of the thing that was clicked on, struck through, or circled loosely."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np

from engine.arrays import Levels, Mask, Pixels
from engine.geometry import Box
from engine.selecting.cutting import Marks, Way, draw, grab_cut, joined, placed_in, seeded, trimap
from engine.selecting.judged import fit_of
from engine.selecting.outline import refined
from engine.selecting.pieces import nested, steepness
from engine.selecting.reduced import reduced
from engine.views.strokes import Stamp

COARSE: Final = 128
"""Pixels of the longer side of the copy in which a thing is told from what is around it."""
SURVEY: Final = 72
"""The same where several sizes are tried."""
ROUNDS: Final = 3
OVERVIEW: Final = 900
"""The same of a copy of the whole photo, from which the larger of these are taken."""
SIDES: Final = (0.03, 0.06, 0.12, 0.25, 0.5, 1.0, 2.2)
"""Sides of the squares around a click that are tried, in shares of the photo's longer side."""
LEAST_SIDE: Final = 48
_ROOM: Final = 0.3
"""A loop is looked at with so much of its own size around it."""
_PART: Final = 0.015, 0.8
"""Least and largest share of a small copy that a part around a click has, ..."""
_LARGER: Final = 1.18
"""... and so many times as large it is as the one before."""


def select(image: Pixels, marks: Marks) -> Stamp | None:
    """Return the pixels of the thing that ``marks`` tell of, None if nothing is told apart.

    In a small copy of the surroundings the thing is cut out by its colours and edges (GrabCut;
    Rother, Kolmogorov and Blake 2004), with everything far outside taken for what is around it.
    Of a click or a stroke, whose thing may be of any size, the surroundings are tried in several
    sizes; for a click each of them also from a part put together around it. The cut that is most
    like a thing's is taken. The outline is then followed in finer copies up to the photo's own
    pixels.

    Args:
        image: (H, W, 3) uint8 or uint16.
        marks: at least one click, stroke or loop.
    """
    bounds = Box.of(image)
    if len(marks.loop) > 2:
        box = _around([marks.loop])
        window = box.grow(max(round(_ROOM * max(box.width, box.height)), 8)).clip(bounds)
        guess = None
    else:
        window, guess = _best_guess(image, marks, _around(marks.on), bounds)
    if window.empty:
        return None
    small, step = _copied(image, window)
    known = trimap(marks, window, small.shape, step)
    if guess is not None:
        known = seeded(guess.over(window, small.shape[:2]), marks, window, step)
    cut = joined(grab_cut(small, known, ROUNDS), marks, window, step)
    found = refined(image, window, cut)
    return _without(found, marks) if found else None


def _copied(image: Pixels, window: Box) -> tuple[Levels, float]:
    """Return a small copy of a window, and how many photo pixels one of its own is wide."""
    small, _ = reduced(image, window, COARSE)
    return small, max(window.width, window.height) / max(small.shape[:2])


def _without(found: Stamp, marks: Marks) -> Stamp | None:
    """Return what was found but for what was marked as no part of it."""
    bits = found.cover.view(np.uint8)
    draw(bits, marks.off, 0, found.box, 1.0, max(round(marks.size), 1))
    return found if found.cover.any() else None


class _Guess(NamedTuple):
    """Hold a cut (h, w) in a small copy of ``window``."""

    window: Box
    cut: Mask

    def over(self, window: Box, shape: tuple[int, ...]) -> Mask:
        """Return it in a small copy (h, w) of another window."""
        whole = np.zeros((window.height, window.width), np.uint8)
        both = self.window.clip(window)
        own = self.window.width, self.window.height
        large = cv2.resize(self.cut.view(np.uint8), own, interpolation=cv2.INTER_NEAREST)
        whole[both.within(window).slices] = large[both.within(self.window).slices]
        size = shape[1], shape[0]
        return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA) > 0, bool)


def _around(ways: Sequence[Way]) -> Box:
    xs = [x for way in ways for x, _ in way]
    ys = [y for way in ways for _, y in way]
    return Box.hull(xs, ys)


def _best_guess(image: Pixels, marks: Marks, told: Box, bounds: Box) -> tuple[Box, _Guess | None]:
    """Return where to look, and the cut that is most like a thing's; None if there is none."""
    extent = max(told.width, told.height, marks.size)
    longest = max(bounds.width, bounds.height)
    wanted = [max(share * longest, LEAST_SIDE) for share in SIDES]
    sides = [side for side in wanted if side >= 1.5 * extent] or [min(2.5 * extent, 2 * longest)]
    best, best_fit = None, -math.inf
    overview = reduced(image, bounds, OVERVIEW)
    for side in sides:
        window = told.grow(max(round((side - extent) / 2), 4)).clip(bounds)
        small = _surveyed(image, overview, window)
        for cut, fit in _tried(small, marks, window, bounds):
            if fit > best_fit:
                best, best_fit = _Guess(window, cut), fit
    if best is None:
        return told.grow(round(sides[0] / 2)).clip(bounds), None
    return _fitting(best, told, bounds), best


def _tried(small: Levels, marks: Marks, window: Box, bounds: Box) -> Iterator[tuple[Mask, float]]:
    """Yield cuts (h, w) of a small copy, and how like a thing's each is."""
    step = max(window.width, window.height) / max(small.shape[:2])
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    ways = [placed_in(way, window, step) for way in marks.on]
    last = (np.array(small.shape[1::-1]) - 1).tolist()
    x, y = np.clip(np.concatenate(ways).mean(axis=0).astype(int), 0, last).tolist()

    def tried(known: Levels) -> tuple[Mask, float]:
        cut = joined(grab_cut(small, known, 2), marks, window, step)
        return cut, fit_of(lab, cut, window, bounds, (x, y))

    clicks = all(len(way) < 2 for way in marks.on)
    for wide in (False, True) if clicks else (False,):
        yield tried(trimap(marks, window, small.shape, step, wide=wide))
    if not clicks:
        return
    parts = _growing(nested(lab, steepness(lab), x, y))
    if parts:
        likely = max(parts, key=lambda part: fit_of(lab, part, window, bounds, (x, y)))
        yield tried(seeded(likely, marks, window, step))


def _growing(parts: list[Mask]) -> list[Mask]:
    """Return those of nested parts that differ, but for the smallest and the largest."""
    out: list[Mask] = []
    for part in parts:
        least, most = (share * part.size for share in _PART)
        area = part.sum()
        if least <= area <= most and (not out or area >= _LARGER * out[-1].sum()):
            out.append(part)
    return out


def _surveyed(image: Pixels, overview: tuple[Levels, float], window: Box) -> Levels:
    """Return a small copy of a window, made of the overview where that is fine enough."""
    whole, step = overview
    if max(window.width, window.height) < 2 * SURVEY * step:
        return reduced(image, window, SURVEY)[0]
    box = Box(*(round(side / step) for side in window)).clip(Box.of(whole))
    return reduced(whole, box, SURVEY)[0]


def _fitting(guess: _Guess, told: Box, bounds: Box) -> Box:
    """Return a part of the photo around what was cut out, with room around it."""
    inner = Box.around(guess.cut)
    assert inner is not None
    window = guess.window
    step = max(window.width, window.height) / max(guess.cut.shape)
    box = Box(*(math.floor(side * step) for side in inner)).shift(window.left, window.top)
    box = box.union(told)
    return box.grow(max(round(0.35 * max(box.width, box.height)), 8)).clip(bounds)
