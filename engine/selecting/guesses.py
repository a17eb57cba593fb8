"""Guess what thing was clicked on: cuts of several sizes, and how like a thing each is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Levels, Mask
from engine.geometry import Box
from engine.selecting.agreed import agreements
from engine.selecting.cutting import Marks, Way, disc_trimap, joined, placed_in, seeded, trimap
from engine.selecting.guess import Guess
from engine.selecting.judged import fit_of
from engine.selecting.mixture import Mixtures
from engine.selecting.pieces import Parts
from engine.selecting.survey import Survey
from engine.selecting.walks import walked

SMALL: Final = 64
"""Pixels of the longer side of the copies in which sizes are tried."""
SIDES: Final = (0.03, 0.06, 0.12, 0.25, 0.5, 1.0, 2.2)
"""Sides of the squares around a click that are tried, in shares of the photo's longer side."""
LEAST_SIDE: Final = 48
DISCS: Final = 0.13, 0.34
"""A thing may fill a disc of such a radius, in shares of a square's side."""
_PART: Final = 0.015, 0.6
"""Least and largest share of a small copy that a part around a click has, ..."""
_LARGER: Final = 1.18
"""... so many times as large it is as the one before, ..."""
_ALIKE: Final = 0.75
"""... and no more does it overlap with another one."""
_NESTED, _WALKED = 4, 5
"""So many parts of either kind are looked at, ..."""
_TRIED: Final = 3
"""... and so many of both are tried."""


def around(ways: Sequence[Way]) -> Box:
    """Return the box of what was clicked on and struck through."""
    xs = [x for way in ways for x, _ in way]
    ys = [y for way in ways for _, y in way]
    return Box.hull(xs, ys)


def guesses(survey: Survey, marks: Marks) -> list[Guess]:
    """Return what may be meant by clicks or strokes, in surroundings of several sizes."""
    told, bounds = around(marks.on), survey.bounds
    extent, found = max(told.width, told.height, marks.size), list[Guess]()
    for side in _sides(extent, bounds):
        window = told.grow(max(round((side - extent) / 2), 4)).clip(bounds)
        found += _in_window(survey.small(window, SMALL), marks, window, bounds)
    if any(len(way) > 1 for way in marks.on):
        return found
    middle = (told.left + told.right) / 2, (told.top + told.bottom) / 2
    agreed = agreements(found, middle, max(bounds.width, bounds.height)).tolist()
    return [guess._replace(agreed=share) for guess, share in zip(found, agreed, strict=True)]


def _sides(extent: float, bounds: Box) -> list[float]:
    longest = max(bounds.width, bounds.height)
    wanted = [max(share * longest, LEAST_SIDE) for share in SIDES]
    wide = [side for side in wanted if side >= 1.5 * extent]
    return wide or [min(2.5 * extent, 2 * longest)]


def _in_window(small: Levels, marks: Marks, window: Box, bounds: Box) -> Iterator[Guess]:
    """Yield different cuts of a small copy of ``window``."""
    step = max(window.width, window.height) / max(small.shape[:2])
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    at = _middle(marks, window, step, small.shape)
    mixtures, seen = Mixtures(small), list[Mask]()
    for known in _beginnings(lab, marks, window, bounds, at):
        cut = joined(mixtures.cut(known), marks, window, step)
        if not _is_like(cut, seen, 0.95):
            seen.append(cut)
            likeness = fit_of(lab, cut, window, bounds, at)
            if likeness > -math.inf:
                yield Guess(window, cut, likeness)


def _middle(marks: Marks, window: Box, step: float, shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the pixel (x, y) of a small copy in the middle of the marks."""
    places = np.concatenate([placed_in(way, window, step) for way in marks.on])
    x, y = np.clip(places.mean(axis=0).astype(int), 0, np.array(shape[1::-1]) - 1).tolist()
    return x, y


def _beginnings(
    lab: Floats, marks: Marks, window: Box, bounds: Box, at: tuple[int, int]
) -> Iterator[Levels]:
    """Yield what may be known of each pixel of a small copy, to cut it by."""
    shape = lab.shape[:2]
    step = max(window.width, window.height) / max(shape)
    for share in DISCS:
        yield disc_trimap(marks, window, shape, step, share)
    if any(len(way) > 1 for way in marks.on):
        return
    yield trimap(marks, window, shape, step)
    parts = Parts(lab)
    nested = _thinned(_growing(parts.nested(*at)), _NESTED)
    walks = _different(_walked(parts, at, _frame(shape, window, bounds)), nested, _WALKED)
    liked = sorted(nested + walks, key=lambda part: -fit_of(lab, part, window, bounds, at))
    for part in liked[:_TRIED]:
        yield seeded(part, marks, window, step)


def _frame(shape: tuple[int, ...], window: Box, bounds: Box) -> Mask:
    """Return the border of a small copy but for what is the photo's own border."""
    out = np.zeros(shape, bool)
    out[0], out[-1] = window.top > bounds.top, window.bottom < bounds.bottom
    out[:, 0] |= window.left > bounds.left
    out[:, -1] |= window.right < bounds.right
    return out


def _walked(parts: Parts, at: tuple[int, int], frame: Mask) -> Iterator[Mask]:
    """Yield what a walk hardly leaves, joined to one part around the place."""
    for part in walked(parts, *at, frame):
        _, labels = cv2.connectedComponents(part.view(np.uint8), connectivity=4)
        yield np.asarray(labels == labels[at[1], at[0]], bool)


def _growing(parts: Iterable[Mask]) -> list[Mask]:
    """Return those of nested parts that differ, but for the smallest and the largest."""
    out: list[Mask] = []
    for part in parts:
        least, most = (share * part.size for share in _PART)
        area = part.sum()
        if least <= area <= most and (not out or area >= _LARGER * out[-1].sum()):
            out.append(part)
    return out


def _thinned(parts: list[Mask], count: int) -> list[Mask]:
    """Return at most ``count`` of the parts, evenly."""
    if len(parts) <= count:
        return parts
    return [parts[n] for n in np.linspace(0, len(parts) - 1, count).round().astype(int)]


def _different(parts: Iterable[Mask], others: list[Mask], count: int) -> list[Mask]:
    """Return at most ``count`` parts that are unlike each other and ``others``."""
    out: list[Mask] = []
    for part in parts:
        if len(out) == count:
            break
        share = float(part.mean())
        if _PART[0] <= share <= _PART[1] and not _is_like(part, others + out, _ALIKE):
            out.append(part)
    return out


def _is_like(part: Mask, others: Iterable[Mask], share: float) -> bool:
    return any((part & other).sum() > share * (part | other).sum() for other in others)
