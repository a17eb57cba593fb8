"""Nearest-neighbour field: for every patch of the hole, the known patch that fits it best.

The search is that of PatchMatch (Barnes et al. 2009), good guesses spread to neighbours and random
guesses close in, but done for all patches at once. Neighbours that copy from the same place cost
less, so the field falls into large pieces, and large pieces keep the photo's own grain.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.detail.descriptors import Rows
from engine.detail.matcher import Ints, Matcher
from engine.pixels import Floats

COHERENCE: Final = 1.0
"""What a neighbour that copies from the same place is worth, in median patch costs."""
FAR: Final = np.int32(-(2**30))
_SIDES: Final = ((0, 1), (1, 0), (0, -1), (-1, 0))


class Field:
    """Hold, for every target of a matcher, where it copies from; improve it step by step.

    Attributes:
        places: (N,) int32, always among the matcher's sources.
        cost: (N,) float32 of the last ``aim``.
    """

    def __init__(self, matcher: Matcher, places: Ints):
        self.matcher, self.places = matcher, places
        self.cost = np.zeros(len(places), np.float32)
        self._wanted = Rows(())
        self._bonus = np.float32(0)
        self._all = np.arange(len(places), dtype=np.int32)
        self._beside = [matcher.neighbours(matcher.targets, dy, dx) for dy, dx in _SIDES]

    def aim(self, wanted: Rows, coherence: float = COHERENCE) -> None:
        """Set what the targets look like."""
        self._wanted = wanted
        self.cost = self.matcher.cost(wanted, self.places)
        self._bonus = np.float32(coherence * float(np.median(self.cost)))

    def search_all(self) -> None:
        """Take the best of all sources for every target."""
        self.places = self.matcher.nearest(self._wanted)
        self.cost = self.matcher.cost(self._wanted, self.places)

    def propagate(self, jump: int = 1) -> None:
        """Try what the targets ``jump`` pixels away on four sides copy from, moved along."""
        m = self.matcher
        for dy, dx in _SIDES:
            n, beside = m.pairs(dy * jump, dx * jump)
            places = np.take(self.places, beside)
            if dx:
                cols = places % np.int32(m.width) - np.int32(dx * jump)
                there = (cols >= 0) & (cols < m.width)
            places -= np.int32((dy * m.width + dx) * jump)
            if dy:
                there = (places >= 0) & (places < len(m.valid))
            self._try(n, np.where(there, places, np.take(self.places, n)))

    def guess(self, rng: np.random.Generator, reach: int | None) -> None:
        """Try one random source per target, at most ``reach`` from the present one, or any."""
        m, count = self.matcher, len(self.places)
        if reach is None:
            guesses = np.take(m.sources, rng.integers(0, len(m.sources), count))
        else:
            rows, cols = np.divmod(self.places, np.int32(m.width))
            step = rng.integers(-reach, reach + 1, (2, count), dtype=np.int32)
            guesses = m.clip(rows + step[0], cols + step[1])
        self._try(self._all, guesses)

    def _try(self, n: Ints, places: Ints) -> None:
        """Let targets ``n`` take ``places``, each if allowed and cheaper, the pieces considered."""
        m = self.matcher
        new = np.flatnonzero(np.take(m.valid, places) & (places != np.take(self.places, n)))
        n, places = np.take(n, new), np.take(places, new)
        limit = np.take(self.cost, n)
        if self._bonus:
            limit += self._bonus * self._gain(n, places)
        n, places, cost = m.cheaper(self._wanted, n, places, limit)
        self.places[n] = places
        self.cost[n] = cost

    def _gain(self, n: Ints, places: Ints) -> Floats:
        """Return (k,) how many more neighbours would copy from the same place."""
        targets = self.matcher.targets
        shifts = np.append(self.places - targets, FAR)
        new, old = places - np.take(targets, n), np.take(shifts, n)
        gain = np.zeros(len(n), np.int8)
        for beside in self._beside:
            theirs = np.take(shifts, np.take(beside, n))
            gain += theirs == new
            gain -= theirs == old
        return gain.astype(np.float32)


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
