"""Photos a few pixels thin: mirrored to a size that can be looked at, and cut out again.

A square window around a hole in a photo one pixel high is empty but for a line; the network and
the patch search have next to nothing to go by. Mirrored at its long sides the photo fills it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.arrays import Mask, Pixels
from engine.ask import Ask
from engine.geometry import Box
from engine.result import Result

THIN: Final = 16
ROOM: Final = 64
"""Thinner photos than the one are mirrored to at least the other."""
LONGEST: Final = 1_000_000
"""Longer ones are left as they are, for the memory's sake."""


@dataclass(frozen=True, eq=False)
class Thick:
    """Hold a mirrored photo.

    Attributes:
        image: (H, W, 3) mirrored.
        mask: (H, W) mirrored.
        box: where the photo itself lies in it.
    """

    image: Pixels
    mask: Mask
    box: Box

    def mirrored(self, mask: Mask) -> Mask:
        """Return another mask (H, W) of the photo as one of the mirrored photo."""
        return np.asarray(_padded(mask, self.box.top, self.box.left), bool)

    def inside(self, box: Box) -> Box:
        """Return a box of the photo as one of the mirrored photo."""
        return box.shift(self.box.left, self.box.top)

    def ask(self, ask: Ask) -> Ask:
        """Return what was asked of the photo as asked of the mirrored photo, without lines."""
        hidden = None if ask.hidden is None else self.mirrored(ask.hidden)
        given = ask.given and [(self.inside(a), self.inside(b)) for a, b in ask.given]
        sources = None if ask.sources is None else self.mirrored(ask.sources)
        about = self.image, self.mask, hidden, ask.context, given
        return Ask(*about, sources=sources, transforms=ask.transforms)

    def cut(self, result: Result) -> Result:
        """Return what a result of the mirrored photo means for the photo itself."""
        if result.box.empty:
            return result
        masked = Box.around(self.mask[self.box.slices]) or Box(0, 0, 0, 0)
        own = result.box.clip(self.inside(masked))
        pairs = list(zip(result.windows, result.holes, strict=False))
        pairs = [(window, hole) for window, hole in pairs if hole.meets(self.box)]
        windows = [window for window, _ in pairs] or result.windows
        return replace(
            result,
            box=self._outside(own),
            patch=result.patch[own.within(result.box).slices].copy(),
            windows=tuple(self._outside(box) for box in windows),
            holes=tuple(self._outside(hole.clip(self.box)) for _, hole in pairs),
        )

    def _outside(self, box: Box) -> Box:
        return box.shift(-self.box.left, -self.box.top)


def thickened(image: Pixels, mask: Mask) -> Thick | None:
    """Return a photo (H, W, 3) and its mask (H, W) mirrored; None if it is not thin."""
    if min(mask.shape) >= THIN or max(mask.shape) > LONGEST:
        return None
    rows, columns = (_margin(side) for side in mask.shape)
    box = Box.of(mask).shift(columns, rows)
    return Thick(_padded(image, rows, columns), _padded(mask, rows, columns), box)


def _padded(values: Pixels, rows: int, columns: int) -> Pixels:
    more = ((rows, rows), (columns, columns), (0, 0))[: values.ndim]
    return np.pad(values, more, mode="symmetric")


def _margin(side: int) -> int:
    return -(-(ROOM - side) // 2) if side < THIN else 0
