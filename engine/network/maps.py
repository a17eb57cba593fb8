"""What the certainty branch says of a mask: evidence, gamma and certainty per resolution.

Certainty and gamma depend on the mask alone, not on a pixel, a seed or the photo. They tell where
the surroundings still reach, never how likely a fill is right. Disagreement is the other half: it
compares finished fills and depends on the photo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from engine.answering.certainty import CertaintyBranch
from engine.arrays import Floats, Ints, Mask, Pixels
from engine.pixels import to_float
from engine.sentence import Sentence
from engine.windows.sight import Explained

SPEAKS: Final = 0.25

CLOSE = Sentence("The surroundings reach every part of this hole.")
FAIR = Sentence("The middle rests on coarse hints from around: check it at 100 %.")
FAR = Sentence("The middle is wider than the photo can explain: paint in two passes.")


@dataclass(frozen=True)
class MaskMaps:
    """Hold the maps of one network-sized mask.

    Attributes:
        certainty: resolution r -> (r, r) float32 in [0, 1], after the encoder's blocks at r.
        gamma: resolution r -> (r, r) float32 in [0, 1], Equation 7; small where the decoder's
            deep features are taken, that is where the photo no longer speaks at this scale.
        evidence: (R, R) int32, the finest resolution whose gamma still reaches ``SPEAKS``; R where
            known, 4 where not even 8 px does.
    """

    certainty: dict[int, Floats]
    gamma: dict[int, Floats]
    evidence: Ints

    def sentence(self, hole: Mask) -> str:
        """Say in one plain sentence what the evidence means for this hole (R, R)."""
        if not hole.any():
            return CLOSE
        finest, near = int(self.evidence[hole].min()), near_of(self.evidence.shape[0])
        return CLOSE if finest >= near else FAIR if finest >= near // 2 else FAR


def near_of(resolution: int) -> int:
    """Return the coarsest evidence, in pixels, that still counts as close to the rim.

    At 64 px that is the quarter at which windows are chosen (``engine.windows.sight.ENOUGH``); a
    larger network tells finer steps apart.
    """
    return max(16, resolution // 8)


def mask_maps(branch: CertaintyBranch | None, hole: Mask) -> MaskMaps:
    """Compute the maps from the certainty branch alone.

    Args:
        branch: of an imputing network with gamma skips; without one the maps are empty.
        hole: (R, R) bool at the network's resolution, True = fill.
    """
    if branch is None:
        return MaskMaps({}, {}, _evidence({}, hole))
    certain = branch.certainties((~hole).astype(np.float32))
    certainty = {r: block.after for r, block in sorted(certain.encoder.items())}
    return MaskMaps(certainty, certain.gamma, _evidence(certain.gamma, hole))


def reach_of(branch: CertaintyBranch | None) -> Explained | None:
    """Return what tells, of a mask, how fine the evidence is that reaches each pixel.

    Returns:
        A function as in ``engine.windows.sight``; None without a branch.
    """
    if branch is None:
        return None

    def reach(unknown: Mask) -> Floats:
        gamma = branch.certainties((~unknown).astype(np.float32)).gamma
        return (_evidence(gamma, unknown) / branch.resolution).astype(np.float32)

    return reach


def _evidence(gamma: dict[int, Floats], hole: Mask) -> Ints:
    side = hole.shape[0]
    finest = np.full(hole.shape, 4, np.int32)
    for r, values in sorted(gamma.items()):
        large = cv2.resize(values, (side, side), interpolation=cv2.INTER_NEAREST)
        finest[large >= SPEAKS] = r
    finest[~hole] = side
    return finest


def disagreement(patches: Sequence[Pixels], hole: Mask) -> Floats:
    """Measure how much several fills of one hole differ, pixel by pixel.

    Args:
        patches: two or more (H, W, 3) uint8 or uint16 of the same box.
        hole: (H, W) bool.

    Returns:
        (H, W) float32, the standard deviation over the fills, root mean square over channels,
        in [0, 1]; 0 outside the hole.
    """
    total = np.zeros(hole.shape, np.float32)
    mean: Any = sum(to_float(p) for p in patches) / len(patches)
    for patch in patches:
        total += np.square(to_float(patch) - mean).mean(axis=2)
    return np.where(hole, np.sqrt(total / len(patches)), 0).astype(np.float32)


def spread(patches: Sequence[Pixels], hole: Mask) -> float:
    """Return the root mean square disagreement over the hole, in [0, 1]; 0 for no hole."""
    values = disagreement(patches, hole)[hole]
    return float(np.sqrt(np.square(values).mean())) if values.size else 0.0
