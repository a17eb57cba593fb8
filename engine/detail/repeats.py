"""Find what repeats around a hole, and where its patches come from if that goes on in it.

Walls, tiles, windows and fences repeat. Where a picture is too small to show that, a search begins
anywhere, and what it puts together later is out of step. The shifts by which the surroundings match
themselves say where the next tile stands (He & Sun, "Statistics of Patch Offsets for Image
Completion", ECCV 2012). A shift counts if twice the shift matches too, and something between none
and the shift does not: edges and chance likenesses are left to the search.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Ints
from engine.detail import periods
from engine.detail.matcher import Matcher
from engine.detail.pyramid import Level

LEAST: Final = 1_600
MOST: Final = 150_000
"""Levels with fewer pixels show too little of a pattern; those with more would take too long."""
MISFIT: Final = 0.5
"""Patches are taken from places whose surroundings differ at most so much, 0 alike, 1 unlike."""
SURE: Final = 0.3
"""Below this misfit the smallest sizes, where structure is looked for, do not look for another."""
REACH: Final = 0.7
"""The surroundings that decide reach twice as far, in depths of the hole."""
FAR: Final = 0.02
"""What a shift as long as the hole is deep costs, in misfit."""
REGULAR: Final = 72.0
"""Pixels of the longest period where it is known that something repeats."""
TONE: Final = 4.0
"""What a squared difference of tone from the answer costs, in misfit; tones in [0, 1]."""


def find(
    matcher: Matcher, longest: float = periods.LONGEST, twin: int | None = None
) -> Repeats | None:
    """Return what repeats around the hole of a level, None where nothing does.

    Args:
        matcher: of the level.
        longest: pixels of the longest period looked for.
        twin: columns by which what is around the hole is seen again, where that is known; nothing
            else is looked for then.
    """
    level = matcher.level
    if twin is not None:
        fine = periods.fine(level.image.mean(axis=2), _known(level))
        return Repeats(matcher, fine, np.array([[0, twin]], np.int32))
    if not LEAST <= level.hole.size <= MOST:
        return None
    fine = periods.fine(level.image.mean(axis=2), _known(level))
    shifts = periods.shifts(fine, periods.near(level.hole, matcher.depth), longest=longest)
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
        self._tones = periods.mean_of_known(matcher.level.image, known).reshape(-1, 3)
        self._share = self._around_targets(np.ones(len(matcher.targets), np.float32))
        reach = 2 * max(3, round(REACH * matcher.depth)) + 1
        misfit = periods.misfits(fine, known, shifts, reach)
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
        wanted = periods.soft(held)[self._matcher.rows, self._matcher.cols]
        off = (np.take(self._tones, places, axis=0) - wanted for places in self._places)
        return np.stack([self._around_targets(np.square(o).sum(1)) / self._share for o in off])

    def _around_targets(self, values: Floats) -> Floats:
        """Return (N,), the sum of the targets' values around each, by the size of the square."""
        m = self._matcher
        spread = np.zeros((m.height, m.width), np.float32)
        spread[m.rows, m.cols] = values
        return np.asarray(cv2.blur(spread, (7, 7))[m.rows, m.cols], np.float32)


def _known(level: Level) -> Floats:
    return (~level.hole).astype(np.float32)
