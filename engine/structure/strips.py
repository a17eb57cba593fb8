"""The photo along a line: strips whose rows run across it, their mean profiles and offsets."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask

HALF: Final = 8
"""Profiles reach so many pixels to both sides of a line."""
SLACK: Final = 3
"""Sections are looked for up to so many pixels beside where the line should be."""
SECTION: Final = 6
_FLAT: Final = 0.004


def across(way: np.ndarray) -> np.ndarray:
    """Return the unit vector to the right of a direction, as y points down."""
    return np.array([-way[1], way[0]])


def strip(
    grey: Floats, hole: Mask, at: np.ndarray, way: np.ndarray, along: np.ndarray, half: int
) -> tuple[Floats, Mask]:
    """Look up a strip along a straight line.

    Args:
        grey: (h, w) float32.
        hole: (h, w) bool.
        at: (2,) x, y, where ``along`` is 0.
        way: (2,) unit vector.
        along: (S,) pixels along the line.
        half: the strip reaches so far to both sides.

    Returns:
        (S, 2 half + 1) float32 and bool, True where the pixel is known. Beside the
        picture its last pixels count, as long as the line itself is within it.
    """
    beside = np.arange(-half, half + 1)
    points = at + along[:, None, None] * way + beside[None, :, None] * across(way)
    x, y = (np.ascontiguousarray(points[..., i], np.float32) for i in (0, 1))
    values = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cols, rows = np.rint(x).astype(int), np.rint(y).astype(int)
    h, w = hole.shape
    there = (rows >= 0) & (rows < h) & (cols >= 0) & (cols < w)
    if there.all():
        return np.asarray(values, np.float32), ~hole[rows, cols]
    known = ~hole[np.minimum(np.maximum(rows, 0), h - 1), np.minimum(np.maximum(cols, 0), w - 1)]
    return np.asarray(values, np.float32), known & there[:, half : half + 1]


def likeness(a: Floats, b: Floats) -> Floats:
    """Return the correlation of profiles along the last axis, 0 where one of them is flat."""
    a = a - a.mean(axis=-1, keepdims=True)
    b = b - b.mean(axis=-1, keepdims=True)
    scale = np.sqrt(np.square(a).mean(-1) * np.square(b).mean(-1))
    return np.asarray((a * b).mean(-1) / np.maximum(scale, _FLAT**2), np.float32)


def offsets(sections: Floats, profile: Floats) -> tuple[Floats, Floats]:
    """Find where each section shows the profile.

    Args:
        sections: (n, 2 (HALF + SLACK) + 1) float32.
        profile: (2 HALF + 1) float32.

    Returns:
        (n,) float32 pixels to the side, finer than a pixel, and (n,) correlations there.
    """
    size = len(profile)
    tried = np.stack([sections[:, i : i + size] for i in range(2 * SLACK + 1)])
    match = likeness(tried, profile)
    best, each = match.argmax(axis=0), np.arange(len(sections))
    inner = np.clip(best, 1, 2 * SLACK - 1)
    low, mid, high = (match[inner + i, each] for i in (-1, 0, 1))
    bend = np.minimum(low + high - 2 * mid, -1e-6)
    part = np.where(best == inner, np.clip((low - high) / (2 * bend), -0.5, 0.5), 0)
    return np.asarray(best - SLACK + part, np.float32), match[best, each]
