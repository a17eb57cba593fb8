"""How rough a picture is around each pixel, and how rough the hole should become.

A mean of patches is softer than each of them, and a soft picture is fitted best by the softest
patches there are: left alone, the search ends in a blur. So what is wanted includes the roughness
of what is around.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask
from engine.detail.descriptors import WAVES
from engine.detail.joining.membrane import membrane
from engine.detail.pyramid import patch_centres

WEIGHT: Final = 2.0
"""How much a patch's roughness counts beside its pixels."""
WINDOW: Final = 9
"""Roughness is averaged over so many pixels a side."""
_TOLERANCE: Final = 1e-2


def roughness(waves: Floats, hole: Mask) -> Floats:
    """Measure the strength of the waves around every pixel; in the hole that of its rim.

    Args:
        waves: descriptors (h * w, 18) or longer, as in ``describe``.
        hole: (h, w) bool.

    Returns:
        (h * w, 1) float32, in the units of descriptors, weighted.
    """
    whole = patch_centres(~hole).astype(np.float32)
    energy = np.einsum("nd,nd->n", waves[:, 3:WAVES], waves[:, 3:WAVES])
    total, share = _sum(energy.reshape(hole.shape) * whole), _sum(whole)
    found = np.sqrt(np.maximum(total, 0) / np.maximum(share, np.float32(1e-6)))
    unknown = share < 0.5 / WINDOW**2
    found = membrane(found[..., None], unknown, tolerance=_TOLERANCE)
    return np.asarray(WEIGHT * found.reshape(-1, 1), np.float32)


def _sum(values: Floats) -> Floats:
    side = (WINDOW, WINDOW)
    return np.asarray(cv2.blur(values, side, borderType=cv2.BORDER_CONSTANT), np.float32)
