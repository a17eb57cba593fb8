"""Colour the maps, and find the spots worth a second look; numpy and cv2 only."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from engine.arrays import Floats, Ints, Levels, Mask
from engine.geometry import Box

ALPHA = 190
SPOTS = 8
LEAST = 2 / 255
SHARE_OF_MOST = 0.35
FULL_SCALE = 0.15
FINE = 8
"""Photo pixels: where things this small are known the colour is green; each doubling is one on."""

# From "the photo speaks here at the finest scale" to "only the coarsest hints reach here".
REACH_COLOURS = ((64, 176, 92), (156, 190, 70), (226, 190, 58), (232, 138, 48), (214, 60, 52))


class Heat(NamedTuple):
    """Hold a picture (h, w, 4) uint8 to lay over ``box`` of the photo, whatever their sizes."""

    box: Box
    picture: Levels


class Spot(NamedTuple):
    """Name a photo position and how much the results differ there, in [0, 1]."""

    x: float
    y: float
    strength: float


def evidence_picture(evidence: Ints, hole: Mask, wide: int) -> Levels:
    """Colour how large a thing must be, in photo pixels, for the photo to speak of it.

    Args:
        evidence: (R, R) int32, from 4 to R.
        hole: (h, w) bool over the same square, of any size.
        wide: photo pixels across that square.

    Returns:
        (h, w, 4) uint8 RGBA: green where small things are known to red where only coarse hints
        reach; clear outside the hole.
    """
    steps = np.log2(wide / np.maximum(evidence, 1) / FINE)
    place = np.clip(np.ceil(steps), 0, len(REACH_COLOURS) - 1).astype(np.uint8)
    colours = np.array([(*colour, ALPHA) for colour in REACH_COLOURS], np.uint8)
    height, width = hole.shape
    large = cv2.resize(colours[place], (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.bitwise_and(large, large, mask=hole.view(np.uint8)), np.uint8)


def doubt_picture(doubt: Floats) -> Levels:
    """Colour how much the results differ, (h, w) float32 in [0, 1]: clear, yellow, red."""
    level = np.clip(doubt / FULL_SCALE, 0, 1)
    out = np.zeros((*doubt.shape, 4), np.uint8)
    out[..., 0] = 240
    out[..., 1] = (210 * (1 - level)).astype(np.uint8)
    out[..., 2] = 40
    out[..., 3] = (230 * np.sqrt(level)).astype(np.uint8)
    return out


def doubtful_spots(doubt: Floats, box: Box) -> list[Spot]:
    """Return where the results differ most, strongest first, well apart from each other.

    Args:
        doubt: (h, w) float32 in [0, 1].
        box: the part of the photo it lies over.
    """
    side = max(doubt.shape)
    left = cv2.GaussianBlur(doubt, (0, 0), max(side * 0.02, 0.8)).astype(np.float32)
    least = max(LEAST, float(left.max()) * SHARE_OF_MOST)
    found: list[Spot] = []
    while len(found) < SPOTS:
        row, column = np.unravel_index(int(np.argmax(left)), left.shape)
        strength = float(left[row, column])
        if strength < least:
            break
        x = box.left + (column + 0.5) * box.width / doubt.shape[1]
        y = box.top + (row + 0.5) * box.height / doubt.shape[0]
        found.append(Spot(float(x), float(y), strength))
        cv2.circle(left, (int(column), int(row)), max(round(side * 0.15), 2), 0.0, -1)
    return found
