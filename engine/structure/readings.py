"""What the ends around a hole may mean: the best reading, and others where that is in doubt.

A doubtful line ends, or goes on to the second best partner; what is certain is in every reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from engine.arrays import Mask
from engine.structure.corners import Corner, Meeting, corners, meetings
from engine.structure.ends import End
from engine.structure.look import Look
from engine.structure.match import JOINED, Pair, fits, judgements, pairs, turn

BESIDE: Final = 9.0
"""Ends so near to each other, in pixels, that run alike may be the two edges of one thing."""
SURE: Final = 0.8
"""Score from which a line is certain, ..."""
FAIR: Final = 0.6
"""... and from which it is if both ends together are seen for the way between them. Of 303 lines
that were found over photos that were known, 22 were not there or only in part; 15 of the 22 are
doubtful, and 46 others."""
NEXT: Final = 0.1
"""An end's second best partner is as good if its score is less by at most so much, ..."""
APART: Final = 6.0
"""... and it is another thing if it lies so many pixels beside the best."""
OTHERS: Final = 2
"""There are at most so many other readings: each takes a search for patches of its own."""


Part = Pair | Corner | Meeting


@dataclass(frozen=True)
class Reading:
    """Hold lines that go through a hole, and those that end in it."""

    through: list[Pair] = field(default_factory=list)
    met: list[Corner] = field(default_factory=list)
    ended: list[Meeting] = field(default_factory=list)

    @property
    def parts(self) -> list[Part]:
        """Return all of them, in the order in which lines of one weight are painted."""
        return [*self.through, *self.met, *self.ended]

    @property
    def ends(self) -> list[End]:
        """Return the ends of all of them."""
        matched: list[Pair | Corner] = [*self.through, *self.met]
        both = [end for one in matched for end in (one.first, one.second)]
        return both + [one.end for one in self.ended]

    def without(self, gone: Reading) -> Reading:
        """Return what is left without another's lines, and without what would end at them."""
        through = [one for one in self.through if not _holds(gone.through, one)]
        met = [one for one in self.met if not _holds(gone.met, one)]
        ended = [one for one in self.ended if not _holds(gone.ended, one)]
        return Reading(through, met, [one for one in ended if _holds(through, one.through)])


def _holds(many: Sequence[object], one: object) -> bool:
    return any(one is other for other in many)


@dataclass(frozen=True)
class _Doubt:
    """Hold what stands or falls together, and what may take its place."""

    gone: Reading
    score: float
    come: list[Pair] = field(default_factory=list)


def readings(look: Look, ends: Sequence[End], more: Sequence[Pair] = ()) -> list[Reading]:
    """Return how the ends of a look may be read, the best first.

    Each of the others differs from the best in its share of what is doubtful.

    Args:
        look: what is seen.
        ends: lines that run into the hole.
        more: pairs of other ends, carried where nothing else is in their way.
    """
    found = judgements(look, ends)
    through = pairs(look, ends, found)
    for pair in more:
        free = _free([pair.first, pair.second], Reading(through).ends)
        if len(free) == 2 and fits(pair, through):
            through.append(pair)
    best = _read(look, ends, Reading(through), Reading())
    doubts = sorted(_doubts(best, found), key=lambda doubt: doubt.score)
    shares = [doubts[n::OTHERS] for n in range(min(OTHERS, len(doubts)))]
    return [best, *(_otherwise(look, ends, best, share) for share in shares)]


def _read(look: Look, ends: Sequence[End], known: Reading, gone: Reading) -> Reading:
    """Return what is known and what else ends make, but for what is gone."""
    free = _free(ends, known.ends)
    met = corners(look, free, gone.met)
    left = _free(free, [end for corner in met for end in (corner.first, corner.second)])
    left = [end for end in left if not _holds([one.end for one in gone.ended], end)]
    ended = meetings(look, left, known.through)
    return Reading(known.through, known.met + met, known.ended + ended)


def _free(ends: Sequence[End], used: Sequence[End]) -> list[End]:
    return [end for end in ends if not any(_beside(end, other) for other in used)]


def _beside(a: End, b: End) -> bool:
    """Tell whether two ends may be the two edges of one thing."""
    return bool(np.hypot(*(a.at - b.at)) < BESIDE and abs(turn(a.way, b.way)) < 15)


def _otherwise(look: Look, ends: Sequence[End], best: Reading, share: Sequence[_Doubt]) -> Reading:
    """Return a reading in which some doubts are decided the other way."""
    gone = Reading(
        *(
            [one for doubt in share for one in getattr(doubt.gone, kind)]
            for kind in ("through", "met", "ended")
        )
    )
    rest = best.without(gone)
    come: list[Pair] = []
    for pair in sorted((p for doubt in share for p in doubt.come), key=lambda p: -p.score):
        if fits(pair, rest.through + come):
            come.append(pair)
    used = Reading(come).ends
    met = [one for one in rest.met if len(_free([one.first, one.second], used)) == 2]
    ended = [one for one in rest.ended if _free([one.end], used)]
    return _read(look, ends, Reading(rest.through + come, met, ended), gone)


def _doubts(best: Reading, found: Sequence[Pair]) -> Iterator[_Doubt]:
    """Yield what is doubtful in a reading.

    Edges of one thing, and lines that may have each other's partners, stand or fall together; where
    one of them is certain, all are.
    """
    yield from (_Doubt(Reading(met=[one]), SURE) for one in best.met if not one.sure)
    yield from (_Doubt(Reading(ended=[one]), SURE) for one in best.ended if not one.sure)
    rivals = _rivals(best.through, found)
    weak = np.array([not _is_sure(pair) for pair in best.through], np.bool_)
    doubtful = weak | rivals.any(axis=0)
    if not doubtful.any():
        return
    joined = _side_by_side(best.through) | (rivals.T.astype(int) @ rivals > 0)
    for thing in _together(joined):
        if doubtful[thing].all():
            gone = [best.through[i] for i in thing]
            come = [found[i] for i in np.flatnonzero(rivals[:, thing].any(axis=1)).tolist()]
            score = max(pair.score for pair in gone)
            yield _Doubt(Reading(gone), score, come)


def _is_sure(pair: Pair) -> bool:
    gap = float(np.hypot(*(pair.second.at - pair.first.at)))
    seen = pair.first.length + pair.second.length >= gap
    return pair.score >= (FAIR if seen else SURE)


def _rivals(through: Sequence[Pair], found: Sequence[Pair]) -> Mask:
    """Return (found, through) bool: which pairs are as good as all whose place they take."""
    if not through or not found:
        return np.zeros((len(found), len(through)), np.bool_)
    off = _distances(found, through)
    near = off.min(axis=(2, 3)) < JOINED
    apart = off.min(axis=3).max(axis=2) >= APART
    scores, best = (np.array([pair.score for pair in some]) for some in (found, through))
    good = apart & (scores[:, None] > best - NEXT)
    return np.asarray(near & (good | ~near).all(axis=1)[:, None])


def _side_by_side(through: Sequence[Pair]) -> Mask:
    """Return (n, n) bool, which lines may be the two edges of one thing."""
    near = _distances(through, through) < BESIDE
    same = near[..., 0, 0] & near[..., 1, 1]
    return np.asarray(same | (near[..., 0, 1] & near[..., 1, 0]))


def _distances(some: Sequence[Pair], others: Sequence[Pair]) -> np.ndarray:
    """Return (some, others, 2, 2), the pixels from each end of the ones to each of the others."""
    a, b = (np.array([[p.first.at, p.second.at] for p in pairs]) for pairs in (some, others))
    return np.asarray(np.linalg.norm(a[:, None, :, None] - b[None, :, None, :], axis=-1))


def _together(joined: Mask) -> Iterator[list[int]]:
    """Yield the numbers of what is joined, directly or by others."""
    left = set(range(len(joined)))
    while left:
        found = [min(left)]
        for one in found:
            left.discard(one)
            found += [n for n in np.flatnonzero(joined[one]).tolist() if n not in found]
        yield sorted(found)
