"""Say what a patch looks like in few numbers, so that comparing two patches is one short row."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.pixels import Floats

RADIUS: Final = 2
"""Patches are 5 x 5."""
ORDER: Final = 2
"""Highest sum of horizontal and vertical frequency kept of each channel."""
GUIDE_WEIGHT: Final = 0.25
"""How much a patch's place in the network's answer counts beside its pixels."""

_OPPONENT: Final = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]], np.float32) / np.sqrt(
    np.array([[3], [2], [6]], np.float32)
)


def describe(image: Floats, guide: Floats | None = None) -> Floats:
    """Project the patch around every pixel onto smooth waves.

    The waves are the low frequencies of an orthonormal cosine transform of each channel of an
    orthonormal colour space, so the squared distance of two descriptors is the squared difference
    of two patches without their finest grain. Beyond the border the image is mirrored.

    Args:
        image: (h, w, 3) float32.
        guide: (h, w, 3) float32 at the resolution of the network, or None.

    Returns:
        (h, w, D) float32; D is 18, or 27 with a guide.
    """
    planes = _waves(image, ORDER, 1.0)
    if guide is not None:
        planes += _waves(guide, 1, GUIDE_WEIGHT)
    return np.asarray(cv2.merge(planes), np.float32)


def contrast(gain: float, length: int) -> Floats:
    """Return (length,) factors that strengthen a descriptor's waves but not its mean or guide."""
    of_channel = (ORDER + 1) * (ORDER + 2) // 2
    factors = np.ones(length, np.float32)
    pixels = factors[: 3 * of_channel].reshape(3, of_channel)
    pixels[:, 1:] = gain
    return factors


def _waves(image: Floats, order: int, weight: float) -> list[Floats]:
    waves = _cosines(2 * RADIUS + 1)
    channels = cv2.split(cv2.transform(image, _OPPONENT))
    orders = [(u, v) for u in range(order + 1) for v in range(order + 1 - u)]
    return [_filtered(c, waves[u] * weight, waves[v]) for c in channels for u, v in orders]


def _filtered(channel: NDArray[Any], across: Floats, down: Floats) -> Floats:
    found = cv2.sepFilter2D(channel, cv2.CV_32F, across, down, borderType=cv2.BORDER_REFLECT)
    return np.asarray(found, np.float32)


def _cosines(size: int) -> Floats:
    """Return the rows of the orthonormal cosine transform, (size, size)."""
    at = (np.arange(size) + 0.5) / size
    rows = np.cos(np.pi * np.arange(size)[:, None] * at) * np.sqrt(2 / size)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, np.float32)
