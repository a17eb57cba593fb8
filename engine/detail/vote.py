"""Make pixels from a field: every patch that covers a pixel says what it should be."""

from __future__ import annotations

import numpy as np

from engine.arrays import Floats
from engine.detail.descriptors import RADIUS
from engine.detail.loops import votes
from engine.detail.nnf import Field


def vote(field: Field, sharpness: float, radius: int = RADIUS) -> Floats:
    """Average what the patches propose, for each fill; the better they fit, the more they count.

    Where neighbours copy from the same place all proposals are the same pixel, and the photo's
    grain comes through untouched; only between the pieces is anything averaged.

    Args:
        field: after ``aim`` or ``refine``.
        sharpness: patches as bad as the worst quarter weigh exp(-sharpness).
        radius: patches further than this from a pixel are not asked; 0 copies.

    Returns:
        (K, P, 3) float32, one colour for each of the matcher's ``inside``.
    """
    m = field.matcher
    image = m.level.image.reshape(-1, 3)
    made = np.empty((field.fills, len(m.inside), 3), np.float32)
    found = field.of_each(field.cost), field.of_each(field.places)
    votes.vote(m.inside, m.around, m.fading, found, image, sharpness, radius, made)
    return made
