"""Fill a hole with OpenCV's classical method: little memory, no network, nothing fine.

It is the last resort, where neither the network nor the synthesis from the photo can work. Method:
Telea, An Pixels Inpainting Technique Based on the Fast Marching Method, 2004.
"""

from __future__ import annotations

import cv2
import numpy as np

from engine.arrays import Mask, Pixels
from engine.geometry import Box

RADIUS = 5
_MARGIN = 16


def classical_fill(image: Pixels, box: Box, mask: Mask) -> Pixels:
    """Return ``box`` of the photo with its hole closed from the edges inward.

    Args:
        image: (H, W, 3) uint8 or uint16 RGB.
        box: where the hole is.
        mask: (box.height, box.width) bool, True = fill.

    Returns:
        (box.height, box.width, 3) of the photo's type, equal to the photo outside the mask.
    """
    near = box.grow(_MARGIN).clip(Box.of(image))
    hole = np.zeros((near.height, near.width), np.uint8)
    hole[box.within(near).slices] = mask
    part = image[near.slices]
    planes = [
        cv2.inpaint(np.ascontiguousarray(part[..., channel]), hole, RADIUS, cv2.INPAINT_TELEA)
        for channel in range(3)
    ]
    filled = np.dstack(planes)[box.within(near).slices]
    return np.where(mask[..., None], filled, image[box.slices])
