"""Find what repeats around a hole, and where its patches come from if that goes on in it.

Walls, tiles, windows and fences repeat. Where a picture is too small to show that, a search begins
anywhere, and what it puts together later is out of step. The shifts by which the surroundings match
themselves say where the next tile stands (He & Sun, "Statistics of Patch Offsets for Image
Completion", ECCV 2012). A shift counts if twice the shift matches too, and something between none
and the shift does not: edges and chance likenesses are left to the search.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
import torch

from engine.arrays import Floats, Ints
from engine.detail.matcher import Matcher
from engine.detail.pyramid import Level

LEAST: Final = 1_600
MOST: Final = 150_000
"""Levels with fewer pixels show too little of a pattern; those with more would take too long."""
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
MISFIT: Final = 0.5
"""Patches are taken from places whose surroundings differ at most so much, 0 alike, 1 unlike."""
SURE: Final = 0.3
"""Below this misfit the smallest sizes, where structure is looked for, do not look for another."""
REACH: Final = 0.7
"""The surroundings that decide reach twice as far, in depths of the hole."""
FAINT: Final = 0.05
"""Detail of less than this share of the mean power repeats nothing worth going on with."""
FAR: Final = 0.02
"""What a shift as long as the hole is deep costs, in misfit."""
TONE: Final = 4.0
"""What a squared difference of tone from the answer costs, in misfit; tones in [0, 1]."""
_NOISE: Final = 1 / 255
_CANDIDATES: Final = 400


def find(matcher: Matcher) -> Repeats | None:
    """Return what repeats around the hole of a level, None where nothing does."""
    level = matcher.level
    if not LEAST <= level.hole.size <= MOST:
        return None
    fine = _fine(level)
    shifts = _shifts(fine, _near(level, matcher.depth))
    return Repeats(matcher, fine, shifts) if len(shifts) else None


class Repeats:
    """Know by which shifts the surroundings of a hole repeat, and where each of them fits."""

    def __init__(self, matcher: Matcher, fine: Floats, shifts: Ints):
        """Measure how well every shift fits around every target.

        Args:
            matcher: of the level.
            fine: (h, w) float32, the level's fine detail, 0 in the hole.
            shifts: (K, 2) rows and columns.
        """
        self._matcher = matcher
        h, w = fine.shape
        known = _known(matcher.level)
        rows, cols = matcher.rows + shifts[:, :1], matcher.cols + shifts[:, 1:]
        inside = (rows >= 0) & (rows < h) & (cols >= 0) & (cols < w)
        self._places = np.where(inside, rows * w + cols, 0).astype(np.int32)
        self._tones = _mean_of_known(matcher.level.image, known).reshape(-1, 3)
        self._share = self._around_targets(np.ones(len(matcher.targets), np.float32))
        reach = 2 * max(3, round(REACH * matcher.depth)) + 1
        faint = _NOISE**2 + FAINT * float(np.square(fine).sum() / known.sum())
        misfit = np.stack([_misfit(fine, known, shift, reach, faint) for shift in shifts])
        self._misfit = misfit[:, matcher.rows, matcher.cols]
        allowed = inside & matcher.valid[self._places] & (self._misfit < MISFIT)
        far = FAR / max(matcher.depth, 1) * np.hypot(*shifts.T)[:, None].astype(np.float32)
        self._cost = np.where(allowed, self._misfit + far, np.float32(np.inf))

    def places(self, held: Floats | None) -> tuple[Ints, Floats]:
        """Return where each target comes from, and the misfit there, infinite where none fits.

        Args:
            held: (h, w, 3), the answer in whose tones the pattern should be; None for any.

        Returns:
            (N,) int32 and (N,) float32.
        """
        cost = self._cost if held is None else self._cost + TONE * self._off_tone(held)
        best, each = cost.argmin(axis=0), np.arange(cost.shape[1])
        misfit = np.where(np.isfinite(cost[best, each]), self._misfit[best, each], np.inf)
        return self._places[best, each], np.asarray(misfit, np.float32)

    def _off_tone(self, held: Floats) -> Floats:
        """Return (K, N), how far the tones at each place are from the answer's, squared.

        It is a mean over the targets around.
        """
        wanted = _soft(held)[self._matcher.rows, self._matcher.cols]
        off = (np.take(self._tones, places, axis=0) - wanted for places in self._places)
        return np.stack([self._around_targets(np.square(o).sum(1)) / self._share for o in off])

    def _around_targets(self, values: Floats) -> Floats:
        """Return (N,), the sum of the targets' values around each, by the size of the square."""
        m = self._matcher
        spread = np.zeros((m.height, m.width), np.float32)
        spread[m.rows, m.cols] = values
        return np.asarray(cv2.blur(spread, (7, 7))[m.rows, m.cols], np.float32)


def _soft(values: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), SCALE), np.float32)


def _known(level: Level) -> Floats:
    return (~level.hole).astype(np.float32)


def _mean_of_known(values: Floats, known: Floats) -> Floats:
    """Return the mean of values (h, w, ...), 0 in the hole, over the known pixels around."""
    share = np.maximum(_soft(known), 1e-3)
    share = share.reshape(share.shape + (1,) * (values.ndim - 2))
    return np.asarray(_soft(values) / share, np.float32)


def _fine(level: Level) -> Floats:
    """Return (h, w), the brightness less its mean around, 0 in the hole."""
    known, grey = _known(level), level.image.mean(axis=2)
    return np.asarray((grey - _mean_of_known(grey, known)) * known)


def _near(level: Level, depth: float) -> Floats:
    """Return (h, w), 1 where a pixel is known and near enough to the hole to speak for it."""
    side = 2 * int(max(12, 2 * depth)) + 1
    near = cv2.blur(level.hole.astype(np.float32), (side, side)) > 0
    return (near & ~level.hole).astype(np.float32)


def _misfit(fine: Floats, known: Floats, shift: Ints, reach: int, faint: float) -> Floats:
    """Return (h, w), how unlike the picture and its shifted self are around every pixel.

    0 is alike, 1 is unlike, and so is detail of much less power than ``faint``.
    """
    dy, dx = (int(part) for part in shift)
    back = np.array([[1, 0, -dx], [0, 1, -dy]], np.float32)
    size = fine.shape[::-1]
    moved, both = cv2.warpAffine(fine, back, size), cv2.warpAffine(known, back, size) * known
    apart = _around(np.square(fine - moved) * both, reach)
    power = _around((np.square(fine) + np.square(moved)) * both, reach)
    pairs = _around(both, reach)
    least = 2 * faint * pairs
    found = (apart + least) / np.maximum(power + least, 1e-12)
    return np.asarray(np.where(pairs > 1e-4, found, np.inf), np.float32)


def _around(values: Floats, reach: int) -> Floats:
    side = (reach, reach)
    return np.asarray(cv2.blur(cv2.blur(values, side), side), np.float32)


def _shifts(fine: Floats, near: Floats) -> Ints:
    """Return (K, 2) int32 rows and columns of the shifts that repeat, the best first."""
    rows, cols = np.nonzero(near)
    if not len(rows):
        return np.zeros((0, 2), np.int32)
    part = slice(rows.min(), rows.max() + 1), slice(cols.min(), cols.max() + 1)
    if not _may_repeat(correlation(fine[part], near[part], math.ceil(LONGEST) + 2)):
        return np.zeros((0, 2), np.int32)
    match = correlation(fine[part], near[part])
    middle = np.array(match.shape) // 2
    highest = np.asarray(cv2.dilate(match, np.ones((5, 5), np.uint8)), np.float32)
    peaks = (match >= highest) & (match > 0.2)
    shifts = np.argwhere(peaks) - middle
    shifts = shifts[np.hypot(*shifts.T) >= SHORTEST]
    value = match[tuple((shifts + middle).T)]
    order = np.argsort(-value, kind="stable")[:_CANDIDATES]
    shifts, value = shifts[order], value[order]
    kept = value - _least_between(match, shifts) >= DIP
    shifts, value = shifts[kept], value[kept]
    periods = (np.hypot(*shifts.T) <= LONGEST) & (value > MATCH)
    periods &= _at(highest, 2 * shifts) > AGAIN * value
    if not periods.any():
        return np.zeros((0, 2), np.int32)
    strong = value > max(0.25, 0.5 * float(value[periods].max()))
    return np.asarray(shifts[strong][:SHIFTS], np.int32)


def _may_repeat(match: Floats) -> bool:
    """Tell whether a correlation for short shifts shows anything that could be a period.

    Little does, and to know twice and more of every shift takes several times as long.
    """
    highest = np.asarray(cv2.dilate(match, np.ones((5, 5), np.uint8)), np.float32)
    peaks = (match >= highest) & (match > MATCH)
    shifts = np.argwhere(peaks) - np.array(match.shape) // 2
    length = np.hypot(*shifts.T)
    shifts = shifts[(length >= SHORTEST) & (length <= LONGEST)]
    value = match[tuple((shifts + np.array(match.shape) // 2).T)]
    return bool((value - _least_between(match, shifts) >= DIP).any())


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
    planes = torch.from_numpy(np.stack([fine * weight, np.square(fine) * weight, weight]))
    picture, power, count = torch.fft.rfft2(planes, size)
    spectra = torch.stack([picture.abs() ** 2, power.conj() * count, count.abs() ** 2])
    products, mine, pairs = torch.fft.irfft2(spectra, size)
    theirs = mine.flip(0, 1).roll((1, 1), (0, 1))
    floor = _NOISE**2 * pairs.clamp_min(0)
    scale = ((mine.clamp_min(0) + floor) * (theirs.clamp_min(0) + floor)).sqrt()
    found = products / scale.clamp_min(1e-9)
    found[pairs < 0.05 * pairs[0, 0]] = 0
    whole = np.asarray(torch.fft.fftshift(found).numpy(), np.float32)
    if most is None:
        return whole
    (y, x), (down, across) = (side // 2 for side in whole.shape), (side - 1 for side in reach)
    return np.ascontiguousarray(whole[y - down : y + down + 1, x - across : x + across + 1])


def _least_between(match: Floats, shifts: Ints) -> Floats:
    """Return (K,), the least correlation on the way to each shift."""
    way = np.linspace(0.1, 0.9, 33)[:, None, None] * shifts
    at = np.rint(way).astype(int) + np.array(match.shape) // 2
    return np.asarray(match[at[..., 0], at[..., 1]].min(axis=0))


def _at(highest: Floats, shifts: Ints) -> Floats:
    """Return (K,), the highest correlation within 2 pixels of each shift, 0 beyond the borders."""
    at = shifts + np.array(highest.shape) // 2
    inside = ((at >= 2) & (at < np.array(highest.shape) - 2)).all(axis=1)
    at = np.where(inside[:, None], at, 0)
    return np.where(inside, highest[tuple(at.T)], 0)
