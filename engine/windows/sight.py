"""How far to look around a hole: as close as its middle can still be explained from outside."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np

from engine.arrays import Floats, Mask
from engine.geometry import Box
from engine.windows.scaling import unknown_cells

Explained = Callable[[Mask], Floats]
"""Turns what is unknown, (R, R) bool, into the finest scale at which the surroundings still speak
to each pixel, (R, R) float32, as a share of R."""

ENOUGH: Final = 0.25
"""A hole is explained when the surroundings reach all of it at this share of the resolution."""
SHARES: Final = (0.6, 0.5, 0.4, 0.33, 0.27)
"""Share of a window's side that its hole may take, closest first."""
HOLE_SHARE: Final = 0.4
"""That share where nothing explains holes; a thin one leaves enough to see at ``THIN_SHARE``."""
THIN_SHARE: Final = 0.6
RIM_TELLS: Final = 42
"""Around holes up to so many pixels a side the rim says all there is to know: no network is asked,
neither how far to look nor what is there."""
THIN_TELLS: Final = 7.0
"""So does it along holes no part of which is deeper, pixels: wires, scratches."""
THICKNESSES: Final = 5
"""A thin hole's window is then this many times as wide as the hole is thick."""


class Sight(NamedTuple):
    """Say how to look.

    Attributes:
        resolution: the network's side; no window is smaller, so nothing small is enlarged.
        context: more than 1 looks wider, less than 1 closer.
        explained: what the network says of a mask; None for fixed shares.
        step: photo pixels per pixel of the mask and the boxes, where these are a smaller copy.
    """

    resolution: int
    context: float = 1.0
    explained: Explained | None = None
    step: int = 1

    def around(self, mask: Mask, hole: Box, bounds: Box, thick: float = math.inf) -> Box:
        """Return the square to look at for the holes in ``hole``.

        Args:
            mask: (H, W) bool, True = unknown.
            hole: box of the holes to fill.
            bounds: the square lies in here as far as it can.
            thick: of the hole, pixels; only fixed shares look at it.
        """
        need = max(hole.width, hole.height)
        if self.explained is None or need * self.step <= RIM_TELLS:
            wanted = min(max(THICKNESSES * thick, need / THIN_SHARE), need / HOLE_SHARE)
            return self.square(hole, bounds, wanted * self.context)
        box = self._closest(mask, hole, bounds)
        return box if self.context == 1 else self.square(hole, bounds, box.width * self.context)

    def _closest(self, mask: Mask, hole: Box, bounds: Box) -> Box:
        """Return the smallest square from which the hole is explained, else the widest."""
        candidates = list(dict.fromkeys(self._candidates(hole, bounds)))
        fits = (box for box in candidates[:-1] if self._explains(mask, hole, box))
        return next(fits, candidates[-1])

    def _candidates(self, hole: Box, bounds: Box) -> Iterator[Box]:
        need = max(hole.width, hole.height)
        return (self.square(hole, bounds, need / share) for share in SHARES)

    def _explains(self, mask: Mask, hole: Box, box: Box) -> bool:
        """Tell whether the surroundings that ``box`` shows reach all of the hole."""
        assert self.explained is not None
        unknown = unknown_cells(mask, box, self.resolution)
        rows = self._middles(box.top, box.bottom, hole.top, hole.bottom)
        cols = self._middles(box.left, box.right, hole.left, hole.right)
        own = unknown & rows[:, None] & cols
        return bool((self.explained(unknown)[own] >= ENOUGH).all())

    def _middles(self, start: int, stop: int, low: int, high: int) -> Mask:
        """Return (R,) whether the middle of each cell from start to stop lies in the hole's box."""
        at = start + (2 * np.arange(self.resolution) + 1) * (stop - start) // (2 * self.resolution)
        return np.asarray((at >= low) & (at < high))

    def square(self, hole: Box, bounds: Box, wanted: float) -> Box:
        """Centre a square on the hole and push it back into ``bounds`` as far as it goes."""
        need = max(hole.width, hole.height)
        least = max(self.resolution // self.step, 1)
        side = max(math.ceil(wanted), need, least)
        side = max(need, min(side, max(least, bounds.width, bounds.height)))
        left = _place((hole.left + hole.right - side) // 2, side, bounds.left, bounds.right)
        top = _place((hole.top + hole.bottom - side) // 2, side, bounds.top, bounds.bottom)
        return Box(left, top, left + side, top + side)


def _place(start: int, side: int, low: int, high: int) -> int:
    return (low + high - side) // 2 if side >= high - low else min(max(start, low), high - side)
