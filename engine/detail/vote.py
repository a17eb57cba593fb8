"""Make pixels from a field: every patch that covers a pixel says what it should be."""

from __future__ import annotations

import cv2
import numpy as np

from engine.arrays import Floats
from engine.detail.descriptors import RADIUS
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
    cost, copied = field.of_each(field.cost), field.of_each(field.places)
    scale = (sharpness / (np.quantile(cost, 0.75, axis=1).astype(float) + 1e-8)).astype(np.float32)
    weights = (np.exp(-cost * scale[:, None]) + np.float32(1e-6)) * m.fading
    weights = np.pad(weights, ((0, 0), (0, 1)))
    planes = [np.ascontiguousarray(plane).ravel() for plane in cv2.split(m.level.image)]
    totals = np.zeros((3, field.fills, len(m.inside)), np.float32)
    share = np.zeros_like(totals[0])
    for dy in range(-radius, radius + 1):
        for dx in range(-radius, radius + 1):
            at = m.neighbours(m.inside, dy, dx)
            weight = np.take(weights, at, axis=1)
            share += weight
            places = np.take(copied, at, axis=1)
            places -= np.int32(dy * m.width + dx)
            for plane, total in zip(planes, totals, strict=True):
                proposed = np.take(plane, places)
                proposed *= weight
                total += proposed
    totals /= share
    return np.ascontiguousarray(totals.transpose(1, 2, 0))
