"""Find parts of a small picture that a random walk from a place would hardly leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from engine.arrays import Doubles, Flags, Mask
from engine.selecting.pieces import EDGE, Parts

STRICT: Final = (1.0, 2.5)
"""How much a border holds a walk up."""
TIRED: Final = (1e-4, 2e-2)
"""How easily a walk ends anywhere: one that tires easily stays near."""
SHARES: Final = (0.08, 0.2, 0.35, 0.5, 0.65, 0.8)
"""A part is what is reached, from the border of the picture or from the place, by so many."""


def walked(parts: Parts, x: int, y: int, around: Mask) -> Iterator[Mask]:
    """Yield parts (h, w) that hold the piece at (x, y), in no order; many are alike.

    Of each piece it is asked how likely a walk from there comes to (x, y) before it comes to
    ``around`` (random walker; Grady 2006). Borders of a strong edge or a change of colour are
    hardly crossed.

    Args:
        parts: the pieces of the picture.
        x, y: the place.
        around: (h, w) bool, what surely lies outside.
    """
    start = int(parts.labels[y, x])
    fixed = np.zeros(parts.count, bool)
    fixed[np.unique(parts.labels[around])] = fixed[start] = True
    for strict in STRICT:
        flow = _flow(parts, strict)
        for tired in TIRED:
            likely = _likely(flow, tired * parts.areas, fixed, start)
            reached = likely[parts.labels]
            yield from (reached > share for share in SHARES)


def _flow(parts: Parts, strict: float) -> Doubles:
    """Return (n, n), how easily each border is crossed, negative; each row's sum is 0."""
    out = np.zeros((parts.count, parts.count))
    if parts.borders:
        one, other = np.array(list(parts.borders)).T
        length, steep = np.array(list(parts.borders.values())).T
        apart = np.linalg.norm(parts.means[one] - parts.means[other], axis=1)
        apart += steep / length / EDGE
        ease = length * np.exp(-strict * apart / (np.median(apart) + 1e-3)) + 1e-6
        out[one, other] = out[other, one] = -ease
    np.fill_diagonal(out, -out.sum(axis=1))
    return out


def _likely(flow: Doubles, lost: Doubles, fixed: Flags, start: int) -> Doubles:
    """Return (n,), how likely a walk from each piece comes to ``start``."""
    out = np.zeros(len(flow))
    out[start] = 1.0
    free = np.flatnonzero(~fixed)
    if len(free):
        usual = -flow[flow < 0].mean()
        inner = flow[np.ix_(free, free)] + np.diag(usual * lost[free])
        out[free] = np.linalg.solve(inner, -flow[free, start])
    return out
