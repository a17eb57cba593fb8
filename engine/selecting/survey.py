"""Keep a small copy of a whole photo ready, from which larger parts are looked at."""

from __future__ import annotations

from typing import Final

from engine.arrays import Levels, Pixels
from engine.geometry import Box
from engine.selecting.reduced import reduced

OVERVIEW: Final = 900
"""Pixels of the longer side of the copy."""


class Survey:
    """Hold a photo and a small copy of it.

    Attributes:
        image: (H, W, 3) uint8 or uint16.
        bounds: its box.
    """

    def __init__(self, image: Pixels, overview: Levels | None = None) -> None:
        """Take ``image`` and a copy of all of it, or make one of ``OVERVIEW`` pixels."""
        self.image, self.bounds = image, Box.of(image)
        self._overview = reduced(image, self.bounds, OVERVIEW)[0] if overview is None else overview
        self._step = max(image.shape[:2]) / max(self._overview.shape[:2])

    def small(self, window: Box, longest: int) -> Levels:
        """Return a small copy of a part, made of the overview where that is fine enough."""
        if max(window.width, window.height) < 2 * longest * self._step:
            return reduced(self.image, window, longest)[0]
        box = Box(*(round(side / self._step) for side in window)).clip(Box.of(self._overview))
        return reduced(self._overview, box, longest)[0]
