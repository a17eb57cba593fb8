"""Look at a mask the way the network would: window by window; numpy and cv2 only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import cv2
import numpy as np

from engine.arrays import AnyArray, Mask
from engine.geometry import Box
from engine.sentence import Sentence
from engine.views.heat import FINE, Heat, evidence_picture
from engine.windows.scaling import unknown_cells

FINER: Final = "Finer than {0} pixels is texture from elsewhere."


@dataclass(frozen=True, eq=False)
class Seen:
    """Hold the maps of one window.

    Attributes:
        box: the square in photo pixels; it may reach beyond the photo.
        hole: (R, R) bool at the network's resolution; what lies off the photo is hole, too.
        inside: (h, w) bool, the mask within ``box`` at the resolution it was given in.
        maps: engine.network.maps.MaskMaps of ``hole``.
    """

    box: Box
    hole: Mask
    inside: Mask
    maps: Any

    @property
    def heat(self) -> Heat:
        """Return the evidence as a picture that ends where the mask ends."""
        return Heat(self.box, evidence_picture(self.maps.evidence, self.inside, self.box.width))

    @cached_property
    def asked(self) -> Mask:
        """Return (R, R) bool: the part of ``hole`` that the user painted."""
        side = self.hole.shape[0]
        cover = cv2.resize(
            self.inside.view(np.uint8) * np.float32(1), (side, side), interpolation=cv2.INTER_AREA
        )
        return np.asarray(self.hole & (np.asarray(cover) > 0))

    @property
    def finest(self) -> float:
        """Return the coarsest evidence in the hole as a share of the network's side; 1 is best."""
        side = self.hole.shape[0]
        asked = self.asked
        return float(self.maps.evidence[asked].min()) / side if asked.any() else 1.0

    @property
    def grain(self) -> int:
        """Return how many photo pixels a thing must measure to be known all over the hole."""
        cells = float(self.finest * self.hole.shape[0])
        return max(round(self.box.width / cells), 1)

    @property
    def sentence(self) -> str:
        """Return what the evidence means, in plain words."""
        told: str = self.maps.sentence(self.asked)
        if self.grain <= FINE:
            return told
        return Sentence("{0} {1}", told, Sentence(FINER, self.grain))


def look(
    mask: AnyArray,
    boxes: Sequence[Box],
    side: int,
    maps_of: Callable[[Mask], Any],
    step: int = 1,
) -> Iterator[Seen]:
    """Yield the maps of every window.

    Args:
        mask: (H, W), not 0 where something is to fill.
        boxes: squares in pixels of ``mask``.
        side: the network's side R.
        maps_of: makes engine.network.maps.MaskMaps of a hole (R, R).
        step: photo pixels per pixel of ``mask``.
    """
    for box in boxes:
        hole = unknown_cells(mask, box, side)
        clipped = box.clip(Box.of(mask))
        inside = np.zeros((box.height, box.width), bool)
        inside[clipped.within(box).slices] = mask[clipped.slices] != 0
        yield Seen(Box(*(value * step for value in box)), hole, inside, maps_of(hole))


def worst_sentence(seen: Sequence[Seen]) -> str:
    """Return the sentence of the window that knows least; empty without windows."""
    return min(seen, key=lambda one: (-one.grain, one.finest)).sentence if seen else ""
