"""Draw the photo and the mask tint into two buffers the size of the view; no Qt here."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from engine.arrays import AnyArray, Levels
from engine.geometry import Box
from engine.pixels import to_eight_bits
from engine.views.pyramid import Layer, Pyramid
from engine.views.viewport import Viewport

OUTLINE = 255
PIXELATED_FROM = 2.0
_CROSS = cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3))


class Renderer:
    """Keep what is seen: a colour buffer and a tint buffer, redrawn box by box.

    Attributes:
        photo: (H, W, 4) uint8, blue green red unused, as a 32-bit QImage wants it.
        tint: (H, W) uint8; 0 clear, 1 to 254 strength of the tint, 255 the outline.
    """

    def __init__(self) -> None:
        """Start with an empty view."""
        self.viewport = Viewport()
        self.background = (43, 43, 43)
        self.photo: Levels = np.zeros((1, 1, 4), np.uint8)
        self.tint: Levels = np.zeros((1, 1), np.uint8)

    def resize(self, width: int, height: int) -> None:
        """Give the buffers a new size in device pixels; their content is undefined."""
        self.photo = np.zeros((max(height, 1), max(width, 1), 4), np.uint8)
        self.tint = np.zeros((max(height, 1), max(width, 1)), np.uint8)

    def draw_photo(self, pyramid: Pyramid, layers: Sequence[Layer], box: Box) -> None:
        """Draw ``box`` of the view from ``pyramid`` with ``layers`` over it."""
        box = box.clip(self.viewport.box)
        if box.empty:
            return
        inside = self.viewport.photo_box.clip(box)
        if not pyramid.levels[0].size or inside.empty:
            self._clear(box)
            return
        for band in _frame(inside, box):
            self._clear(band)
        colour = to_eight_bits(sample(pyramid, layers, self.viewport, inside))
        self.photo[inside.slices] = cv2.cvtColor(colour, cv2.COLOR_RGB2BGRA)

    def _clear(self, box: Box) -> None:
        """Show the background in ``box``; whole pixels at once, a channel at a time is slow."""
        pixel = np.array([*self.background, 255], np.uint8).view(np.uint32)
        self.photo.view(np.uint32)[..., 0][box.slices] = pixel

    def draw_tint(self, pyramid: Pyramid, layers: Sequence[Layer], box: Box) -> None:
        """Draw the mask's tint and its outline into ``box`` of the view."""
        box = box.clip(self.viewport.box)
        if box.empty:
            return
        self.tint[box.slices] = 0
        inside = self.viewport.photo_box.clip(box)
        around = self.viewport.photo_box.clip(box.grow(2))
        if inside.empty or not pyramid.levels[pyramid.depth].any():
            return
        cover = sample(pyramid, layers, self.viewport, around, scale_by=254)
        if not cover.any():
            return
        solid = (cover > 127).view(np.uint8)
        rim = cv2.morphologyEx(solid, cv2.MORPH_GRADIENT, _CROSS, borderType=cv2.BORDER_REPLICATE)
        cover = np.where(np.asarray(rim, bool), OUTLINE, cover)
        self.tint[inside.slices] = cover[inside.within(around).slices]

    def scroll(self, dx: int, dy: int) -> list[Box]:
        """Shift both buffers by (dx, dy) and return the boxes that must be drawn anew."""
        height, width = self.tint.shape
        whole = Box(0, 0, width, height)
        kept = whole.shift(dx, dy).clip(whole)
        if kept.empty:
            return [whole]
        source = kept.shift(-dx, -dy)
        for buffer in (self.photo, self.tint):
            buffer[kept.slices] = buffer[source.slices].copy()
        return _frame(kept, whole)


def sample(
    pyramid: Pyramid,
    layers: Sequence[Layer],
    viewport: Viewport,
    box: Box,
    scale_by: int | None = None,
) -> AnyArray:
    """Return what ``box`` of the view sees of ``pyramid``.

    Args:
        pyramid: the photo (H, W, 3) or the mask (H, W).
        layers: what lies over it.
        viewport: where the photo lies.
        box: device pixels, within the photo's part of the view.
        scale_by: multiply first; turns a mask of 0 and 1 into 0 and 254.

    Returns:
        (box.height, box.width, ...) in the dtype of the level drawn from.
    """
    level = min(viewport.level, pyramid.depth)
    scale = viewport.scale * (1 << level)
    left, top = (box.left + 0.5 - viewport.x) / scale, (box.top + 0.5 - viewport.y) / scale
    right, bottom = left + box.width / scale, top + box.height / scale
    needed = Box(int(left) - 2, int(top) - 2, int(right) + 3, int(bottom) + 3)
    needed = needed.clip(Box.of(pyramid.levels[level]))
    part = pyramid.part(level, needed, layers)
    part = part.view(np.uint8) if part.dtype == np.bool_ else part
    if scale_by is not None:
        part = cv2.convertScaleAbs(part, alpha=scale_by)
    if scale == 1:
        corner = box.shift(-viewport.x - needed.left, -viewport.y - needed.top)
        return np.ascontiguousarray(part[corner.slices])
    step = 1 / scale
    matrix = np.array(
        [[step, 0, left - 0.5 - needed.left], [0, step, top - 0.5 - needed.top]], np.float64
    )
    smooth = cv2.INTER_NEAREST if scale >= PIXELATED_FROM else cv2.INTER_LINEAR
    return cv2.warpAffine(
        part,
        matrix,
        (box.width, box.height),
        flags=smooth | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _frame(inner: Box, outer: Box) -> list[Box]:
    """Return the boxes that make up ``outer`` without ``inner``, which lies inside."""
    bands = [
        Box(outer.left, outer.top, outer.right, inner.top),
        Box(outer.left, inner.bottom, outer.right, outer.bottom),
        Box(outer.left, inner.top, inner.left, inner.bottom),
        Box(inner.right, inner.top, outer.right, inner.bottom),
    ]
    return [band for band in bands if not band.empty]
