"""Fill a hole with OpenCV's classical method: little memory, no network, nothing fine.

It is the last resort, where neither the network nor the synthesis from the photo can work. Method:
Telea, An Image Inpainting Technique Based on the Fast Marching Method, 2004.
"""

from __future__ import annotations

import cv2
import numpy as np

from engine.arrays import Mask, Pixels
from engine.geometry import Box
from engine.result import Result

RADIUS = 5
DEVICE = "CPU: OpenCV's classical fill"
_MARGIN = 16


def classical(image: Pixels, mask: Mask, seed: int = 0, box: Box | None = None) -> Result:
    """Fill the holes of a mask, each pixel from what is known around it.

    Args:
        image: (H, W, 3) uint8 or uint16 RGB.
        mask: (H, W) bool, True where unknown.
        seed: is only passed on.
        box: fill what is unknown in here alone; all of the mask by default.
    """
    box = box or Box.around(mask) or Box(0, 0, 0, 0)
    return Result(box, classical_fill(image, box, mask), seed, DEVICE, ())


def classical_fill(image: Pixels, box: Box, mask: Mask) -> Pixels:
    """Return ``box`` of the photo with its holes closed from the edges inward.

    Args:
        image: (H, W, 3) uint8 or uint16 RGB.
        box: what to fill.
        mask: (H, W) bool, True where unknown, in the box and around it.

    Returns:
        (box.height, box.width, 3) of the photo's type, equal to the photo outside the mask.
    """
    near = box.grow(_MARGIN).clip(Box.of(image))
    hole = mask[near.slices].astype(np.uint8)
    part = image[near.slices]
    planes = [
        cv2.inpaint(np.ascontiguousarray(part[..., channel]), hole, RADIUS, cv2.INPAINT_TELEA)
        for channel in range(3)
    ]
    filled = np.dstack(planes)[box.within(near).slices]
    return np.where(mask[box.slices][..., None], filled, image[box.slices])
