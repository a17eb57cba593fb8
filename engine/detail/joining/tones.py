"""Bring what a fill is held to into the tones of the place a user wants copied."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.arrays import Floats
from engine.detail.pyramid import Level

RANGE: Final = 0.1, 0.9
"""What lies between these shares of the place's own tones is one of them."""
SPREAD: Final = 0.5
LEAST: Final = 0.02
"""So far outside, in widths of that range and in full white more, a guide is moved all the way."""


def retoned(guide: Floats, level: Level) -> Floats:
    """Move a guide to the middle of the tones that may be copied, as far as it is none of them.

    Held to a guide of quite other colours, the search would take what comes nearest to them: the
    palest corner of a dark place, over and over.

    Args:
        guide: (h, w, 3) float32 in [0, 1].
        level: of the same size.

    Returns:
        (h, w, 3) float32 in [0, 1]; the guide itself where its mean in the hole is a tone of the
        place, in every channel.
    """
    offered, wanted = level.image[level.allowed], guide[level.hole]
    if not len(offered) or not len(wanted):
        return guide
    low, middle, high = np.quantile(offered, (RANGE[0], 0.5, RANGE[1]), axis=0)
    mean = wanted.mean(axis=0)
    off = float(np.abs(mean - np.clip(mean, low, high)).max())
    share = min(1.0, off / (SPREAD * float((high - low).max()) + LEAST))
    return np.clip(guide + share * (middle - mean), 0, 1).astype(np.float32) if share else guide
