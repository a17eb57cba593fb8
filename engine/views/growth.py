"""Grow a mask by a share of its own width, place by place; numpy and cv2 only."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np

from engine.arrays import Floats, Levels, Longs, Mask
from engine.geometry import Box
from engine.record.tiling import tiles

SURVEY = 512
"""Longer side, in cells, at which widths are measured."""
RATIO = 1.2


def grown_by_width(mask: Mask, share: float, *, up: bool = False) -> Mask:
    """Return ``mask`` grown by ``share`` of how wide it is, each place by its own width.

    The width of a place is the diameter of the largest disc inside the mask that covers it (local
    thickness, Hildebrand and Rüegsegger 1997): a thin line that leaves a thick spot grows as a
    thin line does. However many parts there are, none grows more than it would alone.

    Args:
        mask: (H, W) bool.
        share: of the width; 0 for none. Every place grows by a pixel at least.
        up: round up what it grows by, half a pixel more for what a reduced mask has lost.

    Returns:
        (H, W) bool, cut at the array's edges.
    """
    out, painted = mask.copy(), Box.around(mask)
    if share <= 0 or painted is None:
        return out
    near = np.ascontiguousarray(mask[painted.slices]).view(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    for x, y, width, height in stats[1:count, :4].tolist():
        part = Box(x, y, x + width, y + height).shift(painted.left, painted.top)
        step = max(math.ceil(max(width, height) / SURVEY), 1)
        grows = _widths(mask[part.slices], step, 1 / share) * share
        growth = np.maximum(np.ceil(grows + 0.5) if up else np.rint(grows), 1)
        most = int(growth.max())
        grown = part.grow(most).clip(Box.of(mask))
        for tile in (square.clip(grown) for square in tiles(grown, Box.of(mask))):
            around = tile.grow(most).clip(part)
            if not around.empty and mask[around.slices].any() and not mask[tile.slices].all():
                cells = around.within(part)
                fine = growth[np.ix_(_indices(cells.top, cells.bottom, step),
                                     _indices(cells.left, cells.right, step))]  # fmt: skip
                out[tile.slices] |= _reached(mask[around.slices], fine, around, tile)
    return out


def _indices(start: int, stop: int, step: int) -> Longs:
    return np.arange(start, stop) // step


def _reached(mask: Mask, growth: Floats, around: Box, tile: Box) -> Mask:
    """Return what of ``tile`` lies in the mask of ``around`` or within its nearest growth."""
    both = around.union(tile)
    off = np.ones((both.height, both.width), np.uint8)
    off[around.within(both).slices] = ~mask
    away, labels = cv2.distanceTransformWithLabels(
        off, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    own = labels[around.within(both).slices]
    reach = np.zeros(int(labels.max()) + 1, np.float32)
    reach[own[mask]] = growth[mask]
    inner = tile.within(both).slices
    return np.asarray(away[inner] <= reach[labels[inner]], bool)


def _widths(mask: Mask, step: int, thin: float) -> Floats:
    """Return the local thickness of ``mask`` in pixels, one value for every ``step`` pixels.

    Widths below ``thin`` pixels are not told apart.
    """
    cells = _pooled(mask, step)
    padded = np.pad(cells, 1)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    widths = depth.copy()
    for radius in _radii(max(thin / (2 * step), 1.0), float(depth.max())):
        core = (depth < radius).view(np.uint8)
        near = cv2.distanceTransform(core, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) < radius
        widths[near] = radius
    return np.asarray((2 * widths - 1) * step, np.float32)


def _radii(least: float, deepest: float) -> Iterator[float]:
    """Yield the radii that are told apart, up to ``deepest`` in even ratios."""
    ratio = max(deepest / least, 1.0)
    count = math.ceil(math.log(ratio) / math.log(RATIO))
    return (least * ratio ** (n / count) for n in range(1, count + 1))


def _pooled(mask: Mask, step: int) -> Levels:
    """Return which squares of ``step`` pixels hold any of the mask, uint8."""
    height, width = mask.shape
    padded = np.pad(mask, ((0, -height % step), (0, -width % step)))
    rows, columns = padded.shape[0] // step, padded.shape[1] // step
    cells = padded.reshape(rows, step, columns, step).any(axis=(1, 3))
    return np.asarray(cells, np.uint8)
