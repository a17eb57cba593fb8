"""Halve a window again and again without letting the hole bleed into what is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from engine.detail.descriptors import RADIUS
from engine.pixels import Floats, Image, Mask, peak

THIN: Final = 4.0
"""The coarsest level is the first at which the hole is at most this many pixels deep."""
FEWEST_SOURCES: Final = 64


@dataclass(frozen=True)
class Level:
    """Hold one size of a window.

    Attributes:
        image: (h, w, 3) float32 in [0, 1], 0 in the hole.
        hole: (h, w) bool, True = fill.
        allowed: (h, w) bool, True where every photo pixel below may be copied; never in the hole.
    """

    image: Floats
    hole: Mask
    allowed: Mask


def build(window: Image, hole: Mask, allowed: Mask) -> list[Level]:
    """Return the window at full, half, quarter ... size, finest first.

    Args:
        window: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool, True = fill; not empty.
        allowed: (h, w) bool, False where nothing may be copied from.

    Returns:
        At least one level. It stops where the hole is thin, or would vanish, or where too few
        patches to copy would be left.
    """
    known = (~hole).astype(np.float32)
    image = window.astype(np.float32)
    image *= np.float32(1 / peak(window))
    image *= known[..., None]
    levels = [Level(image, hole, allowed & ~hole)]
    depth = depth_of(hole).max()
    while depth > THIN:
        coarser = _halve(levels[-1])
        if not coarser.hole.any() or patch_centres(coarser.allowed).sum() < FEWEST_SOURCES:
            break
        levels.append(coarser)
        depth /= 2
    return levels


def depth_of(hole: Mask) -> Floats:
    """Return (h, w) float32: pixels from each hole pixel to the known, the border known too."""
    padded = np.pad(hole.astype(np.uint8), 1)
    return np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)


def patch_centres(allowed: Mask) -> Mask:
    """Return (h, w) bool, True where a whole patch may be copied."""
    square = np.ones((2 * RADIUS + 1, 2 * RADIUS + 1), np.uint8)
    inner = cv2.erode(
        allowed.astype(np.uint8), square, borderType=cv2.BORDER_CONSTANT, borderValue=(0,)
    )
    return inner.astype(bool)


def halve(values: Floats) -> Floats:
    """Average 2 x 2 cells; an odd last row or column is averaged with nothing (0)."""
    h, w = values.shape[:2]
    even = cv2.copyMakeBorder(values, 0, h % 2, 0, w % 2, cv2.BORDER_CONSTANT)
    size = ((w + 1) // 2, (h + 1) // 2)
    return np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA), np.float32)


def _halve(level: Level) -> Level:
    share = halve((~level.hole).astype(np.float32))
    hole = share < 0.5
    image = halve(level.image) / np.maximum(share, 1e-6)[..., None]
    image[hole] = 0
    return Level(image, hole, halve(level.allowed.astype(np.float32)) > 0.999)
