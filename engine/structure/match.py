"""Which ends are of one line: they point at each other and look alike."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.arrays import Floats
from engine.structure.ends import End, alike, traced
from engine.structure.look import Look
from engine.structure.loops import walk
from engine.structure.strips import HALF, SECTION, across, likeness, strip

TURN: Final = 3.0
"""Degrees by which an end may point past the other, more where it is short."""
TURN_SHORT: Final = 40.0
"""Degrees times pixels more."""
NEARLY: Final = 0.95
EASY: Final = 1.25
"""Ends that look so much alike, and are seen for as long as the way between them, may point past
each other by so many times that."""
ALIKE: Final = 0.8
CONTRAST: Final = 2.2
UNLIKE: Final = 5.0
"""Contrasts may differ so many times, and more where the profiles are surely alike."""
BEND: Final = 26.0
"""Degrees by which an arc may turn on either side of its middle."""
SWAY: Final = 9.0
"""Degrees by which a line of ``STRONG`` contrast that is seen for ``FAR`` may turn on one side."""
STRONG: Final = 0.08
FAR: Final = 48.0
CLOSE: Final = 0.97
"""Correlation from which less contrast is enough for that."""
SLIGHT: Final = 10.0
"""Degrees from which an arc must be bent on both sides of the hole, too."""
EVEN: Final = 2.0
"""It is bent there as much as within, give or take this factor."""
PLAIN: Final = 0.04
"""Contrast from which arcs are followed."""
HIDDEN: Final = 0.6
"""Share of the way between two ends that must be hole."""
SEEN: Final = 0.25
"""Both ends together must be seen for this share of the way between them."""
SEEN_BENT: Final = 0.7
ROUND: Final = 1.25
"""Where it is bent so evenly it is an arc of a circle, and may turn more and be seen for less."""
SEEN_ROUND: Final = 0.6
BEND_ROUND: Final = 34.0
LEAST: Final = 5.0
FAINT: Final = 0.05
SHORT: Final = 0.3
SCORE: Final = 0.7
"""Score that faint ends need of which one is seen for less than ``SHORT`` of the way."""
UNSEEN: Final = 0.55
"""Score that ends of a straight line need which are seen, together, for less than its way."""
SURE: Final = 0.85
"""Correlation from which a line counts that was looked for where another one points."""
LONG: Final = 18.0
SHIFTED: Final = 0.45
"""Score that ends need which lie beside each other, so that the way between them is an S."""
ALONG: Final = 15.0
"""Lines that turn by fewer degrees from each other lie beside each other and do not cross."""
SPREAD: Final = 9.0
"""Nor do they begin within a third of so many pixels and end further apart than that."""
JOINED: Final = 3.0
"""Pairs whose ends are so near to each other, in pixels, have them in the same place."""
BEYOND: Final = 24
CLEARANCE: Final = 3


@dataclass(frozen=True)
class Pair:
    """Hold two ends of one line.

    Attributes:
        first, second: the ends.
        score: how sure it is that they are of one line, 1 at best.
        shift: pixels by which the first shows everything further right than the second, seen
            along the first.
    """

    first: End
    second: End
    score: float
    shift: float


def judgements(look: Look, ends: Sequence[End]) -> list[Pair]:
    """Return every pair that two of some ends make."""
    return [p for a, b in itertools.combinations(ends, 2) if (p := judged(look, a, b))]


def pairs(look: Look, ends: Sequence[End], found: Sequence[Pair] | None = None) -> list[Pair]:
    """Match ends, the best first, each once; then look for what no segment was found for.

    ``found``: their ``judgements``, where they are known.
    """
    taken = _best(judgements(look, ends) if found is None else found)
    free = [end for end in ends if not any(end is p.first or end is p.second for p in taken)]
    more = [p for end in free for p in _beyond(look, end)]
    used: list[Pair] = []
    for pair in taken:
        if not any(_tangled(pair, other) for other in used):
            used.append(pair)
    for pair in sorted(more, key=lambda p: -p.score):
        if fits(pair, used):
            used.append(pair)
    return used


def fits(pair: Pair, others: Sequence[Pair]) -> bool:
    """Tell whether a line may be carried along with others."""
    return not any(_shared(pair, other) or _tangled(pair, other) for other in others)


def _best(found: Sequence[Pair]) -> list[Pair]:
    taken: list[Pair] = []
    used: set[int] = set()
    for pair in sorted(found, key=lambda p: -p.score):
        if id(pair.first) not in used and id(pair.second) not in used:
            used |= {id(pair.first), id(pair.second)}
            taken.append(pair)
    return taken


def _shared(a: Pair, b: Pair) -> bool:
    """Tell whether two pairs have an end in the same place."""
    near = ((x.at - y.at) for x in (a.first, a.second) for y in (b.first, b.second))
    return any(float(np.hypot(*off)) < JOINED for off in near)


def _tangled(a: Pair, b: Pair) -> bool:
    """Tell whether two lines cross that should lie beside each other, or fan out from one end."""
    (begin, stop), (other, last) = ((p.first.at, p.second.at) for p in (a, b))
    if (stop - begin) @ (last - other) < 0:
        other, last = last, other
    if abs(turn(stop - begin, last - other)) > ALONG:
        return False
    side = across((stop - begin) / np.hypot(*(stop - begin)))
    off = float((other - begin) @ side), float((last - stop) @ side)
    near, far = sorted(map(abs, off))
    return (off[0] * off[1] < 0 and near > 1) or (near < SPREAD / 3 and far > SPREAD)


def judged(look: Look, a: End, b: End) -> Pair | None:
    """Return the pair that two ends make, None if they are not of one line."""
    off = b.at - a.at
    gap = float(np.hypot(*off))
    if gap < LEAST or a.length + b.length < SEEN * gap:
        return None
    way = off / gap
    turns = turn(a.way, way), turn(way, -b.way)
    match, shift = alike(a.profile, b.profile[::-1])
    easy = match >= NEARLY and abs(shift) < 1 and a.length + b.length >= gap
    room = EASY if easy else 1.0
    ends = zip(turns, (a, b), strict=True)
    straight = all(abs(t) <= _most(end, room) for t, end in ends)
    if not straight:
        turns = _turns_at_rim(a, b)
        if not _bends(a, b, turns, match):
            return None
    ratio = max(a.contrast, b.contrast) / max(min(a.contrast, b.contrast), 1e-6)
    if match < (ALIKE if straight else SURE + 0.05) or ratio > (
        CONTRAST if match < SURE else UNLIKE
    ):
        return None
    if hidden(look, a.at, way, gap) < HIDDEN:
        return None
    if straight:
        doubt = sum(_doubt(t, end) for t, end in zip(turns, (a, b), strict=True))
    else:
        doubt = 0.1 + 0.02 * abs(turns[0] - turns[1])
    score = match - doubt - 0.1 * math.log(ratio) - 0.04 * abs(shift)
    aside = SHIFTED if straight and turns[0] * turns[1] < 0 else 0.0
    unseen = UNSEEN if straight and a.length + b.length < gap else 0.0
    least = max(_least(a, b, gap), aside, unseen)
    return None if score < least else Pair(a, b, score, shift)


def _least(a: End, b: End, gap: float) -> float:
    """Return the score that makes a pair: more where the ends are faint and short for the way."""
    faint = min(a.contrast, b.contrast) < FAINT
    return SCORE if faint and min(a.length, b.length) < SHORT * gap else 0.0


def _turns_at_rim(a: End, b: End) -> tuple[float, float]:
    """Return the degrees from each end to the straight way between both, where they bend too."""
    (start, way), (stop, arrival) = a.rim, b.rim
    return turn(way, stop - start), turn(stop - start, -arrival)


def _bends(a: End, b: End, turns: tuple[float, float], match: float) -> bool:
    """Tell whether two ends may be of one arc: it turns as much on either side of its middle."""
    gap = float(np.hypot(*(b.at - a.at)))
    round_ = all(_goes_on(c, t, gap, ROUND) for c, t in ((a.curve, turns[0]), (-b.curve, turns[1])))
    seen, bend = (SEEN_ROUND, BEND_ROUND) if round_ else (SEEN_BENT, BEND)
    if min(a.length, b.length) < LONG or a.length + b.length < seen * gap:
        return False
    if min(a.contrast, b.contrast) < PLAIN:
        return False
    most = max(map(abs, turns))
    strong = FAINT if match >= CLOSE else STRONG
    plain = min(a.contrast, b.contrast) >= strong and min(a.length, b.length) >= FAR
    if plain and most <= SWAY and min(map(abs, turns)) <= 1:
        return True
    if turns[0] * turns[1] <= 0 or most > bend or abs(turns[0] - turns[1]) > 3 + most / 2:
        return False
    return most <= SLIGHT or (
        _goes_on(a.curve, turns[0], gap) and _goes_on(-b.curve, turns[1], gap)
    )


def _goes_on(curve: float, degrees: float, gap: float, even: float = EVEN) -> bool:
    """Tell whether an end bends before the hole as an arc does that turns so much in it."""
    arc = 2 * math.sin(math.radians(degrees)) / gap
    return arc != 0 and 1 / even <= curve / arc <= even


def _most(end: End, room: float = 1.0) -> float:
    return min(room * (TURN + TURN_SHORT / max(end.length, 1)), 7.0)


def _doubt(degrees: float, end: End) -> float:
    """Return what a turn costs: little where it may be an error of measuring."""
    error = 0.5 + 20 / max(end.length, 1)
    return 0.02 * abs(degrees) + 0.02 * min((degrees / error) ** 2, 9.0)


def turn(a: np.ndarray, b: np.ndarray) -> float:
    """Return the degrees from one direction to another, to the right positive."""
    return math.degrees(math.atan2(float(across(a) @ b), float(a @ b)))


def hidden(look: Look, at: np.ndarray, way: np.ndarray, gap: float) -> float:
    """Return the share of the way from a point on that lies in the hole."""
    _, known = strip(look.grey, look.hole, at, way, np.arange(0, gap), 0)
    return float(1 - known.mean())


def _beyond(look: Look, end: End) -> Iterator[Pair]:
    """Look for an end's line behind the hole, where it points."""
    if end.length < LONG or end.contrast < PLAIN:
        return
    reach = math.hypot(*look.hole.shape)
    most = math.radians(_most(end))
    turns = np.linspace(-most, most, 2 * max(1, round(most * reach / 4)) + 1)
    ways = np.cos(turns)[:, None] * end.way + np.sin(turns)[:, None] * across(end.way)
    out = _exits(look, end.at, ways)
    ways, out = ways[np.isfinite(out)], out[np.isfinite(out)]
    if not len(out):
        return
    values, known = strips(look, end.at + out[:, None] * ways, ways)
    parts = values.reshape(len(out), -1, SECTION, values.shape[2]).mean(axis=2)
    whole, steady = likeness(values.mean(1), end.profile), likeness(parts, end.profile)
    score = np.minimum(whole, np.median(steady, axis=1)) * known
    best = int(score.argmax())
    if score[best] > SURE:
        other = traced(look, end.at + out[best] * ways[best], -ways[best], BEYOND)
        pair = None if other is None else judged(look, end, other)
        if pair is not None and pair.score > SURE - 0.1:
            yield pair


def strips(look: Look, at: np.ndarray, ways: np.ndarray) -> tuple[Floats, np.ndarray]:
    """Look up several strips of ``BEYOND`` pixels; return (T, S, U) and (T,) whether all known."""
    values = np.empty((len(at), BEYOND, 2 * HALF + 1), np.float32)
    known = np.empty(len(at), np.bool_)
    walk.ahead(look.grey, look.hole, at, ways, values, known)
    return values, known


def _exits(look: Look, at: np.ndarray, ways: np.ndarray) -> Floats:
    """Return (T,), how far it is to where the hole is left for good, infinite where it is not."""
    last, inside = np.empty((2, len(ways)), np.int64)
    walk.exits(look.hole, at, ways, math.ceil(math.hypot(*look.hole.shape)), last, inside)
    ok = (last > LEAST) & (last + BEYOND + 3 < inside)
    return np.where(ok, last + CLEARANCE, np.inf).astype(np.float32)
