"""Make pixels from a field: every patch that covers a pixel says what it should be."""

from __future__ import annotations

import numpy as np

from engine.arrays import Floats
from engine.detail.descriptors import RADIUS
from engine.detail.loops import votes
from engine.detail.nnf import HALVED, Field
from engine.running.parallel import in_halves


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

    def ask(part: slice) -> None:
        of, out = (m.inside[part], made[:, part]) if field.fills == 1 else (m.inside, made)
        votes.vote(of, m.around, m.fading, found, image, sharpness, radius, out)

    in_halves(ask, len(m.inside), HALVED if field.fills == 1 else len(m.inside) + 1)
    return made
