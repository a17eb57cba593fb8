"""Cut boxes into squares of a fixed grid, so that long thin changes stay small in memory."""

from __future__ import annotations

from collections.abc import Iterator

from engine.arrays import AnyArray
from engine.geometry import Box

TILE = 256


def tiles(box: Box, bounds: Box) -> Iterator[Box]:
    """Yield the grid squares of ``bounds`` that ``box`` touches; those at the rim are cut."""
    box = box.clip(bounds)
    if box.empty:
        return
    for top in range(box.top // TILE * TILE, box.bottom, TILE):
        for left in range(box.left // TILE * TILE, box.right, TILE):
            yield Box(left, top, left + TILE, top + TILE).clip(bounds)


class Keepsake:
    """Remember how the touched squares of an array looked before the first change to each.

    Attributes:
        squares: the squares kept, with a copy of their first content.
    """

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self.squares: dict[Box, AnyArray] = {}

    def keep(self, array: AnyArray, box: Box) -> None:
        """Copy the squares ``box`` touches that are not kept yet; call before writing."""
        for square in tiles(box, Box.of(array)):
            if square not in self.squares:
                self.squares[square] = array[square.slices].copy()

    def read(self, array: AnyArray, box: Box) -> AnyArray:
        """Return ``box`` as it was at first: from the squares kept, the rest from ``array``."""
        out = array[box.slices].copy()
        for square in tiles(box, Box.of(array)):
            kept = self.squares.get(square)
            if kept is not None:
                shared = square.clip(box)
                out[shared.within(box).slices] = kept[shared.within(square).slices]
        return out
