"""Fill a hole with OpenCV's classical method: little memory, no network, nothing fine.

It is the last resort, where neither the network nor the synthesis from the photo can work. Method:
Telea, An Image Inpainting Technique Based on the Fast Marching Method, 2004.
"""

from __future__ import annotations

import cv2
import numpy as np

from engine.arrays import Mask, Pixels
from engine.detail.guided import TOO_LITTLE
from engine.errors import ImageError
from engine.geometry import Box
from engine.result import Result

RADIUS = 5
DEVICE = "CPU: OpenCV's classical fill"
_MARGIN = 16


def classical(
    image: Pixels,
    mask: Mask,
    seed: int = 0,
    box: Box | None = None,
    sources: Mask | None = None,
) -> Result:
    """Fill the holes of a mask, each pixel from what is known around it.

    Args:
        image: (H, W, 3) uint8 or uint16 RGB.
        mask: (H, W) bool, True where unknown.
        seed: is only passed on.
        box: fill what is unknown in here alone; all of the mask by default.
        sources: (H, W) bool, what of the known may be copied; None for all of it.

    Raises:
        ImageError: nothing may be copied.
    """
    box = box or Box.around(mask) or Box(0, 0, 0, 0)
    return Result(box, classical_fill(image, box, mask, sources), seed, DEVICE, ())


def classical_fill(image: Pixels, box: Box, mask: Mask, sources: Mask | None = None) -> Pixels:
    """Return ``box`` of the photo with its holes closed from the edges inward.

    Where nothing near may be copied, they get the mean colour of what may be.

    Args:
        image: (H, W, 3) uint8 or uint16 RGB.
        box: what to fill.
        mask: (H, W) bool, True where unknown, in the box and around it.
        sources: (H, W) bool, what of the known may be copied; None for all of it.

    Returns:
        (box.height, box.width, 3) of the photo's type, equal to the photo outside the mask.
    """
    near = box.grow(_MARGIN).clip(Box.of(image))
    hole = mask[near.slices].astype(np.uint8)
    part = image[near.slices]
    if sources is not None:
        hole |= ~sources[near.slices]
    if sources is not None and hole.all():
        filled = _mean(image, sources & ~mask)
    else:
        planes = [
            cv2.inpaint(np.ascontiguousarray(part[..., channel]), hole, RADIUS, cv2.INPAINT_TELEA)
            for channel in range(3)
        ]
        filled = np.dstack(planes)[box.within(near).slices]
    return np.where(mask[box.slices][..., None], filled, image[box.slices])


def _mean(image: Pixels, where: Mask) -> Pixels:
    """Return the mean colour (3,) of some pixels; raises ImageError where there are none."""
    if not where.any():
        raise ImageError(TOO_LITTLE)
    mean: Pixels = np.rint(image[where].mean(axis=0)).astype(image.dtype)
    return mean
