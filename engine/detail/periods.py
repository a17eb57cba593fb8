"""By which shifts a picture repeats: see ``repeats`` for what that is good for."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Ints, Mask
from engine.detail.loops import shifts as loops
from engine.detail.spectra import correlated, spectrum

FAINT: Final = 0.05
"""Detail of less than this share of the mean power repeats nothing worth going on with."""
SCALE: Final = 4.0
"""What repeats is looked for in detail finer than so many pixels (a standard deviation): every
level finds the patterns of its own size."""
SHORTEST: Final = 4.0
LONGEST: Final = 24.0
"""Periods of a level, pixels; one of these must be found, its multiples may be longer."""
MATCH: Final = 0.5
"""Correlation from which a shift counts as a period."""
AGAIN: Final = 0.7
"""Share of that which twice the shift must reach."""
DIP: Final = 0.3
"""Fall of the correlation between no shift and a period."""
SHIFTS: Final = 60
FEWEST: Final = 0.05
"""Share of all pixels that must have one so far apart, or a shift is not looked at."""
NOISE: Final = 1 / 255
"""Standard deviation of what nothing repeats in, of full white."""
_CANDIDATES: Final = 400


def soft(values: Floats) -> Floats:
    """Return values (h, w, ...) as ``SCALE`` blurs them."""
    return np.asarray(cv2.GaussianBlur(values, (0, 0), SCALE), np.float32)


def mean_of_known(values: Floats, known: Floats) -> Floats:
    """Return the mean of values (h, w, ...), 0 in the hole, over the known pixels around."""
    share = np.maximum(soft(known), 1e-3)
    share = share.reshape(share.shape + (1,) * (values.ndim - 2))
    return np.asarray(soft(values) / share, np.float32)


def fine(grey: Floats, known: Floats) -> Floats:
    """Return brightness (h, w) less its mean around, 0 where ``known`` (h, w) is 0 and not 1."""
    return np.asarray((grey - mean_of_known(grey, known)) * known)


def near(hole: Mask, depth: float) -> Floats:
    """Return (h, w), 1 where a pixel is known and near enough to the hole to speak for it."""
    side = 2 * int(max(12, 2 * depth)) + 1
    close = cv2.blur(hole.astype(np.float32), (side, side)) > 0
    return (close & ~hole).astype(np.float32)


def faintest(detail: Floats, known: Floats) -> float:
    """Return the power, per pixel, of detail that is too faint to repeat."""
    return NOISE**2 + FAINT * float(np.square(detail).sum() / known.sum())


def misfit(detail: Floats, known: Floats, shift: Ints, reach: int, faint: float) -> Floats:
    """Return (h, w), how unlike the picture and its shifted self are around every pixel.

    0 is alike, 1 is unlike, and so is detail of much less power than ``faint``.
    """
    dy, dx = (int(part) for part in shift)
    back = np.array([[1, 0, -dx], [0, 1, -dy]], np.float32)
    size = detail.shape[::-1]
    moved, both = cv2.warpAffine(detail, back, size), cv2.warpAffine(known, back, size) * known
    apart = around(np.square(detail - moved) * both, reach)
    power = around((np.square(detail) + np.square(moved)) * both, reach)
    pairs = around(both, reach)
    least = 2 * faint * pairs
    found = (apart + least) / np.maximum(power + least, 1e-12)
    return np.asarray(np.where(pairs > 1e-4, found, np.inf), np.float32)


def misfits(detail: Floats, known: Floats, shifts: Ints, reach: int) -> Floats:
    """Return (K, h, w), the ``misfit`` for each of (K, 2) shifts."""
    faint = faintest(detail, known)
    return np.stack([misfit(detail, known, shift, reach, faint) for shift in shifts])


def around(values: Floats, reach: int) -> Floats:
    """Return the mean around each pixel, of the means over squares of ``reach`` pixels."""
    side = (reach, reach)
    return np.asarray(cv2.blur(cv2.blur(values, side), side), np.float32)


def shifts(detail: Floats, weight: Floats, slack: int = 0, longest: float = LONGEST) -> Ints:
    """Return (K, 2) int32 rows and columns of the shifts that repeat, the best first.

    Args:
        detail: (h, w), of ``fine``.
        weight: (h, w), 1 where it counts, else 0.
        slack: pixels beside the way to a shift that count as on it: a line that runs aslant looks
            the same further along it, and is no pattern.
        longest: pixels of the longest period.
    """
    rows, cols = np.nonzero(weight)
    if not len(rows):
        return np.zeros((0, 2), np.int32)
    part = slice(rows.min(), rows.max() + 1), slice(cols.min(), cols.max() + 1)
    short = correlation(detail[part], weight[part], math.ceil(longest) + 2)
    if not _may_repeat(short, slack, longest):
        return np.zeros((0, 2), np.int32)
    match = correlation(detail[part], weight[part])
    highest = _highest(match)
    found, value = _peaks(match, highest, 0.2)
    order = np.argsort(-value, kind="stable")[:_CANDIDATES]
    found, value = found[order], value[order]
    kept = value - _least_between(match, found, slack) >= DIP
    found, value = found[kept], value[kept]
    periods = (np.hypot(*found.T) <= longest) & (value > MATCH)
    periods &= _at(highest, 2 * found) > AGAIN * value
    if not periods.any():
        return np.zeros((0, 2), np.int32)
    strong = value > max(0.25, 0.5 * float(value[periods].max()))
    return np.asarray(found[strong][:SHIFTS], np.int32)


def _may_repeat(match: Floats, slack: int, longest: float) -> bool:
    """Tell whether a correlation for short shifts shows anything that could be a period.

    Little does, and to know twice and more of every shift takes several times as long.
    """
    found, value = _peaks(match, _highest(match), MATCH)
    near = np.hypot(*found.T) <= longest
    return bool((value[near] - _least_between(match, found[near], slack) >= DIP).any())


def _highest(match: Floats) -> Floats:
    """Return (h, w), the highest correlation within 2 pixels of each shift."""
    return np.asarray(cv2.dilate(match, np.ones((5, 5), np.uint8)), np.float32)


def _peaks(match: Floats, highest: Floats, least: float) -> tuple[Ints, Floats]:
    """Return (K, 2) shifts, none too short, at which a correlation peaks above ``least``; (K,)."""
    middle = np.array(match.shape) // 2
    found = np.argwhere((match >= highest) & (match > least)) - middle
    found = found[np.hypot(*found.T) >= SHORTEST]
    return np.asarray(found), match[tuple((found + middle).T)]


def correlation(fine: Floats, weight: Floats, most: int | None = None) -> Floats:
    """Return the correlation of a picture with itself by shift, none in the middle.

    Args:
        fine: (h, w) of mean 0.
        weight: (h, w), 1 where it counts, else 0.
        most: shifts of more rows or columns are not looked at; None for all that there are.

    Returns:
        (H, W) float32 in [-1, 1], 0 where too few pixels overlap.
    """
    reach = [side if most is None else min(side, most + 1) for side in fine.shape]
    size = [cv2.getOptimalDFTSize(a + b) for a, b in zip(fine.shape, reach, strict=True)]
    planes = fine * weight, np.square(fine) * weight, weight
    picture, power, count = (spectrum(plane, size) for plane in planes)
    products, pairs = correlated(picture, picture), correlated(count, count)
    least = np.float32(FEWEST * pairs[0, 0])
    out = np.empty(size if most is None else [2 * side - 1 for side in reach], np.float32)
    loops.match(products, correlated(count, power), pairs, np.float32(NOISE**2), least, out)
    return out


def _least_between(match: Floats, shifts: Ints, slack: int = 0) -> Floats:
    """Return (K,), the least correlation on the way to each shift; see ``shifts``."""
    if slack:
        square = np.ones((2 * slack + 1, 2 * slack + 1), np.uint8)
        match = np.asarray(cv2.dilate(match, square), np.float32)
    way = np.linspace(0.1, 0.9, 33)[:, None, None] * shifts
    at = np.rint(way).astype(int) + np.array(match.shape) // 2
    return np.asarray(match[at[..., 0], at[..., 1]].min(axis=0))


def _at(highest: Floats, shifts: Ints) -> Floats:
    """Return (K,), the highest correlation within 2 pixels of each shift, 0 beyond the borders."""
    at = shifts + np.array(highest.shape) // 2
    inside = ((at >= 2) & (at < np.array(highest.shape) - 2)).all(axis=1)
    at = np.where(inside[:, None], at, 0)
    return np.where(inside, highest[tuple(at.T)], 0)
