"""Nearest-neighbour field: for every patch of the hole, the known patch that fits it best.

The search is that of PatchMatch (Barnes et al. 2009), good guesses spread to neighbours and random
guesses close in, but done for all patches at once, and for several fills at once where these are
small. Neighbours that copy from the same place cost less, so the field falls into large pieces, and
large pieces keep the photo's own grain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Ints
from engine.detail import compiled
from engine.detail.matcher import Matcher

COHERENCE: Final = 1.0
"""What a neighbour that copies from the same place is worth, in median patch costs."""
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
        self._wanted = np.zeros((len(places), 0), np.float32)
        self._bonus = np.zeros(fills, np.float32)
        self._held = np.zeros(len(places), np.bool_)

    def one(self, fill: int) -> Field:
        """Return one fill's field."""
        alone = Field(self.matcher, self.of_each(self.places)[fill].copy())
        alone.cost = self.of_each(self.cost)[fill].copy()
        return alone

    def of_each(self, entries: Floats | Ints) -> np.ndarray:
        """Return (K, N) of (K * N,)."""
        return entries.reshape(self.fills, -1)

    def aim(self, wanted: Floats, coherence: float = COHERENCE) -> None:
        """Set what the entries look like."""
        self._wanted = wanted
        self.cost = self.matcher.cost(wanted, self.places)
        typical = np.median(self.of_each(self.cost), axis=1)
        self._bonus = np.asarray(np.float32(coherence) * typical, np.float32)

    def put(self, places: Ints, at: NDArray[np.bool_], hold: NDArray[np.bool_]) -> None:
        """Copy from other places, from some of them until the end.

        Args:
            places: (K, N), looked at where ``at`` says so.
            at: (K, N), entries to change.
            hold: (K, N), entries that no search changes any more.
        """
        self.places[at.ravel()] = places[at]
        self._held = hold.ravel()

    def search_all(self) -> None:
        """Take the best of all sources for every entry."""
        count = len(self.matcher.targets)
        starts = range(0, len(self.places), count)
        best = [self.matcher.nearest(self._wanted[at : at + count]) for at in starts]
        self.places = np.where(self._held, self.places, np.concatenate(best))
        self.cost = self.matcher.cost(self._wanted, self.places)

    def propagate(self, jump: int = 1) -> None:
        """Try what the targets ``jump`` pixels away on four sides copy from, moved along."""
        for dy, dx in _SIDES:
            self._try(compiled.spread, dy * jump, dx * jump)

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
        self._try(compiled.guess, guesses)

    def _try(self, way: Callable[..., None], *which: object) -> None:
        """Let every entry take another place if that is allowed and cheaper."""
        field, before = (self._held, self._bonus, self._wanted), self.places.copy()
        way(field, self.matcher.patches, self.places, self.cost, before, *which)


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
