"""Nearest-neighbour field: for every patch of the hole, the known patch that fits it best.

The search is that of PatchMatch (Barnes et al. 2009), good guesses spread to neighbours and random
guesses close in, but done for all patches at once. Neighbours that copy from the same place cost
less, so the field falls into large pieces, and large pieces keep the photo's own grain.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engine.detail.descriptors import RADIUS, contrast, describe
from engine.detail.pyramid import Level, depth_of, patch_centres
from engine.pixels import Floats

Ints = NDArray[np.int32]

FADE: Final = 1.2
"""A patch counts this much less for each pixel it lies further inside the hole."""
COHERENCE: Final = 1.0
"""What a neighbour that copies from the same place is worth, in median patch costs."""
CONTRAST: Final = 1.15
"""An estimate is a mean of patches and softer than any: its waves are taken so much stronger."""
FAR: Final = np.int32(-(2**30))
_SIDES: Final = ((0, 1), (1, 0), (0, -1), (-1, 0))


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
    """

    def __init__(self, level: Level, guide: Floats | None = None):
        """Describe the patches of ``level``; ``guide`` (h, w, 3) as in ``describe``."""
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
        self._deep = level.hole.ravel()[self.targets]
        self.fading = np.float32(FADE) ** -depth_of(level.hole).ravel()[self.targets]
        self._table = describe(level.image, guide).reshape(len(self.index), -1)
        self._beside = [self.neighbours(dy, dx) for dy, dx in _SIDES]

    def neighbours(self, dy: int, dx: int) -> Ints:
        """Return (N,) int32, the index of the target that lies (dy, dx) away, -1 if none."""
        rows, cols = self.rows + dy, self.cols + dx
        found = self.index[self.clip(rows, cols)]
        found[(rows < 0) | (rows >= self.height) | (cols < 0) | (cols >= self.width)] = -1
        return found

    def clip(self, rows: Ints, cols: Ints) -> Ints:
        """Return the places of (row, column) pairs, moved into the level where they are not."""
        rows = np.clip(rows, 0, self.height - 1)
        return np.asarray(rows * self.width + np.clip(cols, 0, self.width - 1), np.int32)

    def wanted(self, estimate: Floats, guide: Floats | None = None) -> Floats:
        """Describe (N, D) the targets in the present estimate (h, w, 3) of the picture."""
        top, bottom, left, right = self.surroundings()
        part = np.s_[top:bottom, left:right]
        found = describe(
            np.ascontiguousarray(estimate[part]),
            None if guide is None else np.ascontiguousarray(guide[part]),
        )
        where = (self.rows - top) * (right - left) + self.cols - left
        rows = np.take(found.reshape(-1, found.shape[2]), where, axis=0)
        rows[self._deep] *= contrast(CONTRAST, found.shape[2])
        return rows

    def surroundings(self) -> tuple[int, int, int, int]:
        """Return (top, bottom, left, right) of the targets with a patch's width around them."""
        margin = RADIUS + 1
        top, bottom = int(self.rows.min()) - margin, int(self.rows.max()) + margin + 1
        left, right = int(self.cols.min()) - margin, int(self.cols.max()) + margin + 1
        return max(0, top), min(self.height, bottom), max(0, left), min(self.width, right)

    def cost(self, wanted: Floats, places: Ints) -> Floats:
        """Return (n,) squared distances of ``wanted`` (n, D) to the patches at ``places``."""
        miss = np.take(self._table, places, axis=0)
        miss -= wanted
        return np.asarray(np.einsum("nd,nd->n", miss, miss), np.float32)

    def nearest(self, wanted: Floats) -> Ints:
        """Return (n,) the best of all sources, by comparing with every one of them."""
        table = torch.from_numpy(np.take(self._table, self.sources, axis=0))
        length = (table * table).sum(1)
        step = max(1, 4_000_000 // len(table))
        best = np.empty(len(wanted), np.int64)
        for i in range(0, len(wanted), step):
            part = torch.from_numpy(wanted[i : i + step])
            miss = torch.addmm(length[None], part, table.T, alpha=-2)
            best[i : i + step] = miss.argmin(1).numpy()
        return self.sources[best]


class Field:
    """Hold, for every target of a matcher, where it copies from; improve it step by step.

    Attributes:
        places: (N,) int32, always among the matcher's sources.
        cost: (N,) float32 of the last ``aim``.
    """

    def __init__(self, matcher: Matcher, places: Ints):
        self.matcher, self.places = matcher, places
        self.cost = np.zeros(len(places), np.float32)
        self._wanted = np.zeros((len(places), 0), np.float32)
        self._bonus = 0.0

    def aim(self, wanted: Floats, coherence: float = COHERENCE) -> None:
        """Set what the targets look like, (N, D)."""
        self._wanted = wanted
        self.cost = self.matcher.cost(wanted, self.places)
        self._bonus = coherence * float(np.median(self.cost))

    def search_all(self) -> None:
        """Take the best of all sources for every target."""
        self.places = self.matcher.nearest(self._wanted)
        self.cost = self.matcher.cost(self._wanted, self.places)

    def propagate(self, jump: int = 1) -> None:
        """Try what the targets ``jump`` pixels away on four sides copy from, moved along."""
        m = self.matcher
        for dy, dx in _SIDES:
            beside = m.neighbours(dy * jump, dx * jump)
            rows, cols = np.divmod(self.places[beside], np.int32(m.width))
            rows, cols = rows - dy * jump, cols - dx * jump
            there = (beside >= 0) & (rows >= 0) & (rows < m.height)
            self._try(m.clip(rows, cols), there & (cols >= 0) & (cols < m.width))

    def guess(self, rng: np.random.Generator, reach: int | None) -> None:
        """Try one random source per target, at most ``reach`` from the present one, or any."""
        m, count = self.matcher, len(self.places)
        if reach is None:
            guesses = m.sources[rng.integers(0, len(m.sources), count)]
        else:
            rows, cols = np.divmod(self.places, np.int32(m.width))
            step = rng.integers(-reach, reach + 1, (2, count), dtype=np.int32)
            guesses = m.clip(rows + step[0], cols + step[1])
        self._try(guesses, np.ones(count, bool))

    def _try(self, places: Ints, there: NDArray[np.bool_]) -> None:
        """Take each of ``places`` (N,) that is allowed and cheaper, the pieces considered."""
        m = self.matcher
        n = np.flatnonzero(there & m.valid[places] & (places != self.places))
        places = places[n]
        cost = m.cost(np.take(self._wanted, n, axis=0), places)
        shifts = np.append(self.places - m.targets, FAR)
        new, old = places - m.targets[n], shifts[n]
        gain = np.zeros(len(n), np.float32)
        for beside in m._beside:
            theirs = shifts[beside[n]]
            gain += theirs == new
            gain -= theirs == old
        better = cost - self._bonus * gain < self.cost[n]
        self.places[n[better]] = places[better]
        self.cost[n[better]] = cost[better]


def refine(coarse: Field, matcher: Matcher, rng: np.random.Generator) -> Field:
    """Return the field at twice the size; what is not allowed there gets a random source."""
    m = coarse.matcher
    rows = np.minimum(matcher.rows // 2, m.height - 1)
    cols = np.minimum(matcher.cols // 2, m.width - 1)
    at = m.index[rows * m.width + cols]
    from_rows, from_cols = np.divmod(coarse.places[at], np.int32(m.width))
    places = matcher.clip(
        2 * from_rows + matcher.rows - 2 * rows, 2 * from_cols + matcher.cols - 2 * cols
    )
    lost = np.flatnonzero((at < 0) | ~matcher.valid[places])
    places[lost] = matcher.sources[rng.integers(0, len(matcher.sources), len(lost))]
    return Field(matcher, places)


def _places(mask: NDArray[np.generic]) -> Ints:
    return np.flatnonzero(mask).astype(np.int32)
