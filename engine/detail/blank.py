"""Take what must not be looked at out of a window: only the colours around it are left there."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.detail.pyramid import halve, shrunk
from engine.pixels import to_depth

MOST: Final = 250_000
"""Colours are spread in pictures of at most so many pixels."""


def blanked(window: Pixels, hole: Mask, blank: Mask) -> Pixels:
    """Paint ``blank`` in the soft colours of what is known around it.

    Args:
        window: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool, what is to be filled.
        blank: (h, w) bool, what is not to be looked at, nor filled.

    Returns:
        (h, w, 3) of the same type; no pixel of it depends on what was in ``blank`` or ``hole``,
        but those of ``hole`` themselves, which are as they were.
    """
    factor = max(1, math.ceil(math.sqrt(hole.size / MOST)))
    small = shrunk(window, hole | blank, factor)
    soft = _spread(*small)
    out = window.copy()
    rows, cols = np.nonzero(blank)
    out[rows, cols] = to_depth(soft[rows // factor, cols // factor], window)
    return out


def _spread(colours: Floats, known: Floats) -> Floats:
    """Return (h, w, 3), the mean colours where anything is known, elsewhere those around.

    Args:
        colours: (h, w, 3), colours times share.
        known: (h, w), the share of each pixel that is known.
    """
    mean = colours / np.maximum(known, np.float32(1e-6))[..., None]
    if known.all() or max(known.shape) == 1:
        return np.asarray(mean, np.float32)
    wide = _spread(halve(colours), halve(known))
    size = (known.shape[1], known.shape[0])
    around = cv2.resize(wide, size, interpolation=cv2.INTER_LINEAR)
    return np.where(known[..., None] > 0, mean, around)
