"""Hold what is painted on a photo: bits, and their halvings to show them at any zoom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Mask
from engine.geometry import Box
from engine.record.planes import Plane
from engine.views.pyramid import Pyramid, halve_max


class Drawn:
    """Know which pixels are painted.

    Attributes:
        bits: (H, W) bool.
        levels: the pyramid over them.
        count: how many are painted.
    """

    def __init__(self, shape: tuple[int, ...], depth: int) -> None:
        """Begin with nothing painted; ``depth``: the number of halvings."""
        self.bits: Mask = np.zeros(shape[:2], bool)
        self.levels = Pyramid(self.bits, halve_max, depth, blank=True)
        self.count = 0

    def flip(self, flips: Sequence[tuple[Box, Mask]]) -> None:
        """Flip the bits (box.height, box.width) bool of each box."""
        for box, bits in flips:
            target = self.bits[box.slices]
            before = int(np.count_nonzero(target))
            target ^= bits
            self.count += int(np.count_nonzero(target)) - before
        self.levels.refresh([box for box, _ in flips])

    def box(self) -> Box | None:
        """Return the smallest box around all, None if there is nothing; cheap on any size."""
        coarse = Box.around(self.levels.levels[-1].astype(bool))
        if coarse is None:
            return None
        step = 1 << self.levels.depth
        wide = Box(*(side * step for side in coarse)).clip(Box.of(self.bits))
        fine = Box.around(self.bits[wide.slices])
        return fine.shift(wide.left, wide.top) if fine else None

    def plane(self) -> Plane | None:
        """Return all that is painted, None if there is nothing."""
        box = self.box()
        return None if box is None else Plane.of_bits(box, self.bits[box.slices])
