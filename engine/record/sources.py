"""Say from where a fill may copy: what a user keeps out of it, and from where alone it may take."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from engine.arrays import Mask
from engine.record.planes import Plane


class Paint(StrEnum):
    """Say what strokes on a photo are for.

    Attributes:
        MASK: what is to be filled.
        AVOID: what must not be copied from.
        TAKE: where alone may be copied from.
    """

    MASK = "mask"
    AVOID = "avoid"
    TAKE = "take"


@dataclass(frozen=True)
class Sources:
    """Hold what a user says about where to copy from; ``None`` says nothing.

    Attributes:
        avoid: nothing is copied from here.
        take: nothing is copied from elsewhere.
    """

    avoid: Plane | None = None
    take: Plane | None = None

    @classmethod
    def of(cls, avoid: Mask | None = None, take: Mask | None = None) -> Sources:
        """Return what two masks (H, W) bool say; an empty one says nothing."""
        return cls(*(None if mask is None else Plane.around(mask) for mask in (avoid, take)))

    def allowed(self, shape: tuple[int, ...]) -> Mask | None:
        """Return (H, W) bool, what may be copied of a photo of ``shape``; None for all of it."""
        if self == ANYWHERE:
            return None
        out = np.full(shape[:2], self.take is None)
        if self.take is not None:
            out[self.take.box.slices] = self.take.bits()
        if self.avoid is not None:
            out[self.avoid.box.slices] &= ~self.avoid.bits()
        return out


ANYWHERE: Final = Sources()
