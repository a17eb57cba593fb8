"""Nearest-neighbour field: for every patch of the hole, the known patch that fits it best.

The search is that of PatchMatch (Barnes et al. 2009), good guesses spread to neighbours and random
guesses close in, but done for all patches at once, and for several fills at once where these are
small. Neighbours that copy from the same place cost less, so the field falls into large pieces, and
large pieces keep the photo's own grain.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import Any, Final

import numpy as np

from engine.arrays import Floats, Ints, Mask
from engine.detail.loops import search, votes
from engine.detail.matcher import Matcher
from engine.progress import Step
from engine.running.parallel import in_halves

COHERENCE: Final = 1.0
"""What a neighbour that copies from the same place is worth, in median patch costs."""
JUMPS: Final = (8, 4, 2, 1)
"""Good guesses spread over these many pixels at once, so that pieces grow in few rounds."""
CLOSE: Final = 32
"""Guesses go no further once patches were found at a smaller size: of what a search gains in large
levels they gave a fiftieth, for two fifths of its time."""
HALVED: Final = 16_000
"""So many entries or more are worth waking a second thread for."""
AT_ONCE: Final = 1_000_000
"""Candidates compared between two looks at whether to go on."""
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
        return self.some([fill])

    def some(self, fills: Sequence[int]) -> Field:
        """Return a field of some of the fills."""
        part = Field(self.matcher, self.of_each(self.places)[fills].ravel(), len(fills))
        part.cost = self.of_each(self.cost)[fills].ravel()
        part._held = self.of_each(self._held)[fills].ravel()
        return part

    def take(self, fills: Sequence[int], part: Field) -> None:
        """Put back what became of ``some`` fills."""
        self.of_each(self.places)[fills] = part.of_each(part.places)
        self.of_each(self.cost)[fills] = part.of_each(part.cost)

    def of_each(self, entries: np.ndarray) -> np.ndarray:
        """Return (K, N) of (K * N,)."""
        return entries.reshape(self.fills, -1)

    def aim(self, wanted: Floats, coherence: float = COHERENCE) -> None:
        """Set what the entries look like."""
        self._wanted = wanted
        self.cost = self.matcher.cost(wanted, self.places)
        typical = votes.quantile(self.of_each(self.cost), 0.5)
        self._bonus = np.asarray(np.float32(coherence) * typical, np.float32)

    @property
    def held(self) -> Mask:
        """Return (K, N) bool, what no search changes any more."""
        return self._held.reshape(self.fills, -1)

    def put(self, places: Ints, at: Mask, hold: Mask) -> None:
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

    def search(self, rngs: Sequence[np.random.Generator], step: Step, far: bool = True) -> None:
        """Improve every entry once: by its neighbours' places, guesses, and neighbours far off.

        Args:
            rngs: one for each fill.
            step: called with 0 now and then; may raise ``Cancelled``.
            far: guess in all of the level; else only up to ``CLOSE`` pixels away.
        """
        m = self.matcher
        moves, reaches = moves_of(max(m.height, m.width) // 2, far)
        drawn = np.empty((1 + 2 * len(reaches), len(self.places)), np.int32)
        keys = np.array([rng.integers(0, 1 << 64, dtype=np.uint64) for rng in rngs])
        search.draw(keys, m.sources, reaches, drawn)
        at_once = max(1, AT_ONCE // len(self.places))
        for first in range(0, len(moves), at_once):
            step(0)
            self._improve(moves[first : first + at_once], drawn)

    def _improve(self, moves: Ints, drawn: Ints) -> None:
        """Try some moves; many entries in two threads, each move before the next."""
        field, patches = (self._held, self._bonus, self._wanted), self.matcher.patches
        if len(self.places) < HALVED:
            search.improve(field, patches, self.places, self.cost, moves, drawn)
            return
        after = np.empty_like(self.places)
        for what in moves:
            task = field, patches, self.places, after, self.cost, what, drawn
            in_halves(partial(_move, task), len(after), HALVED)
            self.places, after = after, self.places


def _move(task: tuple[Any, ...], part: slice) -> None:
    search.move(*task, part.start, part.stop)


@cache
def moves_of(reach: int, far: bool = True) -> tuple[Ints, Ints]:
    """Return the moves of one search, for ``search.improve``, and how far its guesses go.

    Guesses nearby go as far as ``reach``, then a third of that, and so on; unless ``far``, only
    those of them that go no further than ``CLOSE``.
    """
    reaches = []
    while reach >= 2:
        reaches += [reach] if far or reach <= CLOSE else []
        reach //= 3
    moves = [*beside(1), *([(search.ANY, 0, 0)] if far else [])]
    moves += [(search.NEARBY, 2 * n + 1, 0) for n in range(len(reaches))]
    moves += [move for jump in JUMPS for move in beside(jump)]
    return np.array(moves, np.int32), np.array(reaches, np.int32)


def beside(jump: int) -> list[tuple[int, int, int]]:
    """Return the moves that try what the targets ``jump`` pixels away on four sides copy from."""
    return [(search.BESIDE, dy * jump, dx * jump) for dy, dx in _SIDES]


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
