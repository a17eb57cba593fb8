"""Which pixels to look at: separate holes, and a square window with context around each."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import cv2
import numpy as np

from engine.geometry import Box
from engine.pixels import Image, Mask

HOLE_SHARE: Final = 0.4
SURVEY: Final = 1024


class Window(NamedTuple):
    """Pair a square of photo pixels with the bounding box of the holes it is for.

    ``box`` may reach beyond the photo; what lies outside counts as unknown.
    """

    box: Box
    hole: Box

    @property
    def side(self) -> int:
        """Return the side of the square, photo pixels."""
        return self.box.width


def plan(mask: Mask, resolution: int = 256, context: float = 1.0) -> list[Window]:
    """Cover every hole by a window; holes whose windows would overlap share one.

    Args:
        mask: (H, W) bool, True = fill.
        resolution: the network's side; no window is smaller, so nothing small is enlarged.
        context: more than 1 looks wider, less than 1 closer.

    Returns:
        Windows whose hole boxes are disjoint and hold every True of the mask, top to bottom.
    """
    photo = Box.of(mask)
    windows = [_around(hole, photo, resolution, context) for hole in holes(mask)]
    merged: list[Window] = []
    while windows:
        window = windows.pop()
        other = next((w for w in merged if w.box.meets(window.box)), None)
        if other is None:
            merged.append(window)
        else:
            merged.remove(other)
            windows.append(_around(other.hole.union(window.hole), photo, resolution, context))
    return sorted(merged, key=lambda w: (w.hole.top, w.hole.left))


def holes(mask: Mask) -> list[Box]:
    """Return the bounding boxes of the mask's connected parts.

    Large masks are surveyed at reduced size, so parts a few pixels apart may count as one.
    """
    outer = Box.around(mask)
    if outer is None:
        return []
    region = mask[outer.slices]
    step = max(1, math.ceil(max(region.shape) / SURVEY))
    small = _any_pool(region, step)
    count, _, stats, _ = cv2.connectedComponentsWithStats(small, connectivity=8)
    found = []
    for left, top, width, height in stats[1:count, :4].tolist():
        cells = Box(left, top, left + width, top + height)
        rough = Box(*(v * step for v in cells)).clip(Box.of(region))
        tight = Box.around(region[rough.slices])
        assert tight is not None
        found.append(tight.shift(rough.left + outer.left, rough.top + outer.top))
    return found


def _any_pool(region: Mask, step: int) -> np.ndarray:
    h, w = region.shape
    padded = np.zeros((-(-h // step) * step, -(-w // step) * step), bool)
    padded[:h, :w] = region
    cells = padded.reshape(padded.shape[0] // step, step, padded.shape[1] // step, step)
    return np.asarray(cells.any(axis=(1, 3)), np.uint8)


def _around(hole: Box, photo: Box, resolution: int, context: float) -> Window:
    """Centre a square on the hole and push it back into the photo as far as it goes."""
    need = max(hole.width, hole.height)
    side = max(math.ceil(need / HOLE_SHARE * context), need, resolution)
    side = max(need, min(side, max(resolution, photo.width, photo.height)))
    left = _place((hole.left + hole.right - side) // 2, side, photo.width)
    top = _place((hole.top + hole.bottom - side) // 2, side, photo.height)
    return Window(Box(left, top, left + side, top + side), hole)


def _place(start: int, side: int, length: int) -> int:
    if side >= length:
        return (length - side) // 2
    return min(max(start, 0), length - side)


def crop(image: Image, mask: Mask, box: Box) -> tuple[Image, Mask]:
    """Cut a window that may reach beyond the photo; outside is black and counts as hole.

    Returns:
        (S, S, 3) of the image's type and (S, S) bool, True = hole or outside.
    """
    inside = box.clip(Box.of(mask))
    pixels = np.zeros((box.height, box.width, 3), image.dtype)
    hole = np.ones((box.height, box.width), bool)
    target = inside.within(box).slices
    pixels[target] = image[inside.slices]
    hole[target] = mask[inside.slices]
    return pixels, hole
