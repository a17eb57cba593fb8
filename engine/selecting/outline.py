"""Follow an outline that was found in a small copy up to the photo's own pixels."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Levels, Mask, Pixels
from engine.geometry import Box
from engine.record.tiling import tiles
from engine.selecting.reduced import reduced
from engine.views.strokes import Stamp

FINER: Final = 3.0
LARGEST: Final = 1600
"""Pixels of the longer side of the finest copy; a larger thing's outline is scaled up from it."""
BAND: Final = 2.0
_SMOOTH: Final = 12.0
"""Grey levels of steps that are no edges."""


def refined(image: Pixels, window: Box, cut: Mask) -> Stamp | None:
    """Return ``cut``, a mask (h, w) of a small copy of ``window``, at the photo's own size.

    Each finer copy moves the outline, within what a pixel of the coarser one covers, to the edges
    of the photo there (guided filter; He, Sun and Tang 2013).
    """
    inner = Box.around(cut)
    if inner is None:
        return None
    step = max(window.width, window.height) / max(cut.shape)
    box = _enlarged(inner.grow(2), step, window)
    soft = _cropped(cut, window, box, step)
    longest = max(soft.shape)
    target = min(max(box.width, box.height), LARGEST)
    while longest < target:
        longest = min(math.ceil(longest * FINER), target)
        small, _ = reduced(image, box, longest)
        ratio = max(small.shape) / max(soft.shape)
        size = small.shape[1], small.shape[0]
        grown = np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR), np.float32)
        soft = snapped(small, grown, max(round(BAND * ratio), 2))
    if soft.shape != (box.height, box.width):
        size = box.width, box.height
        soft = np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR), np.float32)
    cover = np.asarray(soft > 0.5, bool)
    return Stamp(box, cover) if cover.any() else None


def _enlarged(inner: Box, step: float, window: Box) -> Box:
    """Return the photo pixels of a box of the small copy of ``window``."""
    left, top = math.floor(inner.left * step), math.floor(inner.top * step)
    right, bottom = math.ceil(inner.right * step), math.ceil(inner.bottom * step)
    return Box(left, top, right, bottom).shift(window.left, window.top).clip(window)


def _cropped(cut: Mask, window: Box, box: Box, step: float) -> Floats:
    """Return the part ``box`` of the photo of a small mask of ``window``, float32 in [0, 1]."""
    at = box.within(window)
    size = max(round(box.width / step), 1), max(round(box.height / step), 1)
    across = np.linspace(at.left / step, at.right / step, size[0], endpoint=False) + 0.5 * (
        at.width / step / size[0] - 1
    )
    down = np.linspace(at.top / step, at.bottom / step, size[1], endpoint=False) + 0.5 * (
        at.height / step / size[1] - 1
    )
    xs, ys = np.meshgrid(across.astype(np.float32), down.astype(np.float32))
    found = cv2.remap(
        cut.astype(np.float32), xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(found, np.float32)


def snapped(guide: Levels, soft: Floats, reach: int) -> Floats:
    """Return a soft mask (h, w) in [0, 1] whose outline follows the edges of ``guide`` (h, w, 3).

    Only within ``reach`` pixels of where it passes 0.5 does it change; elsewhere it is 0 or 1.
    """
    hard = (soft > 0.5).view(np.uint8)
    side = 2 * reach + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    inside = cv2.erode(hard, disc, borderType=cv2.BORDER_REPLICATE)
    reached = cv2.dilate(hard, disc, borderType=cv2.BORDER_REPLICATE)
    out = inside.astype(np.float32)
    band = reached > inside
    whole = Box.of(out)
    for tile in tiles(whole, whole):
        if band[tile.slices].any():
            room = tile.grow(2 * reach).clip(whole)
            moved = _filtered(guide[room.slices], soft[room.slices], reach)
            near = band[tile.slices]
            out[tile.slices][near] = np.clip(moved[tile.within(room).slices][near], 0, 1)
    return out


def _filtered(guide: Levels, soft: Floats, reach: int) -> Floats:
    """Return the guided filter of ``soft`` with a colour guide."""
    side = (2 * reach + 1,) * 2

    def mean(values: Floats) -> Floats:
        return np.asarray(cv2.blur(values, side), np.float32)

    picture = guide.astype(np.float32)
    middle, base = mean(picture), mean(soft)
    slant = mean(picture * soft[..., None]) - middle * base[..., None]
    spread = {}
    for a in range(3):
        for b in range(a, 3):
            spread[a, b] = mean(picture[..., a] * picture[..., b]) - middle[..., a] * middle[..., b]
    slopes = _solved(spread, slant)
    offset = base - (slopes * middle).sum(axis=2)
    return np.asarray(mean(offset) + (mean(slopes) * picture).sum(axis=2), np.float32)


def _solved(spread: dict[tuple[int, int], Floats], slant: Floats) -> Floats:
    """Return (h, w, 3), the solution of a symmetric 3 x 3 system for each pixel."""
    little = np.float32(_SMOOTH * _SMOOTH)
    a, b, c = spread[0, 0] + little, spread[0, 1], spread[0, 2]
    d, e, f = spread[1, 1] + little, spread[1, 2], spread[2, 2] + little
    aa, bb, cc = d * f - e * e, c * e - b * f, b * e - c * d
    dd, ee, ff = a * f - c * c, b * c - a * e, a * d - b * b
    size = a * aa + b * bb + c * cc
    x, y, z = slant[..., 0], slant[..., 1], slant[..., 2]
    found = np.stack(
        [aa * x + bb * y + cc * z, bb * x + dd * y + ee * z, cc * x + ee * y + ff * z], axis=2
    )
    return np.asarray(found / size[..., None], np.float32)
