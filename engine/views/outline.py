"""Find where the mask will reach once it is grown before filling; numpy and cv2 only."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.geometry import Box
from engine.views.pyramid import Pyramid
from engine.views.strokes import grown

Loop = NDArray[np.float32]
FINEST = 512
MOST_HOLES = 60


def grown_outlines(mask_levels: Pyramid, share: float) -> list[Loop]:
    """Return the outlines of every hole grown by ``share`` of its longer side.

    Each hole is looked at where its longer side has at most 512 pixels, so this takes
    milliseconds on any photo. With very many holes none is outlined.

    Returns:
        (N, 2) float32 loops of photo positions (x, y).
    """
    coarse = mask_levels.levels[-1].astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(coarse, connectivity=8)
    if share <= 0 or count - 1 > MOST_HOLES:
        return []
    loops: list[Loop] = []
    for left, top, width, height in stats[1:count, :4].tolist():
        cells = Box(left, top, left + width, top + height)
        loops += _outlines(mask_levels, cells, share)
    return loops


def _outlines(levels: Pyramid, cells: Box, share: float) -> list[Loop]:
    """Return the loops of the hole in ``cells`` of the coarsest level."""
    level = levels.depth
    while level > 0 and max(cells.width, cells.height) * 2 <= FINEST:
        level -= 1
        cells = Box(*(2 * side for side in cells)).clip(Box.of(levels.levels[level]))
    whole = levels.levels[level]
    inner = Box.around(whole[cells.slices].astype(bool))
    if inner is None:
        return []
    hole = inner.shift(cells.left, cells.top)
    pixels = max(round(share * max(hole.width, hole.height)), 1)
    area = hole.grow(pixels + 1)
    patch = np.zeros((area.height, area.width), bool)
    patch[hole.within(area).slices] = whole[hole.slices]
    loops, _ = cv2.findContours(
        grown(patch, pixels).view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_TC89_L1
    )
    corner = np.array([area.left + 0.5, area.top + 0.5], np.float32)
    return [(loop[:, 0, :] + corner) * (1 << level) for loop in loops]
