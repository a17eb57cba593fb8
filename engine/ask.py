"""What to fill, and how: one form for everybody who asks for a fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.geometry import Box, union_all
from engine.kept import NEVER, Keep
from engine.structure.given import NOTHING, Given
from engine.windows.transforms import Transforms

if TYPE_CHECKING:
    from engine.arrays import Mask, Pixels

Views = Sequence[tuple[Box, Box]]
"""Squares to look at and the box of what is filled from each."""


@dataclass(frozen=True, eq=False)
class Ask:
    """Say what to fill, and how.

    Attributes:
        image: (H, W, 3) uint8 or uint16 RGB; in sRGB where a network is asked.
        mask: (H, W) bool, True = fill.
        hidden: (H, W) bool, what is unknown too but not to be filled; None for nothing.
        context: more than 1 looks wider around each hole than it takes to explain it.
        given: where to look, as a result names it; what is True beside its boxes is neither filled
            nor looked at. None: wherever it takes to fill all of the mask.
        lines: what a user drew and dropped.
        keep: what was learnt of all this before.
        sources: (H, W) bool, what of the known may be copied; None for all of it. The network sees
            the rest as well.
        transforms: how what is copied may be changed, besides being moved.
    """

    image: Pixels
    mask: Mask
    hidden: Mask | None = None
    context: float = 1.0
    given: Views | None = None
    lines: Given = NOTHING
    keep: Keep = NEVER
    sources: Mask | None = None
    transforms: Transforms = Transforms.NONE

    @property
    def unknown(self) -> Mask:
        """Return (H, W) bool, all that nothing may be taken from."""
        return self.mask if self.hidden is None else self.mask | self.hidden

    @property
    def box(self) -> Box | None:
        """Return the box of what is filled; None for all of the mask."""
        return union_all(hole for _, hole in self.given) if self.given else None
