"""What one level offers to copy and what it wants: places, neighbours, distances."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Ints
from engine.detail.descriptors import (
    GUIDE_WEIGHT,
    GUIDED,
    HALVED,
    RADIUS,
    WAVES,
    describe,
    describe_guide,
    describe_into,
)
from engine.detail.loops import search, waves
from engine.detail.pyramid import Level, depth_of, patch_centres
from engine.detail.roughness import roughness
from engine.running.parallel import in_halves

FADE: Final = 1.2
"""A patch counts this much less for each pixel it lies further inside the hole."""
CONTRAST: Final = 1.15
"""An estimate is a mean of patches and softer than any: its waves are taken so much stronger."""
TRUST_DEEP: Final = 0.12
"""Share of the guide's weight that is left far inside the hole."""
TRUST_REACH: Final = 6.0
"""Pixels of the guide over which its weight falls to 1 / e of what there is to lose."""
_REACH: Final = search.REACH
_NOTHING: Final = np.zeros((0, GUIDED), np.float32)


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
        around: (h + 16, w + 16) int32, the same with a margin.
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
        self._trust = trust(depth * np.float32(cell))
        self.around = np.full(np.add(level.hole.shape, 2 * _REACH), -1, np.int32)
        self.around[_REACH:-_REACH, _REACH:-_REACH] = self.index.reshape(level.hole.shape)
        deep = np.take(level.hole.ravel(), self.targets)
        self._strength = np.where(deep, np.float32(CONTRAST), np.float32(1))
        self._table = describe(level.image, room=1 if guide is None else 1 + GUIDED)
        self._table[:, WAVES : WAVES + 1] = roughness(self._table, level.hole)
        self._rough = np.take(self._table[:, WAVES], self.targets)
        if guide is not None:
            self._table[:, WAVES + 1 :] = describe_guide(guide)

    @property
    def nbytes(self) -> int:
        """Return the bytes of the table; the rest is small beside it."""
        return self._table.nbytes

    def clip(self, rows: Ints, cols: Ints) -> Ints:
        """Return the places of (row, column) pairs, moved into the level where they are not."""
        rows = np.minimum(np.maximum(rows, 0), self.height - 1)
        rows *= self.width
        rows += np.minimum(np.maximum(cols, 0), self.width - 1)
        return np.asarray(rows, np.int32)

    def room(self, fills: int) -> Floats:
        """Return room for what so many fills want, (fills, N, D) float32, of any values."""
        return np.empty((fills, len(self.targets), self._table.shape[1]), np.float32)

    def wanted(self, estimate: Floats, held: Floats | None, rows: Floats | None = None) -> Floats:
        """Describe the targets in the present estimate (h, w, 3) of the picture.

        Where the guide is trusted less, part of it is replaced by the estimate itself, which any
        patch that fits the estimate fits too.

        Args:
            estimate: the picture.
            held: of ``held``.
            rows: (N, D) float32, where to put it; None for new memory, which takes longer to get
                than to fill.

        Returns:
            (N, D) float32: waves, roughness, and the guide's waves if there is one.
        """
        rows = self.room(1)[0] if rows is None else rows
        describe_into(rows, estimate, self.targets)
        each = rows, self._rough, self._strength, self._trust
        kept = _NOTHING if held is None else held
        weight = np.float32(GUIDE_WEIGHT)

        def ask(part: slice) -> None:
            waves.want(*(values[part] for values in each), kept[part], weight)

        in_halves(ask, len(rows), HALVED)
        return rows

    def held(self, guide: Floats | None) -> Floats | None:
        """Describe the targets in what all estimates are held to, (h, w, 3); None for nothing."""
        return None if guide is None else describe_guide(guide, self.targets)

    def surroundings(self) -> tuple[int, int, int, int]:
        """Return (top, bottom, left, right) of the targets with a patch's width around them."""
        margin = RADIUS + 1
        top, bottom = int(self.rows[0]) - margin, int(self.rows[-1]) + margin + 1
        left, right = int(self.cols.min()) - margin, int(self.cols.max()) + margin + 1
        return max(0, top), min(self.height, bottom), max(0, left), min(self.width, right)

    @property
    def patches(self) -> tuple[np.ndarray, ...]:
        """Return what ``search.improve`` asks for under this name."""
        return self._table, self.valid, self.around, self.targets, self.rows, self.cols

    def cost(self, wanted: Floats, places: Ints) -> Floats:
        """Return (n,) squared distances of ``wanted`` (n rows) to the patches at ``places``."""
        found = np.empty(len(places), np.float32)

        def ask(part: slice) -> None:
            search.costs(wanted[part], self._table, places[part], found[part])

        in_halves(ask, len(places), HALVED)
        return found

    def nearest(self, wanted: Floats) -> Ints:
        """Return (N,) the best of all sources, by comparing with every one of them."""
        table = np.take(self._table, self.sources, axis=0)
        best = np.empty(len(wanted), np.int32)
        search.nearest(wanted, np.ascontiguousarray(table.T), np.square(table).sum(axis=1), best)
        return np.asarray(self.sources[best])


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


def _places(mask: NDArray[np.generic]) -> Ints:
    return np.flatnonzero(mask).astype(np.int32)
