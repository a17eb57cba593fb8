"""Hold what may be meant by a click, in a small copy of a part of a photo."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import cv2
import numpy as np

from engine.arrays import Mask
from engine.geometry import Box

_AGREED: Final = 0.3
"""What it counts, of clicks, that a cut of other surroundings is the same."""


class Guess(NamedTuple):
    """Hold a cut (h, w) in a small copy of ``window``, how like a thing it is, and how sure."""

    window: Box
    cut: Mask
    likeness: float = 0.0
    agreed: float = 0.0

    @property
    def fit(self) -> float:
        """Return a number to compare guesses by."""
        return float(self.likeness + _AGREED * self.agreed)

    @property
    def step(self) -> float:
        """Return how many photo pixels one of its own is wide."""
        height, width = self.cut.shape
        return float(max(self.window.width, self.window.height) / max(width, height))

    @property
    def box(self) -> Box:
        """Return the part of the photo that the cut fills."""
        inner = Box.around(self.cut)
        assert inner is not None
        left, top = (math.floor(side * self.step) for side in inner[:2])
        right, bottom = (math.ceil(side * self.step) for side in inner[2:])
        return Box(left, top, right, bottom).shift(self.window.left, self.window.top)

    def holds(self, x: float, y: float) -> bool:
        """Return whether a place of the photo is in it."""
        column = math.floor((x - self.window.left) / self.step)
        row = math.floor((y - self.window.top) / self.step)
        height, width = self.cut.shape
        return 0 <= row < height and 0 <= column < width and bool(self.cut[row, column])

    def over(self, window: Box, shape: tuple[int, ...]) -> Mask:
        """Return it in a small copy (h, w) of another window."""
        step = max(window.width, window.height) / max(shape[:2])
        scale = step / self.step
        move = [
            (a - b) / self.step + 0.5 * scale - 0.5
            for a, b in ((window.left, self.window.left), (window.top, self.window.top))
        ]
        place = np.array([[scale, 0, move[0]], [0, scale, move[1]]])
        size, flags = (shape[1], shape[0]), cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(self.cut.view(np.uint8), place, size, flags=flags) > 0)
