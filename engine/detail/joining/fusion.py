"""Fuse copied texture with what the network paints itself, by how well the copies fit.

Where the photo offers texture that fits the network's answer, copies are better than anything
painted. Where none fits, they show something else than the answer knows, and the painted picture
takes over, up to the size it was painted at; the bands finer than that stay the copies'.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np

from engine.arrays import Floats, Mask

DOUBT: Final = 0.1
"""Misfit, of full white, at which copy and painted picture count alike."""
REACH: Final = 1.5
"""Pixels of the answer over which a misfit is averaged (standard deviation)."""


class Picture(NamedTuple):
    """Hold a picture of the network enlarged to a level: ``values`` (h, w, 3) float32 in [0, 1].

    ``cell``: pixels of the level to one of the picture as it was made; 1 or less where it is as
    fine as the level.
    """

    values: Floats
    cell: float


def fused(copy: Floats, hole: Mask, answer: Picture, painted: Picture) -> Floats:
    """Return what takes copies to the painted picture, as far as they do not fit the answer.

    p (P - B_P(F)) with p = m^2 / (m^2 + q^2) and m^2 the mean of (A - B_A(F))^2 around: F the
    copies, P the painted picture, A the answer, q = ``DOUBT``; B_X(F) is F as far as X's pixels can
    show it.

    Args:
        copy: (h, w, 3) float32, the level with its fill.
        hole: (h, w) bool.
        answer: what the copies were held to.
        painted: the finer picture that was made of it.

    Returns:
        (h, w, 3) float32 to add to the fill, 0 outside the hole.
    """
    share = misfit(copy, hole, answer)
    share /= share + np.float32(DOUBT**2)
    change = painted.values - banded(copy, painted.cell)
    return np.asarray(np.where(hole, share, 0)[..., None] * change, np.float32)


def misfit(copy: Floats, hole: Mask, answer: Picture) -> Floats:
    """Return (h, w) float32, the mean squared difference of copy and answer around each pixel."""
    gap = np.square(answer.values - banded(copy, answer.cell)).mean(axis=2) * hole
    reach = REACH * max(answer.cell, 1.0)
    return np.asarray(cv2.GaussianBlur(gap, (0, 0), reach), np.float32)


def banded(image: Floats, cell: float) -> Floats:
    """Return an image as pixels of ``cell`` would show it, scaled up again.

    The mean over a cell and linear interpolation together blur with a variance of cell^2 / 4.
    """
    if cell <= 1:
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), cell / 2), np.float32)
