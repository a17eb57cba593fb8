"""Copy from farther away where a user lets little be copied of what is near a hole."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from engine.arrays import AnyArray, Floats, Mask
from engine.geometry import Box

CELL: Final = 16
"""Places are chosen in steps of so many pixels."""
LEAST: Final = 256
MOST: Final = 1024
"""A place farther away is as large as the window, but no smaller and no larger than these."""
FAR: Final = 0.2
"""Share of the best offer that a place as far away as the photo is large must offer more."""
GAP: Final = 16
"""Pixels between what is near and what is farther away, so that no patch holds of both."""


def richest(allowed: Mask, around: Box) -> Box | None:
    """Return the place outside a window that offers most to copy.

    Args:
        allowed: (H, W) bool, what of the whole photo may be copied.
        around: the window.

    Returns:
        A box around allowed pixels; None where there are none outside the window.
    """
    cells = _cells(allowed, around)
    side = min(max(around.width, around.height, LEAST), MOST) // CELL
    rows, cols = (min(side, n) for n in cells.shape)
    total = cv2.integral(cells)
    offer = (
        total[rows:, cols:] - total[:-rows, cols:] - total[rows:, :-cols] + total[:-rows, :-cols]
    )
    if offer.max() <= 0:
        return None
    down = (np.arange(len(offer)) + rows / 2) * CELL - (around.top + around.bottom) / 2
    across = (np.arange(offer.shape[1]) + cols / 2) * CELL - (around.left + around.right) / 2
    away = np.hypot(down[:, None], across) / np.hypot(*allowed.shape)
    best = int((offer / offer.max() - FAR * away).argmax())
    top, left = divmod(best, offer.shape[1])
    cells_box = Box(left, top, left + cols, top + rows)
    box = Box(*(side * CELL for side in cells_box)).clip(Box.of(allowed))
    own = Box.around(allowed[box.slices])
    return None if own is None else own.shift(box.left, box.top)


def _cells(allowed: Mask, around: Box) -> Floats:
    """Return how many pixels each cell of the photo offers, 0 within the window."""
    h, w = allowed.shape
    size = -(-w // CELL), -(-h // CELL)
    outside = allowed.copy()
    outside[around.slices] = False
    more = 0, size[1] * CELL - h, 0, size[0] * CELL - w
    whole = cv2.copyMakeBorder(outside.view(np.uint8) * 255, *more, cv2.BORDER_CONSTANT)
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.float32)


def side_by_side(near: AnyArray, far: AnyArray) -> AnyArray:
    """Return two arrays (h, w, ...) as one, ``near`` in its top left corner.

    What lies between and below is 0, or the last pixels of each picture go on there.
    """
    height = max(len(near), len(far))
    kind = cv2.BORDER_REPLICATE if near.ndim == 3 else cv2.BORDER_CONSTANT
    parts = []
    for part, gap in ((near, GAP), (far, 0)):
        values = part.view(np.uint8) if part.dtype == np.bool_ else part
        wide = cv2.copyMakeBorder(values, 0, height - len(part), 0, gap, kind)
        parts.append(np.asarray(wide).view(part.dtype))
    return np.concatenate(parts, axis=1)
