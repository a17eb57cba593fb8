"""Make pixels from a field: every patch that covers a pixel says what it should be."""

from __future__ import annotations

import cv2
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
    scale = np.float32(sharpness / (float(np.quantile(field.cost, 0.75)) + 1e-8))
    weights = np.append((np.exp(-field.cost * scale) + np.float32(1e-6)) * m.fading, np.float32(0))
    planes = [np.ascontiguousarray(plane).ravel() for plane in cv2.split(m.level.image)]
    totals = np.zeros((3, len(m.inside)), np.float32)
    share = np.zeros(len(m.inside), np.float32)
    for dy in range(-radius, radius + 1):
        for dx in range(-radius, radius + 1):
            at = m.neighbours(m.inside, dy, dx)
            weight = np.take(weights, at)
            share += weight
            places = np.take(field.places, at)
            places -= np.int32(dy * m.width + dx)
            for plane, total in zip(planes, totals, strict=True):
                proposed = np.take(plane, places)
                proposed *= weight
                total += proposed
    totals /= share
    return np.ascontiguousarray(totals.T)
