"""Halve a window again and again without letting the hole bleed into what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.detail.descriptors import RADIUS
from engine.detail.loops import means
from engine.pixels import peak
from engine.running.parallel import in_halves

THIN: Final = 4.0
"""The coarsest level is the first at which the hole is at most this many pixels deep."""
FEWEST_SOURCES: Final = 64
MOSTLY: Final = 0.5
"""A pixel of a smaller level is hole where less than this share of it is known."""
WHOLLY: Final = 0.999
HALVED: Final = 100_000
"""Windows of so many pixels or more are worth waking a second thread for."""
_BAND: Final = 128


@dataclass(frozen=True)
class Level:
    """Hold one size of a window.

    Attributes:
        image: (h, w, 3) float32 in [0, 1], 0 in the hole.
        hole: (h, w) bool, True = fill.
        allowed: (h, w) bool, True where every photo pixel below may be copied; never in the hole.
    """

    image: Floats
    hole: Mask
    allowed: Mask


def build(window: Pixels, hole: Mask, allowed: Mask, factor: int = 1) -> list[Level]:
    """Return the window at 1, 1/2, 1/4 ... of its size, finest first.

    Args:
        window: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool, True = fill; not empty.
        allowed: (h, w) bool, False where nothing may be copied from.
        factor: the finest level is this many times smaller than the window.

    Returns:
        At least one level. It stops where the hole is thin, or would vanish, or where too few
        patches to copy would be left.
    """
    levels = [_shrunk(window, hole, allowed & ~hole, factor)]
    depth = float(depth_of(levels[0].hole).max())
    while depth > THIN:
        coarser = _halve(levels[-1])
        if not coarser.hole.any() or patch_centres(coarser.allowed).sum() < FEWEST_SOURCES:
            break
        levels.append(coarser)
        depth /= 2
    return levels


def _shrunk(window: Pixels, hole: Mask, allowed: Mask, factor: int) -> Level:
    image, known = shrunk(window, hole, factor)
    # a speck of hole in a large cell must not be lost, or nothing would fill it
    small = known < WHOLLY
    image /= np.maximum(known, np.float32(1e-6))[..., None]
    image[small] = 0
    return Level(image, small, _share(allowed, factor) > WHOLLY)


def shrunk(window: Pixels, hole: Mask, factor: int) -> tuple[Floats, Floats]:
    """Shrink a window; nothing of its size is ever made of floats.

    Args:
        window: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool, True = not to be looked at.
        factor: how many times.

    Returns:
        (h / factor, w / factor, 3) float32, mean of colour in [0, 1] times known, and
        (h / factor, w / factor) float32, mean of known.
    """
    h, w = -(-hole.shape[0] // factor), -(-hole.shape[1] // factor)
    image, known = np.empty((h, w, 3), np.float32), np.empty((h, w), np.float32)
    window, hole, scale = *_whole(window, hole), np.float32(1 / peak(window))

    def shrink(rows: slice) -> None:
        means.of_known(window, hole, factor, scale, rows.start, rows.stop, image, known)

    in_halves(shrink, h, 2 if hole.size >= HALVED else h + 1)
    return image, known


def _whole(*arrays: np.ndarray) -> Iterator[np.ndarray]:
    """Return arrays as compiled loops take them: each other kind would be compiled anew."""
    return (np.ascontiguousarray(array) for array in arrays)


def _share(where: Mask, factor: int) -> Floats:
    """Return (h / factor, w / factor) float32, how much of each cell is True."""
    bands = range(0, where.shape[0], _BAND * factor)
    parts = [where[row : row + _BAND * factor].astype(np.float32) for row in bands]
    return np.concatenate([_means(part, factor) for part in parts])


def depth_of(hole: Mask) -> Floats:
    """Return (h, w) float32: pixels from each hole pixel to the known, the border known too."""
    padded = np.zeros(np.add(hole.shape, 2), np.uint8)
    padded[1:-1, 1:-1] = hole
    return np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)


def patch_centres(allowed: Mask) -> Mask:
    """Return (h, w) bool, True where a whole patch may be copied."""
    square = np.ones((2 * RADIUS + 1, 2 * RADIUS + 1), np.uint8)
    inner = cv2.erode(
        allowed.astype(np.uint8), square, borderType=cv2.BORDER_CONSTANT, borderValue=(0,)
    )
    return inner.astype(bool)


def halve(values: Floats) -> Floats:
    """Average 2 x 2 cells; an odd last row or column is averaged with nothing (0)."""
    return _means(values, 2)


def _means(values: Floats, factor: int) -> Floats:
    """Average factor x factor cells, what is missing of the last ones counting as 0."""
    if factor == 1:
        return values
    h, w = values.shape[:2]
    size = (-(-w // factor), -(-h // factor))
    more = (0, size[1] * factor - h, 0, size[0] * factor - w)
    whole = cv2.copyMakeBorder(values, *more, cv2.BORDER_CONSTANT)
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.float32)


def _halve(level: Level) -> Level:
    share = halve((~level.hole).astype(np.float32))
    hole = share < MOSTLY
    image = halve(level.image)
    image /= np.maximum(share, np.float32(1e-6))[..., None]
    image[hole] = 0
    return Level(image, hole, halve(level.allowed.astype(np.float32)) > WHOLLY)
