"""Keep a line to its own gap, where another hole lies near."""

from __future__ import annotations

import cv2
import numpy as np

from engine.arrays import Mask


def in_its_gap(points: np.ndarray, along: np.ndarray, length: float) -> Mask:
    """Tell which pixels of a band touch what lies between the line's ends.

    Others lie beyond known pixels, in a hole beside this one; nothing says what the line is there.

    Args:
        points: (N, 2) int x, y, all of the hole.
        along: (N,) pixels from the line's beginning.
        length: of the line, pixels.

    Returns:
        (N,) bool.
    """
    if not len(points):
        return np.zeros(0, np.bool_)
    x, y = (points - points.min(axis=0)).T
    there = np.zeros((int(y.max()) + 1, int(x.max()) + 1), np.uint8)
    there[y, x] = 1
    piece = cv2.connectedComponents(there, connectivity=8)[1][y, x]
    own = np.unique(piece[(along >= 0) & (along <= length)])
    return np.asarray(np.isin(piece, own), np.bool_)
