"""Copy from farther away: where little may be copied near a hole, or a twin is seen elsewhere."""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np

from engine.arrays import AnyArray, Floats, Mask, Pixels, Place
from engine.geometry import Box
from engine.windows.canvas import Canvas
from engine.windows.compose import rim_distance

WHOLLY: Final = 0.999
CELL: Final = 16
"""Places are chosen in steps of so many pixels."""
LEAST: Final = 256
MOST: Final = 1024
"""A place farther away is as large as the window, but no smaller and no larger than these."""
FAR: Final = 0.2
"""Share of the best offer that a place as far away as the photo is large must offer more."""
WHOLE: Final = 256
"""A twin lies a multiple of so many columns away, which is whole at every size of a window."""
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


def side_by_side(near: AnyArray, far: AnyArray, gap: int = GAP) -> AnyArray:
    """Return two arrays (h, w, ...) as one, ``near`` in its top left corner.

    What lies between (``gap`` pixels) and below is 0, or the last pixels of each picture go on.
    """
    height = max(len(near), len(far))
    kind = cv2.BORDER_REPLICATE if near.ndim == 3 else cv2.BORDER_CONSTANT
    parts = []
    for part, more in ((near, gap), (far, 0)):
        values = part.view(np.uint8) if part.dtype == np.bool_ else part
        wide = cv2.copyMakeBorder(values, 0, height - len(part), 0, more, kind)
        parts.append(np.asarray(wide).view(part.dtype))
    return np.concatenate(parts, axis=1)


class Beside(NamedTuple):
    """Hold a window with what is seen elsewhere to its right.

    Attributes:
        window: (h, w + x, 3) of the photo's type.
        hole, free: (h, w + x) bool, what is to be filled and what may be copied.
        shift: columns from any place to the one that looks like it.
    """

    window: Pixels
    hole: Mask
    free: Mask
    shift: int


def twin_beside(canvas: Canvas, twin: Place, around: Box, window: Beside) -> Beside:
    """Lay the twin of a hole beside a window, as it lies over it.

    Args:
        canvas: of the photo.
        twin: of ``Canvas.twin``.
        around: what of the photo the window shows, in its top left corner.
        window: with nothing beside it.
    """
    h, w = window.hole.shape
    corner = np.array([around.left, around.top])
    corners = corner + np.array([(0, 0), (w, 0), (0, h), (w, h)])
    x, y = twin[:, :2] @ corners.T + twin[:, 2:]
    part = Box.hull(x, y, 4).clip(canvas.extent)
    move = twin[:, 2] + twin[:, :2] @ corner - [part.left, part.top]
    place = np.column_stack([twin[:, :2], move])
    photo = spread(canvas.photo[part.slices], canvas.mask[part.slices])
    kind = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    pixels = np.asarray(cv2.warpAffine(photo, place, (w, h), flags=kind))
    # cubic curves reach a pixel beyond what they look up
    inner = cv2.erode(canvas.allowed(part).astype(np.float32), np.ones((3, 3)))
    free = moved(np.asarray(inner, np.float32), place, (w, h)) > WHOLLY
    gap = -(-(w + GAP) // WHOLE) * WHOLE - w
    pairs = (window.window, pixels), (window.hole, np.zeros_like(free)), (window.free, free)
    wide, hole, allowed = (side_by_side(near, far, gap) for near, far in pairs)
    return Beside(wide, hole, allowed, w + gap)


def moved(values: Floats, place: Place, size: tuple[int, int]) -> Floats:
    """Return what values (h, w) show at a place, (width, height) of it; 0 beyond them."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(values, place, size, flags=flags), np.float32)


def spread(window: Pixels, hole: Mask) -> AnyArray:
    """Return the window with the nearest known pixel in its hole: what is looked up beside it."""
    if hole.all():
        return window
    _, nearest = rim_distance(hole)
    return np.asarray(window[nearest[..., 0], nearest[..., 1]])
