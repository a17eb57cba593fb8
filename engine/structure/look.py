"""What is seen of a hole when lines are looked for: grey, at a size where they are thin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Levels, Mask, Pixels
from engine.geometry import Box
from engine.pixels import peak

LARGEST: Final = 900
"""Holes are looked at with their surroundings at most so many pixels a side."""
NEAREST: Final = 96
"""Surroundings of a hole reach at least so many pixels, or as far as the hole is long."""
_BAND: Final = 512


@dataclass(frozen=True)
class Look:
    """Show one hole and what is around it.

    Attributes:
        grey: (h, w) float32 in [0, 1]; in the hole, the nearest known brightness.
        hole: (h, w) bool, True where any pixel below is to fill.
        away: (h, w) float32, pixels to the nearest hole, 0 inside.
        box: the photo pixels shown; it may end up to ``step`` pixels beyond them.
        step: photo pixels per pixel.
    """

    grey: Floats
    hole: Mask
    away: Floats
    box: Box
    step: int

    def to_photo(self, points: np.ndarray) -> np.ndarray:
        """Return points (..., 2) x, y of the look in photo pixels, whose centres are whole."""
        corner = np.array([self.box.left, self.box.top], float)
        return np.asarray((points + 0.5) * self.step - 0.5 + corner)

    def from_photo(self, points: np.ndarray) -> np.ndarray:
        """Return points (..., 2) x, y of the photo in pixels of the look."""
        corner = np.array([self.box.left, self.box.top], float)
        return np.asarray((points - corner + 0.5) / self.step - 0.5)


def look_at(image: Pixels, mask: Mask, hole: Box) -> Look:
    """Look at one hole from where all of it and enough around it are seen.

    Args:
        image: (H, W, 3) uint8 or uint16.
        mask: (H, W) bool, True = fill.
        hole: the bounding box of what is to be crossed.
    """
    reach = max(NEAREST, hole.width, hole.height)
    box = hole.grow(reach).clip(Box.of(mask))
    return look_in(image, mask, box, math.ceil(max(box.width, box.height) / LARGEST))


def look_in(image: Pixels, mask: Mask, box: Box, step: int) -> Look:
    """Look at one box of a photo, ``step`` photo pixels to one."""
    unknown = _any(mask[box.slices], step)
    grey = _grey(image[box.slices], mask[box.slices], step)
    away = cv2.distanceTransform((~unknown).astype(np.uint8), cv2.DIST_L2, 5)
    return Look(_nearest(grey, unknown), unknown, np.asarray(away, np.float32), box, step)


def _any(mask: Mask, step: int) -> Mask:
    if step == 1:
        return mask.copy()
    h, w = mask.shape
    padded = np.pad(mask, ((0, -h % step), (0, -w % step)))
    return np.asarray(padded.reshape(-1, step, padded.shape[1] // step, step).any(axis=(1, 3)))


def _grey(image: Pixels, mask: Mask, step: int) -> Floats:
    """Return the mean brightness of each cell, a band of rows at a time."""
    h, w = mask.shape
    out = np.zeros((-(-h // step), -(-w // step)), np.float32)
    weights = np.array([0.299, 0.587, 0.114], np.float32) / peak(image)
    rows = max(1, _BAND // step)
    for first in range(0, len(out), rows):
        bright = image[first * step : (first + rows) * step].astype(np.float32) @ weights
        more = (0, -bright.shape[0] % step, 0, -bright.shape[1] % step)
        part = cv2.copyMakeBorder(bright, *more, cv2.BORDER_REPLICATE)
        size = (part.shape[1] // step, part.shape[0] // step)
        small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        out[first : first + rows] = small
    return out


def _nearest(grey: Floats, hole: Mask) -> Floats:
    """Return the picture with the nearest known brightness in its hole."""
    box = Box.around(hole)
    if box is None or hole.all():
        return grey
    part = box.grow(1).clip(Box.of(hole)).slices  # nothing further is the nearest
    inner, out = hole[part], grey.copy()
    _, labels = cv2.distanceTransformWithLabels(
        inner.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    values = np.zeros(int(labels.max()) + 1, np.float32)
    values[labels[~inner]] = grey[part][~inner]
    out[part] = np.where(inner, values[labels], grey[part])
    return out


def levels(grey: Floats) -> Levels:
    """Return brightness as bytes, for what takes no other."""
    return np.asarray(np.clip(np.rint(grey * 255), 0, 255), np.uint8)
