"""Let a fill meet its rim, and its pieces each other, without a step in tone.

All corrections are membranes: the smoothest surface that takes given values around the hole,
optionally over a given load inside.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.detail.joining.membrane import membrane
from engine.detail.loops import steps
from engine.detail.nnf import Field
from engine.pixels import to_depth, to_float

RIM_BLUR: Final = 2.0
"""Standard deviation, pixels, of what counts as tone rather than texture along the rim."""
STIFFNESS: Final = 0.001
"""How strongly a correction between pieces is drawn back to nothing, per pixel squared."""
LARGEST: Final = 512
"""Membranes of rims wider than this are found at a smaller size: they are smooth."""
STEP: Final = 0.2
"""Steps between pieces above this, of full white, are more likely content than tone."""


def match_rim(fill: Pixels, window: Pixels, hole: Mask) -> Pixels:
    """Take the difference in tone between a fill and the photo around it out of the fill.

    Args:
        fill: (h, w, 3) uint8 or uint16; only the hole's pixels are looked at.
        window: (h, w, 3) of the same type, the photo.
        hole: (h, w) bool, True = fill.

    Returns:
        (h, w, 3) of the same type; equal to ``window`` outside the hole.
    """
    if not hole.any() or hole.all():
        return np.where(hole[..., None], fill, window)
    inner = hole.astype(np.float32)
    made = to_float(fill)
    gap = _tone(to_float(window), 1 - inner) - _tone(made, inner)
    change = _small_membrane(gap, hole)
    return np.where(hole[..., None], to_depth(made + change, window), window)


def _tone(values: Floats, where: Floats) -> Floats:
    """Return the local mean of the pixels that count."""
    total = cv2.GaussianBlur(values * where[..., None], (0, 0), RIM_BLUR)
    share = cv2.GaussianBlur(where, (0, 0), RIM_BLUR)
    return np.asarray(total / np.maximum(share, 1e-6)[..., None], np.float32)


def _small_membrane(rim: Floats, hole: Mask) -> Floats:
    """Solve a membrane at a size of at most ``LARGEST`` and scale it up."""
    h, w = hole.shape
    if max(h, w) <= LARGEST:
        return membrane(rim, hole)
    size = (max(1, w * LARGEST // max(h, w)), max(1, h * LARGEST // max(h, w)))
    edge = rim * (cv2.dilate(hole.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)[..., None]
    edge[hole] = 0
    counted = ((edge != 0).any(axis=2)).astype(np.float32)
    share, small, wide = (
        np.asarray(cv2.resize(v, size, interpolation=cv2.INTER_AREA), np.float32)
        for v in (counted, edge, hole.astype(np.float32))
    )
    small /= np.maximum(share, np.float32(1e-6))[..., None]
    found = membrane(small, (wide > 0) & (share == 0))
    return np.asarray(cv2.resize(found, (w, h), interpolation=cv2.INTER_LINEAR), np.float32)


def join(field: Field, made: Floats) -> Floats:
    """Find what makes the pieces of a fill meet each other and the rim without steps in tone.

    The pixels keep the differences to their neighbours that they had where they were copied from
    (Perez et al. 2003), except where that would take a step larger than ``STEP`` away.

    Args:
        field: where each pixel was copied from.
        made: (P, 3) float32, the fill of the hole's pixels.

    Returns:
        (h, w, 3) float32 to add to the fill, 0 outside the hole.
    """
    m = field.matcher
    hole, image = m.level.hole, m.level.image.copy()
    image[hole] = made
    load = np.zeros_like(image)
    photo, present, found = (v.reshape(-1, 3) for v in (m.level.image, image, load))
    most = np.float32(STEP)
    steps.missing(photo, present, hole.ravel(), m.around, m.targets, field.places, most, found)
    top, bottom, left, right = m.surroundings()
    part = np.s_[top:bottom, left:right]
    out = np.zeros_like(image)
    out[part] = membrane(out[part], hole[part], load[part], STIFFNESS, 1e-2)
    return out
