"""Say what a patch looks like in few numbers, so that comparing two patches is one short row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import cv2
import numpy as np

from engine.arrays import AnyArray, Floats, Ints
from engine.detail import compiled

RADIUS: Final = 2
"""Patches are 5 x 5."""
_LOW: Final = ((0, 0), (0, 1), (1, 0))
_HIGH: Final = ((0, 2), (1, 1), (2, 0))
"""Horizontal and vertical frequencies that are kept of each channel."""
WAVES: Final = 18
"""Numbers that describe a patch: of each channel its mean, two slopes and three bends."""
GUIDED: Final = 9
"""Numbers that describe its place in an answer: means and slopes."""
GUIDE_WEIGHT: Final = 0.7
"""How much a patch's place in the network's answer counts beside its pixels."""

_OPPONENT: Final = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]], np.float32) / np.sqrt(
    np.array([[3], [2], [6]], np.float32)
)


def describe(image: Floats, at: Ints | None = None, room: int = 0) -> Floats:
    """Project patches onto smooth waves.

    The waves are the low frequencies of an orthonormal cosine transform of each channel of an
    orthonormal colour space, so the squared distance of two descriptors is the squared difference
    of two patches without their finest grain. Beyond the border the image is mirrored.

    Args:
        image: (h, w, 3) float32.
        at: (n,) int32, places of the patches' centres, row by row; None for every pixel.
        room: columns left free at the end.

    Returns:
        (n, 18 + room) float32: the three channels' means, their slopes, their bends.
    """
    opponent = cv2.transform(image, _OPPONENT)
    at = _every(image) if at is None else at
    rows = np.empty((len(at), WAVES + room), np.float32)
    compiled.gather(*_waves(opponent, _LOW), at, rows, 0)
    compiled.gather(*_waves(opponent, _HIGH), at, rows, GUIDED)
    return rows


def describe_guide(guide: Floats, at: Ints | None = None) -> Floats:
    """Return (n, 9) float32: means and slopes of an answer (h, w, 3), weighted."""
    opponent = cv2.transform(guide, _OPPONENT * np.float32(GUIDE_WEIGHT))
    at = _every(guide) if at is None else at
    rows = np.empty((len(at), GUIDED), np.float32)
    compiled.gather(*_waves(opponent, _LOW), at, rows, 0)
    return rows


def _every(image: Floats) -> Ints:
    return np.arange(image.shape[0] * image.shape[1], dtype=np.int32)


def _waves(channels: AnyArray, orders: Sequence[tuple[int, int]]) -> tuple[Floats, ...]:
    waves = _cosines(2 * RADIUS + 1)
    found = [
        cv2.sepFilter2D(channels, -1, waves[u], waves[v], borderType=cv2.BORDER_REFLECT)
        for u, v in orders
    ]
    return tuple(np.asarray(wave, np.float32).reshape(-1, 3) for wave in found)


@cache
def _cosines(size: int) -> Floats:
    """Return the rows of the orthonormal cosine transform, (size, size)."""
    at = (np.arange(size) + 0.5) / size
    rows = np.cos(np.pi * np.arange(size)[:, None] * at) * np.sqrt(2 / size)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, np.float32)
