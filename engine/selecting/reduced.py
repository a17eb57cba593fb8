"""Make a small copy of a part of a photo to look for things in."""

from __future__ import annotations

import cv2
import numpy as np

from engine.arrays import Levels, Pixels
from engine.geometry import Box
from engine.pixels import to_eight_bits


def reduced(image: Pixels, box: Box, longest: int) -> tuple[Levels, float]:
    """Return ``box`` of ``image`` (H, W, 3) as uint8, at most ``longest`` pixels long.

    Returns:
        (h, w, 3) uint8, and how many photo pixels one of its pixels is wide, at least 1.
    """
    part = image[box.slices]
    step = max(box.width, box.height) / longest
    if step <= 1:
        return np.ascontiguousarray(to_eight_bits(part)), 1.0
    size = max(round(box.width / step), 1), max(round(box.height / step), 1)
    small = cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_AREA)
    return to_eight_bits(small), step
