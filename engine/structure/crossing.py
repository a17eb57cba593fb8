"""Where bands cross: what is beside the line in front leaves what lies behind as it is.

A band holds its line and what is beside it. Laid over another one it would wipe that out for the
width of the band. So a pixel yields where it shows ground, a tone that the band behind has beside
its own line, and it yields on those sides of the line only that are ground and no wide thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.arrays import Floats

ALIKE: Final = 0.06
"""Tones differ by less, of full white, where they are of one thing."""
FIRST: Final = 0.35
"""So much of the way at either end tells the tones there."""
STEADIER: Final = 1.2
"""Of two lines that cross, what is beside the one in front changes by so many times more."""
FEW: Final = 6
FADING: Final = 7
"""So many tones stand for those between the beginning and the end of a side."""


@dataclass(frozen=True)
class Tones:
    """Hold what is beside a line.

    Attributes:
        sides: (2, 2, 3) float32 in [0, 1], left and right, at the beginning and at the end of the
            way; NaN where nothing was painted.
    """

    sides: Floats

    @property
    def all(self) -> Floats:
        """Return (n, 3) every tone that is known."""
        flat = self.sides.reshape(-1, 3)
        return flat[np.isfinite(flat).all(axis=1)]

    def change(self, side: int) -> float:
        """Return by how much one side changes along the way, 0 where it is seen once."""
        gap = np.abs(self.sides[side, 0] - self.sides[side, 1]).max()
        return float(gap) if np.isfinite(gap) else 0.0


def tones_of(colours: Floats, share: Floats, aside: Floats, half: float) -> Tones:
    """Return the tones beside a line.

    Args:
        colours: (N, 3) float32, its band.
        share: (N,) how far along the way, 0 to 1.
        aside: (N,) pixels to the right of the line.
        half: half the band's width.
    """
    sides = np.full((2, 2, 3), np.nan, np.float32)
    for i, sign in enumerate((-1, 1)):
        for j, near in enumerate((share < FIRST, share > 1 - FIRST)):
            those = near & (sign * aside > 0.6 * half)
            if those.sum() >= FEW:
                sides[i, j] = np.median(colours[those], axis=0)
    return Tones(sides)


def ground_sides(front: Tones, behind: Tones) -> list[bool]:
    """Tell of the left and of the right side of a line in front whether it is ground."""
    found = [_is_ground(front, behind, side) for side in (0, 1)]
    if all(found) and _far(front.sides[0].reshape(-1, 3), front.sides[1]) > ALIKE:
        return [front.change(side) > front.change(1 - side) + ALIKE / 2 for side in (0, 1)]
    return found


def _is_ground(front: Tones, behind: Tones, side: int) -> bool:
    tones = front.sides[side][np.isfinite(front.sides[side]).all(axis=1)]
    return len(tones) > 0 and len(behind.all) > 0 and _far(tones, behind.all) < ALIKE


def _far(tones: Floats, others: Floats) -> float:
    """Return how far the oddest of some tones is from the nearest of others."""
    tones, others = (t[np.isfinite(t).all(axis=1)] for t in (tones, others))
    if not len(tones) or not len(others):
        return 0.0
    return float(np.abs(tones[:, None] - others[None]).mean(axis=2).min(axis=1).max())


def lies_over(one: Tones, other: Tones) -> bool:
    """Tell whether a line is surely in front of one that crosses it.

    So a pole stands before a horizon, which parts sky from land: beside the pole there is sky
    first and land then. Light may change along either; the one that changes more is the pole.
    """
    seen = np.isfinite(one.sides).all() and np.isfinite(other.sides).all()
    if not seen or max(one.change(0), one.change(1)) < 2 * ALIKE:
        return False
    parted = np.abs(other.sides[0] - other.sides[1]).mean(axis=1).min() > 2 * ALIKE
    steps = [float(np.abs(t.sides[:, 0] - t.sides[:, 1]).mean(axis=1).max()) for t in (one, other)]
    if parted and steps[0] > max(STEADIER * steps[1], 2 * ALIKE):
        return True
    return any(_shows(ground, other) for ground in one.sides)


def _shows(ground: Floats, other: Tones) -> bool:
    """Tell whether (2, 3) tones are those on either side of another line, one after the other."""
    off = np.abs(ground[:, None, None] - other.sides[None]).mean(axis=3).min(axis=2)
    parted = np.abs(other.sides[0] - other.sides[1]).mean(axis=1).min() > ALIKE
    return bool(parted and min(off[[0, 1], [0, 1]].max(), off[[0, 1], [1, 0]].max()) < ALIKE)


def ground_before(front: Tones, behind: Tones) -> list[bool]:
    """Tell the same of a line that ``lies_over`` another: what changes along it is ground, too."""
    changes = front.change(0), front.change(1)
    least = max(2 * ALIKE, 0.7 * max(changes))
    return [g or c > least for g, c in zip(ground_sides(front, behind), changes, strict=True)]


def kept(
    colours: Floats,
    aside: Floats,
    front: Tones,
    behind: Tones,
    ground: Sequence[bool] | None = None,
) -> Floats:
    """Return (N,) in [0, 1], how much pixels of the band in front count against those behind.

    ``ground``: whether the left and the right side are ground; ``ground_sides`` if None.
    """
    out = np.ones(len(colours), np.float32)
    for side, is_ground in enumerate(ground or ground_sides(front, behind)):
        own = front.sides[side][np.isfinite(front.sides[side]).all(axis=1)]
        if is_ground and len(own):
            here = (aside < 0) if side == 0 else (aside >= 0)
            fading = own[:1] + np.linspace(0, 1, FADING)[:, None] * (own[-1:] - own[:1])
            tones = np.concatenate([fading, behind.all])
            off = np.abs(colours[here][:, None] - tones[None]).mean(axis=2).min(axis=1)
            out[here] = np.clip(off / ALIKE - 1, 0, 1)
    return out
