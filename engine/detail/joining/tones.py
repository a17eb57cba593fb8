"""Bring what a fill is held to into the tones of the place a user wants copied."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask
from engine.detail.pyramid import Level

RANGE: Final = 0.1, 0.9
"""What lies between these shares of the place's own tones is one of them."""
SPREAD: Final = 0.5
LEAST: Final = 0.02
"""So far outside, in widths of that range and in full white more, a guide is moved all the way."""


def retoned(guide: Floats, level: Level, where: Mask | None = None) -> Floats:
    """Move a guide to the middle of the tones that may be copied, as far as it is none of them.

    Held to a guide of quite other colours, the search would take what comes nearest to them: the
    palest corner of a dark place, over and over.

    Args:
        guide: (h, w, 3) float32 in [0, 1].
        level: of the same size.
        where: (h, w) bool, what of the guide is to take the tones; the hole if None.

    Returns:
        (h, w, 3) float32 in [0, 1]; the guide itself where its mean there is a tone of the
        place, in every channel.
    """
    offered, wanted = level.image[level.allowed], guide[level.hole if where is None else where]
    if not len(offered) or not len(wanted):
        return guide
    low, middle, high = np.quantile(offered, (RANGE[0], 0.5, RANGE[1]), axis=0)
    mean = wanted.mean(axis=0)
    off = float(np.abs(mean - np.clip(mean, low, high)).max())
    share = min(1.0, off / (SPREAD * float((high - low).max()) + LEAST))
    return np.clip(guide + share * (middle - mean), 0, 1).astype(np.float32) if share else guide


def surrounded(level: Level) -> Level:
    """Return a level with what may not be copied in the tones of what may.

    Without a guide a fill begins at its rim, and would keep to what comes nearest to that.
    """
    hole = level.hole.astype(np.uint8)
    rim = (cv2.dilate(hole, np.ones((5, 5), np.uint8)) > 0) & ~level.hole
    if not rim.any():
        return level
    other = ~(level.hole | level.allowed)[..., None]
    return replace(level, image=np.where(other, retoned(level.image, level, rim), level.image))
