"""Say what a patch looks like in few numbers, so that comparing two patches is one short row."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from engine.arrays import Floats, Ints
from engine.detail.loops import waves
from engine.running.parallel import in_halves

RADIUS: Final = 2
"""Patches are 5 x 5."""
WAVES: Final = 18
"""Numbers that describe a patch: of each channel its mean, two slopes and three bends."""
GUIDED: Final = 9
"""Numbers that describe its place in an answer: means and slopes."""
GUIDE_WEIGHT: Final = 0.7
"""How much a patch's place in the network's answer counts beside its pixels."""

HALVED: Final = 50_000
"""So many patches or more are worth waking a second thread for."""
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
    at = _every(image) if at is None else at
    rows = np.empty((len(at), WAVES + room), np.float32)
    describe_into(rows, image, at)
    return rows


def describe_into(rows: Floats, image: Floats, at: Ints) -> None:
    """Put what ``describe`` returns into the first columns of ``rows`` (n, 18 or more)."""
    _describe(image, at, np.asarray(_OPPONENT, np.float32), rows)


def describe_guide(guide: Floats, at: Ints | None = None) -> Floats:
    """Return (n, 9) float32: means and slopes of an answer (h, w, 3), weighted."""
    at = _every(guide) if at is None else at
    rows = np.empty((len(at), GUIDED), np.float32)
    _describe(guide, at, np.asarray(_OPPONENT * GUIDE_WEIGHT, np.float32), rows)
    return rows


def _describe(image: Floats, at: Ints, colours: Floats, rows: Floats) -> None:
    whole = np.ascontiguousarray(image)
    in_halves(
        lambda part: waves.describe(whole, at[part], _cosines(), colours, rows[part]),
        len(at),
        HALVED,
    )


def _every(image: Floats) -> Ints:
    return np.arange(image.shape[0] * image.shape[1], dtype=np.int32)


@cache
def _cosines() -> Floats:
    """Return the rows of the orthonormal cosine transform, (5, 5)."""
    size = 2 * RADIUS + 1
    at = (np.arange(size) + 0.5) / size
    rows = np.cos(np.pi * np.arange(size)[:, None] * at) * np.sqrt(2 / size)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, np.float32)
