"""Guess a small hole from its rim inward, where nothing else says what is in it."""

from __future__ import annotations

import cv2
import numpy as np

from engine.arrays import Floats, Mask
from engine.detail.descriptors import RADIUS
from engine.detail.loops import search
from engine.detail.matcher import Matcher


def from_rim(matcher: Matcher) -> Floats:
    """Fill a small picture ring by ring, each pixel from the patch whose known part fits best.

    Args:
        matcher: of a coarsest level.

    Returns:
        (P, 3) float32, a first guess of the hole's pixels.
    """
    size = 2 * RADIUS + 1
    level, centres = matcher.level, matcher.sources
    colours = level.image.reshape(-1, 3)
    table = _patches(level.image, size)[centres]
    image, known = level.image.copy(), ~level.hole
    while not known.all():
        ring = np.flatnonzero(_grown(known) & ~known)
        seen = np.repeat(_patches(known.astype(np.float32)[..., None], size)[ring], 3, axis=1)
        best = np.empty(len(ring), np.int32)
        search.nearest_seen(_patches(image, size)[ring], seen, table, best)
        image.reshape(-1, 3)[ring] = colours[centres[best]]
        known.ravel()[ring] = True
    return image[level.hole]


def _patches(image: Floats, size: int) -> Floats:
    """Return (h * w, size * size * C), the patch around every pixel, mirrored at the border."""
    r = size // 2
    padded = np.pad(image, ((r, r), (r, r), (0, 0)), "symmetric")
    views = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(0, 1))
    count = image.shape[0] * image.shape[1]
    return np.ascontiguousarray(views.transpose(0, 1, 3, 4, 2)).reshape(count, -1)


def _grown(known: Mask) -> Mask:
    return cv2.dilate(known.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
