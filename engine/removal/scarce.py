"""Say so where hardly anything of a photo is left to fill from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.arrays import Mask
from engine.geometry import Box
from engine.sentence import Sentence

LITTLE: Final = 0.1
"""So many known pixels for each that is to be filled are hardly any."""
LITTLE_LEFT: Final = Sentence(
    "Hardly anything of the photo is left around what is painted, so the fill only guesses its"
    " colours. Paint less, or in parts."
)


def little_left(mask: Mask, clear: Mask | None, holes: Sequence[Box]) -> list[Sentence]:
    """Return what is to be said where hardly anything is known around a hole; else nothing.

    Args:
        mask: (H, W) bool, all that is to be filled.
        clear: (H, W) bool, what else is unknown; None for nothing.
        holes: boxes of what is filled together.
    """
    unknown = mask if clear is None else mask | clear
    return [LITTLE_LEFT] if any(_alone(mask, unknown, hole) for hole in holes) else []


def _alone(mask: Mask, unknown: Mask, hole: Box) -> bool:
    around = unknown[hole.grow(max(hole.width, hole.height)).clip(Box.of(unknown)).slices]
    known = around.size - int(np.count_nonzero(around))
    return known < LITTLE * int(np.count_nonzero(mask[hole.slices]))
