"""Compute the maps beside the photo: everything here runs in a worker thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from engine.arrays import Floats, Levels, Mask, Pixels
from engine.removal.remover import Remover
from engine.views.heat import Heat
from engine.views.seen import Seen, look, worst_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.progress import Report

SIDE = 512


@dataclass(frozen=True, eq=False)
class EvidenceFound:
    """Hold the evidence of every window as pictures, and the sentence for the worst of them."""

    heats: list[Heat]
    sentence: str
    seen: list[Seen]


@dataclass(frozen=True, eq=False)
class FindEvidence:
    """Look how far the surroundings reach into the holes, from the mask alone.

    ``mask`` is a halving of the photo's mask: (h, w) uint8, ``step`` photo pixels per pixel;
    ``context`` more than 1 looks wider.
    """

    remover: Remover
    mask: Levels
    step: int
    context: float = 1.0

    def __call__(self, report: Report) -> EvidenceFound:
        """Return the evidence; raises what loading the engine raises."""
        filler = self.remover.get()
        boxes = filler.squares(self.mask.astype(bool), self.context, self.step)
        seen = []
        for one in look(self.mask, boxes, filler.resolution, self.remover.maps, self.step):
            report.check()
            seen.append(one)
        return EvidenceFound([one.heat for one in seen], worst_sentence(seen), seen)


def doubt_of(patches: Sequence[Pixels], hole: Mask) -> Floats:
    """Return how much the results differ, (h, w) float32 in [0, 1], at most 512 pixels a side."""
    from engine.network.maps import disagreement

    scale = min(1.0, SIDE / max(hole.shape))
    size = max(round(hole.shape[1] * scale), 1), max(round(hole.shape[0] * scale), 1)
    small = [np.asarray(cv2.resize(p, size, interpolation=cv2.INTER_AREA)) for p in patches]
    cover = cv2.resize(hole.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return disagreement(small, np.asarray(cover, bool))
