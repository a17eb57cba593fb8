"""Say what a patch looks like in few numbers, so that comparing two patches is one short row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats

RADIUS: Final = 2
"""Patches are 5 x 5."""
_LOW: Final = ((0, 0), (0, 1), (1, 0))
_HIGH: Final = ((0, 2), (1, 1), (2, 0))
"""Horizontal and vertical frequencies that are kept of each channel."""
GUIDE_WEIGHT: Final = 0.7
"""How much a patch's place in the network's answer counts beside its pixels."""

_OPPONENT: Final = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]], np.float32) / np.sqrt(
    np.array([[3], [2], [6]], np.float32)
)


class Rows(NamedTuple):
    """Hold the descriptors of n patches in parts, each (n, 9) float32 or longer.

    The first part alone tells most patches apart, so few need be compared to the end.
    """

    parts: tuple[Floats, ...]

    def take(self, at: NDArray[np.integer]) -> Rows:
        """Return the descriptors of some of the patches."""
        return Rows(tuple(np.take(part, at, axis=0) for part in self.parts))

    def part(self, start: int, stop: int) -> Rows:
        """Return the descriptors of patches that follow one another."""
        return Rows(tuple(part[start:stop] for part in self.parts))

    @classmethod
    def joined(cls, rows: Sequence[Rows]) -> Rows:
        """Return the descriptors of some patches, then those of others."""
        if len(rows) == 1:
            return rows[0]
        return cls(tuple(np.concatenate(p) for p in zip(*(r.parts for r in rows), strict=True)))


def describe(image: Floats) -> tuple[Floats, Floats]:
    """Project the patch around every pixel onto smooth waves.

    The waves are the low frequencies of an orthonormal cosine transform of each channel of an
    orthonormal colour space, so the squared distance of two descriptors is the squared difference
    of two patches without their finest grain. Beyond the border the image is mirrored.

    Args:
        image: (h, w, 3) float32.

    Returns:
        (h * w, 9) float32, the three channels' means and slopes, and (h * w, 9), their bends.
    """
    opponent = cv2.transform(image, _OPPONENT)
    return _waves(opponent, _LOW), _waves(opponent, _HIGH)


def describe_guide(guide: Floats) -> Floats:
    """Return (h * w, 9) float32: means and slopes of an answer (h, w, 3), weighted."""
    return _waves(cv2.transform(guide, _OPPONENT * np.float32(GUIDE_WEIGHT)), _LOW)


def _waves(channels: NDArray[Any], orders: Sequence[tuple[int, int]]) -> Floats:
    waves = _cosines(2 * RADIUS + 1)
    filtered = [
        cv2.sepFilter2D(channels, cv2.CV_32F, waves[u], waves[v], borderType=cv2.BORDER_REFLECT)
        for u, v in orders
    ]
    return np.asarray(cv2.merge(filtered), np.float32).reshape(-1, 3 * len(orders))


def _cosines(size: int) -> Floats:
    """Return the rows of the orthonormal cosine transform, (size, size)."""
    at = (np.arange(size) + 0.5) / size
    rows = np.cos(np.pi * np.arange(size)[:, None] * at) * np.sqrt(2 / size)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, np.float32)
