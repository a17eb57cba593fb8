"""Guess how well a cut fits the thing that was pointed at."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Levels, Mask
from engine.geometry import Box
from engine.selecting.cutting import depth_in

LEAST: Final = 12
"""Pixels of a cut that is worth a look."""
MOST: Final = 0.85
"""And its largest share of the small copy."""
SMALL: Final = 0.003
"""Things of a smaller share of the photo, which none of the outlines is, count as this large."""
_DISC: Final = np.ones((3, 3), np.uint8)
_BINS: Final = 8
WEIGHTS: Final = (-0.03, -0.043, -0.01, 0.47, 0.71, 0.2, -0.23, 0.18)
"""What each trait counts.

Fitted by ridge regression to the overlap of the cuts of sixty clicks with twenty known outlines;
``docs/selecting.md`` tells how it does on twenty others.
"""


def fit_of(lab: Floats, cut: Mask, window: Box, bounds: Box, at: tuple[int, int]) -> float:
    """Return how likely it is that a cut is all of the thing at ``at`` and nothing else.

    Args:
        lab: (h, w, 3) float32, a small copy of ``window``, L*a*b* scaled to bytes as OpenCV does.
        cut: (h, w) bool.
        window: the part of the photo that was copied.
        bounds: the photo.
        at: the pixel (x, y) of the copy that was pointed at.

    Returns:
        a number to compare cuts by; minus infinity for next to nothing or next to all.
    """
    found = traits(lab, cut, window, bounds, at)
    return float(np.dot(WEIGHTS, found)) if found else -np.inf


def traits(lab: Floats, cut: Mask, window: Box, bounds: Box, at: tuple[int, int]) -> list[float]:
    """Return what tells a thing's cut from another one; empty where there is no cut to speak of."""
    area = float(cut.sum())
    if area < LEAST or area > MOST * cut.size:
        return []
    bits, size = cut.view(np.uint8), area**0.5
    reach = 2 * max(round(0.3 * size), 3) + 1
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    ring = (cv2.dilate(bits, around) > 0) & ~cut
    padded = np.pad(bits, 1, mode="edge")
    rim = (cv2.dilate(padded, _DISC) != cv2.erode(padded, _DISC))[1:-1, 1:-1]
    if not ring.any() or not rim.any():
        return []
    depth = depth_in(bits)
    rows, cols = np.nonzero(cut)
    step = max(window.width, window.height) / max(cut.shape)
    share = np.log(max(area * step * step / (bounds.width * bounds.height), SMALL))
    return [
        _rim_share(cut, window, bounds),
        float(share),
        float(share) ** 2,
        _unlike(lab, cut, ring),
        area / max(_hull(bits), area),
        min(float(depth[at[1], at[0]]) / max(float(depth.max()), 1.0), 1.0),
        float(np.hypot(cols.mean() - at[0], rows.mean() - at[1])) / size,
        float(np.log(rim.sum() / size)),
    ]


def _rim_share(cut: Mask, window: Box, bounds: Box) -> float:
    """Return how much of the window's rim, but for the photo's own, is in the cut."""
    sides = [
        (cut[0], window.top > bounds.top),
        (cut[-1], window.bottom < bounds.bottom),
        (cut[:, 0], window.left > bounds.left),
        (cut[:, -1], window.right < bounds.right),
    ]
    counted = [float(side.mean()) for side, inside in sides if inside]
    return max(counted, default=0.0)


def _hull(bits: Levels) -> float:
    """Return the area of the convex hull of the largest part."""
    outlines, _ = cv2.findContours(bits, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return float(cv2.contourArea(cv2.convexHull(max(outlines, key=len))))


def _unlike(lab: Floats, cut: Mask, ring: Mask) -> float:
    """Return how much of the colours of the cut and of what is around it differ, 0 to 1."""
    inside, outside = _colours(lab, cut), _colours(lab, ring)
    return float(0.5 * np.abs(inside - outside).sum())


def _colours(lab: Floats, where: Mask) -> Floats:
    """Return how often each colour occurs, (8, 8, 8) float32 of sum 1, neighbours counted in."""
    ranges = [0, 256, 64, 192, 64, 192]
    counts = cv2.calcHist([lab], [0, 1, 2], where.view(np.uint8), [_BINS] * 3, ranges)
    for axis in range(3):
        turned = np.moveaxis(counts, axis, 0)
        smooth = 0.5 * turned
        smooth[1:] += 0.25 * turned[:-1]
        smooth[:-1] += 0.25 * turned[1:]
        counts = np.moveaxis(smooth, 0, axis)
    return np.asarray(counts / max(float(counts.sum()), 1e-6), np.float32)
