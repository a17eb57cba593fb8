"""The direction in which a line that bends meets the hole, from how it leaves its straight fit."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.arrays import Floats, Mask

FEWEST: Final = 5
"""Sections that a parabola is fitted to at least."""
BOW: Final = 0.4
"""Pixels by which a line is bowed at least to be called bent."""
BETTER: Final = 0.6
"""A parabola leaves so much, at most, of what a straight line leaves."""


def at_rim(back: Floats, off: Floats, good: Mask) -> tuple[float, float, float] | None:
    """Return where a bent line meets the hole, by a parabola through its sections.

    Args:
        back: (n,) pixels from the hole.
        off: (n,) pixels to the right of the straight fit.
        good: (n,) bool, which sections show the line; those up to the first gap count.

    Returns:
        (shift, slope, curve): how far to the right, how much more so per pixel away from the
        hole, and how much the slope changes per pixel; None where the line is straight, or too
        little of it is seen.
    """
    count = len(good) if good.all() else int(np.argmin(good))
    if count < FEWEST:
        return None
    x, y = back[:count].astype(float), off[:count].astype(float)
    straight, bent = np.polyfit(x, y, 1), np.polyfit(x, y, 2)
    bow = abs(bent[0]) * (x[-1] - x[0]) ** 2 / 4
    left, before = (float(np.std(y - np.polyval(fit, x))) for fit in (bent, straight))
    if bow < BOW or left > BETTER * before:
        return None
    return float(bent[2]), float(bent[1]), float(2 * bent[0])
