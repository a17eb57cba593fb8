"""Nearest-neighbour field: for every patch of the hole, the known patch that fits it best.

The search is that of PatchMatch (Barnes et al. 2009), good guesses spread to neighbours and random
guesses close in, but done for all patches at once, and for several fills at once where these are
small. Neighbours that copy from the same place cost less, so the field falls into large pieces, and
large pieces keep the photo's own grain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats
from engine.detail.descriptors import Rows
from engine.detail.matcher import Ints, Matcher

COHERENCE: Final = 1.0
"""What a neighbour that copies from the same place is worth, in median patch costs."""
FAR: Final = np.int32(-(2**30))
_SIDES: Final = ((0, 1), (1, 0), (0, -1), (-1, 0))


class Field:
    """Hold, for every target of a matcher, where each of some fills copies from; improve it.

    Entry ``k * N + n`` is target n of fill k. No fill looks at another, so each comes out as it
    would alone.

    Attributes:
        fills: K.
        places: (K * N,) int32, always among the matcher's sources.
        cost: (K * N,) float32 of the last ``aim``.
    """

    def __init__(self, matcher: Matcher, places: Ints, fills: int = 1):
        self.matcher, self.places, self.fills = matcher, places, fills
        self.cost = np.zeros(len(places), np.float32)
        self._wanted = Rows(())
        self._bonus = np.zeros(fills, np.float32)
        self._all = np.arange(len(places), dtype=np.int32)
        self._held: NDArray[np.bool_] | None = None
        self._targets = np.tile(matcher.targets, fills)
        beside = (matcher.neighbours(matcher.targets, dy, dx) for dy, dx in _SIDES)
        self._beside = [self._of_all(n) for n in beside]
        self._pairs: dict[tuple[int, int], tuple[Ints, Ints]] = {}

    def one(self, fill: int) -> Field:
        """Return one fill's field."""
        alone = Field(self.matcher, self.of_each(self.places)[fill].copy())
        alone.cost = self.of_each(self.cost)[fill].copy()
        return alone

    def of_each(self, entries: Floats | Ints) -> np.ndarray:
        """Return (K, N) of (K * N,)."""
        return entries.reshape(self.fills, -1)

    def _of_all(self, n: Ints) -> Ints:
        """Return the entries (K * len(n),) of targets, -1 where there is none."""
        if self.fills == 1:
            return n
        first = np.arange(self.fills, dtype=np.int32)[:, None] * np.int32(len(self.matcher.targets))
        return np.where(n < 0, n, n + first).ravel()

    def _pairs_of(self, dy: int, dx: int) -> tuple[Ints, Ints]:
        if (dy, dx) not in self._pairs:
            n, beside = self.matcher.pairs(dy, dx)
            self._pairs[dy, dx] = self._of_all(n), self._of_all(beside)
        return self._pairs[dy, dx]

    def aim(self, wanted: Rows, coherence: float = COHERENCE) -> None:
        """Set what the entries look like."""
        self._wanted = wanted
        self.cost = self.matcher.cost(wanted, self.places)
        self._bonus = np.float32(coherence) * np.median(self.of_each(self.cost), axis=1)

    def put(self, places: Ints, at: NDArray[np.bool_], hold: NDArray[np.bool_]) -> None:
        """Copy from other places, from some of them until the end.

        Args:
            places: (K, N), looked at where ``at`` says so.
            at: (K, N), entries to change.
            hold: (K, N), entries that no search changes any more.
        """
        self.places[at.ravel()] = places[at]
        self._held = hold.ravel() if hold.any() else None

    def search_all(self) -> None:
        """Take the best of all sources for every entry."""
        count = len(self.matcher.targets)
        starts = range(0, len(self.places), count)
        best = [self.matcher.nearest(self._wanted.part(at, at + count)) for at in starts]
        found = np.concatenate(best)
        self.places = found if self._held is None else np.where(self._held, self.places, found)
        self.cost = self.matcher.cost(self._wanted, self.places)

    def propagate(self, jump: int = 1) -> None:
        """Try what the targets ``jump`` pixels away on four sides copy from, moved along."""
        m = self.matcher
        for dy, dx in _SIDES:
            n, beside = self._pairs_of(dy * jump, dx * jump)
            places = np.take(self.places, beside)
            if dx:
                cols = places % np.int32(m.width) - np.int32(dx * jump)
                there = (cols >= 0) & (cols < m.width)
            places -= np.int32((dy * m.width + dx) * jump)
            if dy:
                there = (places >= 0) & (places < len(m.valid))
            self._try(n, np.where(there, places, np.take(self.places, n)))

    def guess(self, rngs: Sequence[np.random.Generator], reach: int | None) -> None:
        """Try one random source per entry, at most ``reach`` from the present one, or any."""
        m, count = self.matcher, len(self.matcher.targets)
        if reach is None:
            drawn = [rng.integers(0, len(m.sources), count) for rng in rngs]
            guesses = np.take(m.sources, _joined(drawn))
        else:
            rows, cols = np.divmod(self.places, np.int32(m.width))
            steps = [rng.integers(-reach, reach + 1, (2, count), dtype=np.int32) for rng in rngs]
            step = _joined(steps)
            guesses = m.clip(rows + step[0], cols + step[1])
        self._try(self._all, guesses)

    def _try(self, n: Ints, places: Ints) -> None:
        """Let entries ``n`` take ``places``, each if allowed and cheaper, the pieces considered."""
        m = self.matcher
        may = np.take(m.valid, places) & (places != np.take(self.places, n))
        if self._held is not None:
            may &= ~np.take(self._held, n)
        new = np.flatnonzero(may)
        n, places = np.take(n, new), np.take(places, new)
        limit = np.take(self.cost, n)
        if self._bonus.any():
            limit += self._bonus_of(n) * self._gain(n, places)
        n, places, cost = m.cheaper(self._wanted, n, places, limit)
        self.places[n] = places
        self.cost[n] = cost

    def _bonus_of(self, n: Ints) -> Floats:
        one = self.fills == 1
        return self._bonus if one else np.take(self._bonus, n // len(self.matcher.targets))

    def _gain(self, n: Ints, places: Ints) -> Floats:
        """Return (k,) how many more neighbours would copy from the same place."""
        shifts = np.append(self.places - self._targets, FAR)
        new, old = places - np.take(self._targets, n), np.take(shifts, n)
        gain = np.zeros(len(n), np.int8)
        for beside in self._beside:
            theirs = np.take(shifts, np.take(beside, n))
            gain += theirs == new
            gain -= theirs == old
        return gain.astype(np.float32)


def refine(coarse: Field, fill: int, matcher: Matcher, rng: np.random.Generator) -> Ints:
    """Return where one fill copies from at twice the size; what may not gets a random source."""
    m, known = coarse.matcher, coarse.of_each(coarse.places)[fill]
    rows = np.minimum(matcher.rows // 2, m.height - 1)
    cols = np.minimum(matcher.cols // 2, m.width - 1)
    at = m.index[rows * m.width + cols]
    from_rows, from_cols = np.divmod(known[at], np.int32(m.width))
    places = matcher.clip(
        2 * from_rows + matcher.rows - 2 * rows, 2 * from_cols + matcher.cols - 2 * cols
    )
    lost = np.flatnonzero((at < 0) | ~matcher.valid[places])
    places[lost] = matcher.sources[rng.integers(0, len(matcher.sources), len(lost))]
    return places


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)
