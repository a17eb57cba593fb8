"""Make pixels from a field: every patch that covers a pixel says what it should be."""

from __future__ import annotations

import numpy as np

from engine.detail.descriptors import RADIUS
from engine.detail.nnf import Field
from engine.pixels import Floats


def vote(field: Field, sharpness: float, radius: int = RADIUS) -> Floats:
    """Average what the patches propose; the better they fit, the more they count.

    Where neighbours copy from the same place all proposals are the same pixel, and the photo's
    grain comes through untouched; only between the pieces is anything averaged.

    Args:
        field: after ``aim`` or ``refine``.
        sharpness: patches as bad as the worst quarter weigh exp(-sharpness).
        radius: patches further than this from a pixel are not asked; 0 copies.

    Returns:
        (P, 3) float32, one colour for each of the matcher's ``inside``.
    """
    m = field.matcher
    scale = sharpness / (float(np.quantile(field.cost, 0.75)) + 1e-8)
    weights = (np.exp(-field.cost * scale) + 1e-6) * m.fading
    colours = m.level.image.reshape(-1, 3)
    rows, cols = np.divmod(m.inside, np.int32(m.width))
    total = np.zeros((len(rows), 3), np.float32)
    share = np.zeros(len(rows), np.float32)
    for dy in range(-radius, radius + 1):
        for dx in range(-radius, radius + 1):
            y, x = rows + dy, cols + dx
            at = m.index[m.clip(y, x)]
            weight = weights[at]
            weight[(y < 0) | (y >= m.height) | (x < 0) | (x >= m.width)] = 0
            proposed = np.take(colours, field.places[at] - (dy * m.width + dx), axis=0)
            proposed *= weight[:, None]
            total += proposed
            share += weight
    total /= share[:, None]
    return total
