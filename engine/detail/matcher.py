"""What one level offers to copy and what it wants: places, neighbours, distances."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engine.arrays import Floats
from engine.detail.descriptors import GUIDE_WEIGHT, RADIUS, Rows, describe, describe_guide
from engine.detail.pyramid import Level, depth_of, patch_centres
from engine.detail.roughness import roughness

Ints = NDArray[np.int32]

FADE: Final = 1.2
"""A patch counts this much less for each pixel it lies further inside the hole."""
CONTRAST: Final = 1.15
"""An estimate is a mean of patches and softer than any: its waves are taken so much stronger."""
TRUST_DEEP: Final = 0.12
"""Share of the guide's weight that is left far inside the hole."""
TRUST_REACH: Final = 6.0
"""Pixels of the guide over which its weight falls to 1 / e of what there is to lose."""
_REACH: Final = 8
"""Neighbours are known up to so many pixels away."""


class Matcher:
    """Know every patch of one level that may be copied, and every patch that wants one.

    Places are flat indices into the level, row by row. Nothing in it changes, so one matcher
    serves several fills.

    Attributes:
        level: the pixels.
        sources: (M,) int32, centres of the patches that may be copied.
        targets: (N,) int32, centres of the patches that touch the hole.
        inside: (P,) int32, the hole's pixels.
        index: (h * w,) int32, position in ``targets``, -1 elsewhere.
        fading: (N,) float32, 1 at the rim, less inside the hole.
        depth: pixels from the middle of the hole to the known.
    """

    def __init__(self, level: Level, guide: Floats | None = None, cell: float = 1.0):
        """Describe the patches of ``level``.

        Args:
            level: what to copy from and what to fill.
            guide: (h, w, 3) as in ``describe_guide``; None where nothing is held to one.
            cell: pixels of the network's answer to one of the level.
        """
        self.level = level
        self.height, self.width = level.hole.shape
        self.valid = patch_centres(level.allowed).ravel()
        self.sources = _places(self.valid)
        square = np.ones((2 * RADIUS + 1, 2 * RADIUS + 1), np.uint8)
        self.targets = _places(cv2.dilate(level.hole.astype(np.uint8), square))
        self.inside = _places(level.hole)
        self.index = np.full(self.height * self.width, -1, np.int32)
        self.index[self.targets] = np.arange(len(self.targets), dtype=np.int32)
        self.rows, self.cols = np.divmod(self.targets, np.int32(self.width))
        depth = depth_of(level.hole).ravel()[self.targets]
        self.depth = float(depth.max())
        self.fading = np.float32(FADE) ** -depth
        self._trust = trust(depth * np.float32(cell))[:, None]
        around = np.pad(self.index.reshape(level.hole.shape), _REACH, constant_values=-1)
        self._index = around.ravel()
        self._deep = np.flatnonzero(level.hole.ravel()[self.targets])
        low, high = describe(level.image)
        rough = roughness((low, high), level.hole)
        self._rough = np.take(rough, self.targets, axis=0)
        of_guide = () if guide is None else (describe_guide(guide),)
        self._table = Rows((low, rough, *of_guide, high))
        self._pairs: dict[tuple[int, int], tuple[Ints, Ints]] = {}

    def neighbours(self, places: Ints, dy: int, dx: int) -> Ints:
        """Return the index of the target that lies (dy, dx) from each of ``places``, -1 if none.

        Args:
            places: (n,) int32.
            dy, dx: at most 8.
        """
        at = places // np.int32(self.width)
        at *= np.int32(2 * _REACH)
        at += places
        at += np.int32((_REACH + dy) * (self.width + 2 * _REACH) + _REACH + dx)
        return np.take(self._index, at)

    def pairs(self, dy: int, dx: int) -> tuple[Ints, Ints]:
        """Return (n,) int32 twice: targets that have another (dy, dx) away, and those others."""
        if (dy, dx) not in self._pairs:
            found = self.neighbours(self.targets, dy, dx)
            first = _places(found >= 0)
            self._pairs[dy, dx] = first, np.take(found, first)
        return self._pairs[dy, dx]

    def clip(self, rows: Ints, cols: Ints) -> Ints:
        """Return the places of (row, column) pairs, moved into the level where they are not."""
        rows = np.minimum(np.maximum(rows, 0), self.height - 1)
        rows *= self.width
        rows += np.minimum(np.maximum(cols, 0), self.width - 1)
        return np.asarray(rows, np.int32)

    def wanted(self, estimate: Floats, held: Rows) -> Rows:
        """Describe the targets in the present estimate (h, w, 3) of the picture.

        Where the guide is trusted less, part of it is replaced by the estimate itself, which any
        patch that fits the estimate fits too.

        Args:
            estimate: the picture.
            held: of ``held``.
        """
        low, high = (self._of_targets(part) for part in describe(self._cut(estimate)))
        kept = [self._trusted(part, low) for part in held.parts]
        low[self._deep, 3:] *= np.float32(CONTRAST)
        high[self._deep] *= np.float32(CONTRAST)
        return Rows((low, self._rough, *kept, high))

    def held(self, guide: Floats | None) -> Rows:
        """Describe the targets in what all estimates are held to, (h, w, 3); None for nothing."""
        return Rows(() if guide is None else (self._of_targets(describe_guide(self._cut(guide))),))

    def _trusted(self, held: Floats, low: Floats) -> Floats:
        """Return the guide's part mixed with that of the estimate, whose low waves are given."""
        present = low * np.float32(GUIDE_WEIGHT)
        return np.asarray(present + self._trust * (held - present), np.float32)

    def _cut(self, picture: Floats) -> Floats:
        top, bottom, left, right = self.surroundings()
        return np.ascontiguousarray(picture[top:bottom, left:right])

    def _of_targets(self, rows: Floats) -> Floats:
        """Return (N, D) of the descriptors (h' * w', D) of ``surroundings``."""
        top, _, left, right = self.surroundings()
        return np.take(rows, (self.rows - top) * (right - left) + self.cols - left, axis=0)

    def surroundings(self) -> tuple[int, int, int, int]:
        """Return (top, bottom, left, right) of the targets with a patch's width around them."""
        margin = RADIUS + 1
        top, bottom = int(self.rows[0]) - margin, int(self.rows[-1]) + margin + 1
        left, right = int(self.cols.min()) - margin, int(self.cols.max()) + margin + 1
        return max(0, top), min(self.height, bottom), max(0, left), min(self.width, right)

    def cost(self, wanted: Rows, places: Ints) -> Floats:
        """Return (n,) squared distances of ``wanted`` (n rows) to the patches at ``places``."""
        total = np.zeros(len(places), np.float32)
        for table, part in zip(self._table.parts, wanted.parts, strict=True):
            total += _distance(table, part, places)
        return total

    def cheaper(
        self, wanted: Rows, n: Ints, places: Ints, limit: Floats
    ) -> tuple[Ints, Ints, Floats]:
        """Keep the candidates whose cost is below a limit, giving each up as soon as it is not.

        Args:
            wanted: of all targets.
            n: (k,) targets.
            places: (k,) the candidate of each.
            limit: (k,) float32.

        Returns:
            Those of ``n`` and ``places`` that are left, and their costs.
        """
        cost = np.zeros(len(n), np.float32)
        for table, part in zip(self._table.parts, wanted.parts, strict=True):
            cost += _distance(table, np.take(part, n, axis=0), places)
            keep = np.flatnonzero(cost < limit)
            n, places = np.take(n, keep), np.take(places, keep)
            cost, limit = np.take(cost, keep), np.take(limit, keep)
        return n, places, cost

    def nearest(self, wanted: Rows) -> Ints:
        """Return (N,) the best of all sources, by comparing with every one of them."""
        of_sources = np.concatenate(self._table.take(self.sources).parts, axis=1)
        table = torch.from_numpy(of_sources)
        asked = torch.from_numpy(np.concatenate(wanted.parts, axis=1))
        length = (table * table).sum(1)
        step = max(1, 4_000_000 // len(table))
        best = [
            torch.addmm(length[None], part, table.T, alpha=-2).argmin(1)
            for part in torch.split(asked, step)
        ]
        return np.asarray(self.sources[torch.cat(best).numpy()])


def trust(depth: Floats) -> Floats:
    """Return how far an answer is followed, so deep inside the hole: the deeper, the less it knows.

    The square root of a + (1 - a) exp(-max(0, d - 1) / r), by which a difference is multiplied
    before it is squared, with a = ``TRUST_DEEP`` and r = ``TRUST_REACH``.

    Args:
        depth: (n,) float32, pixels of the answer to the nearest known one; 0 outside the hole.

    Returns:
        (n,) float32 in (0, 1].
    """
    lost = 1 - np.exp(-np.maximum(depth - 1, 0) / np.float32(TRUST_REACH))
    return np.asarray(np.sqrt(1 - (1 - TRUST_DEEP) * lost), np.float32)


def _distance(table: Floats, wanted: Floats, places: Ints) -> Floats:
    miss = np.take(table, places, axis=0)
    miss -= wanted
    return np.asarray(np.einsum("nd,nd->n", miss, miss), np.float32)


def _places(mask: NDArray[np.generic]) -> Ints:
    return np.flatnonzero(mask).astype(np.int32)
