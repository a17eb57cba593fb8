"""Measure how much results differ, and pick the most different ones."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from engine.arrays import AnyArray, Floats, Mask

SIDE = 64
LITTLE_CHOICE = 3.0

Small = Floats


def small(patch: AnyArray, hole: Mask) -> Small:
    """Return the coarse look of a result inside its hole.

    Args:
        patch: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool.

    Returns:
        (n, 3) float32 in 8-bit levels: the low-passed pixels of a 64x64 picture that lie at
        least half inside the hole, the best-covered one if none does.
    """
    scale = 1 / 257 if patch.dtype == np.uint16 else 1.0
    area = (SIDE, SIDE)
    colours = cv2.resize(patch, area, interpolation=cv2.INTER_AREA).astype(np.float32) * scale
    cover = cv2.resize(hole.astype(np.float32), area, interpolation=cv2.INTER_AREA)
    inside = cover >= min(0.5, float(cover.max()))
    smooth: Floats = np.asarray(cv2.GaussianBlur(colours, (0, 0), 1.0), np.float32)
    return smooth[inside]


def distance(one: Small, other: Small) -> float:
    """Return the root mean square difference of two looks, in 8-bit levels."""
    return float(np.sqrt(np.mean((one - other) ** 2)))


def most_different(looks: Sequence[Small], fixed: Sequence[Small], count: int) -> list[int]:
    """Return the indices of ``count`` looks far from each other and from the ``fixed`` ones.

    Farthest point first: each pick has the largest distance to the nearest one taken before.
    Without fixed looks, the pick farthest from the average begins.
    """
    if not looks:
        return []
    taken = list(fixed) or [np.mean(looks, axis=0)]
    nearest = np.array([min(distance(look, held) for held in taken) for look in looks])
    picks: list[int] = []
    while len(picks) < min(count, len(looks)):
        best = int(np.argmax(nearest))
        picks.append(best)
        nearest = np.minimum(nearest, [distance(look, looks[best]) for look in looks])
        nearest[picks] = -1
    return picks


def spread(looks: Sequence[Small]) -> float:
    """Return the root mean square deviation of the looks from their mean, in 8-bit levels."""
    if len(looks) < 2:
        return 0.0
    return float(np.sqrt(np.mean(np.var(np.stack(looks), axis=0))))
