"""What a fill gives back."""

from __future__ import annotations

from dataclasses import dataclass

from engine.arrays import Pixels
from engine.geometry import Box


@dataclass(frozen=True)
class Result:
    """Hold one finished fill.

    Attributes:
        box: bounding box of the mask; empty for an empty mask.
        patch: (box.height, box.width, 3) of the photo's type; equal to the photo to the bit
            outside the mask.
        seed: brings the same fill back (see ``engine.removal.codes``).
        device: where it was computed, for people.
        windows: the squares the network looked at, in their order.
        holes: the box of what was filled from each of them.
        scale: network pixels per photo pixel of the coarsest window, at most 1.
    """

    box: Box
    patch: Pixels
    seed: int
    device: str
    windows: tuple[Box, ...]
    scale: float = 1.0
    holes: tuple[Box, ...] = ()
