"""Find where the mask will reach once it is grown before filling; numpy and cv2 only."""

from __future__ import annotations

import math

import cv2
import numpy as np

from engine.arrays import Floats
from engine.geometry import Box
from engine.views.growth import grown_by_width
from engine.views.pyramid import Pyramid

Loop = Floats
FINEST = 768
MANY = 200
CUT = 0.5
"""Pixels by which an outline with fewer points may differ."""


def grown_outlines(mask_levels: Pyramid, share: float) -> list[Loop]:
    """Return the outlines of the mask grown by ``share`` of its width, as it will be filled.

    Each hole is looked at where its longer side has at most 768 pixels, so this takes
    milliseconds on any photo; more than 200 holes are looked at together. What is seen there at a
    reduced size is rounded up: nothing beyond the outline is filled.

    Returns:
        (N, 2) float32 loops of photo positions (x, y).
    """
    coarse = mask_levels.levels[-1].astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(coarse, connectivity=8)
    if share <= 0 or count < 2:
        return []
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h in stats[1:count, :4].tolist()]
    if len(boxes) > MANY:
        boxes = [Box.of(coarse)]
    return [loop for cells in boxes for loop in _outlines(mask_levels, cells, share)]


def _outlines(levels: Pyramid, cells: Box, share: float) -> list[Loop]:
    """Return the loops of the holes in ``cells`` of the coarsest level."""
    level = levels.depth
    while level > 0 and max(cells.width, cells.height) * 2 <= FINEST:
        level -= 1
        cells = Box(*(2 * side for side in cells)).clip(Box.of(levels.levels[level]))
    whole = levels.levels[level]
    inner = Box.around(whole[cells.slices].astype(bool))
    if inner is None:
        return []
    hole = inner.shift(cells.left, cells.top)
    area = hole.grow(math.ceil(share * min(hole.width, hole.height)) + 3)
    patch = np.zeros((area.height, area.width), bool)
    patch[hole.within(area).slices] = whole[hole.slices]
    grown = grown_by_width(patch, share, up=level > 0).view(np.uint8)
    if 0 < level <= 2:  # coarser cells are rounded up by more than the outline errs
        grown = np.asarray(cv2.dilate(grown, np.ones((3, 3), np.uint8)), np.uint8)
    found, _ = cv2.findContours(grown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    loops = [cv2.approxPolyDP(loop, CUT, True) for loop in found]
    corner = np.array([area.left + 0.5, area.top + 0.5], np.float32)
    return [(loop[:, 0, :] + corner) * (1 << level) for loop in loops]
