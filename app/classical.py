"""Fill a hole from the photo alone, without the network, for comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from app.pyramid import to_eight_bits
from engine.geometry import Box

if TYPE_CHECKING:
    from app.document import Mask, Pixels

SIDE = 384
REACH = 5


def photo_only(image: Pixels, box: Box, mask: Mask) -> Pixels:
    """Continue the surroundings into the hole by Telea's fast marching, at a reduced size.

    Args:
        image: (H, W, 3) uint8 or uint16.
        box: the hole's box.
        mask: (box.height, box.width) bool.

    Returns:
        (box.height, box.width, 3) in the dtype of the photo, equal to it outside the mask.
    """
    window = box.grow(8 + max(box.width, box.height) // 8).clip(Box.of(image))
    scale = min(1.0, SIDE / max(window.width, window.height))
    size = max(round(window.width * scale), 1), max(round(window.height * scale), 1)
    hole = np.zeros((window.height, window.width), np.uint8)
    hole[box.within(window).slices] = mask
    coarse = to_eight_bits(cv2.resize(image[window.slices], size, interpolation=cv2.INTER_AREA))
    cover = (cv2.resize(hole * 255, size, interpolation=cv2.INTER_AREA) > 0).astype(np.uint8)
    filled = cv2.inpaint(np.ascontiguousarray(coarse), cover, REACH, cv2.INPAINT_TELEA)
    full = cv2.resize(filled, (window.width, window.height), interpolation=cv2.INTER_CUBIC)
    out = image[box.slices].copy()
    inside = full[box.within(window).slices][mask]
    out[mask] = inside.astype(image.dtype) * (257 if image.dtype == np.uint16 else 1)
    return out
