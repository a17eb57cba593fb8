"""Show a photo without its colours and its large forms, so that spots stand out."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Levels, Pixels
from engine.geometry import Box
from engine.selecting.reduced import reduced
from engine.selecting.spots import contrast_for

SEEN: Final = 2048
"""Pixels of the longer side of the view."""


def high_pass(image: Pixels) -> NDArray[np.int16]:
    """Return (h, w) int16: by how much the photo differs from its own blur, in 1/32 grey levels."""
    small, _ = reduced(image, Box.of(image), SEEN)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = cv2.GaussianBlur(grey, (0, 0), 0.8) - cv2.GaussianBlur(grey, (0, 0), 12)
    return np.asarray(np.rint(32 * detail), np.int16)


def visualized(detail: NDArray[np.int16], sensitivity: float) -> Levels:
    """Return (h, w) uint8: mid grey, lighter or darker where the photo is than its surroundings.

    Args:
        detail: of ``high_pass``.
        sensitivity: in [0, 1]; what differs by as little as it asks for is white or black.
    """
    slope = np.float32(128 / 32 / contrast_for(sensitivity))
    levels = detail.astype(np.float32) * slope + 128
    return np.asarray(np.clip(levels, 0, 255), np.uint8)
