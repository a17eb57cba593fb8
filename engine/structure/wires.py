"""Wires too faint, or seen before too much else, for their whole profile: by their middle alone.

What is beside such a wire changes from one section to the next, as grass does, so it says nothing.
Its middle is followed instead; in exchange both sides must point at each other almost exactly.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from engine.arrays import Floats
from engine.structure.ends import End, profile_at, runs, traced
from engine.structure.look import Look
from engine.structure.match import HIDDEN, PLAIN, Pair, hidden, turn
from engine.structure.strips import HALF, across, likeness

WALK: Final = 21.0
"""A segment may stop so many pixels before the hole."""
MIDDLE: Final = 3
"""A wire is followed by so many pixels to each side."""
LONG: Final = 24.0
"""A segment, and what is followed of it, must be so long, ..."""
SEEN: Final = 1.25
"""... both sides together so many times as long as the way between them."""
FAINTEST: Final = 0.015
BESIDE: Final = 4
THIN: Final = 1.25
"""The middle differs from what is beside it by so many times more than both sides do."""
TURN: Final = 3.5
"""Degrees by which each side may point past the other."""
SLACK: Final = 1
ALIKE: Final = 0.7
SCORE: Final = 0.75
"""A wire is doubtful, however well its sides fit."""


def wires(look: Look, segments: np.ndarray, ends: Sequence[End]) -> list[Pair]:
    """Return thin lines that go on through the hole, the best first.

    ``ends``: what was found by whole profiles; where one is plain, nothing else is looked for.
    """
    found = list(_thin_ends(look, segments, [end for end in ends if end.contrast >= PLAIN]))
    pairs = [p for a, b in itertools.combinations(found, 2) if (p := _judged(look, a, b))]
    return sorted(pairs, key=lambda p: -p.score)


def _thin_ends(look: Look, segments: np.ndarray, ends: Sequence[End]) -> Iterator[End]:
    found: list[End] = []
    for at, way, length in runs(look, segments, WALK):
        if length < LONG:
            return
        if any(_same(at, way, other) for other in [*ends, *found]):
            continue
        end = traced(look, at, way, length, MIDDLE, FAINTEST)
        if end is None or end.length < LONG:
            continue
        profile, fits = profile_at(look, end.at, end.way)
        middle = end.at + _middle(profile) * across(end.way)
        if not (fits and _is_thin(profile)) or any(_same(middle, end.way, o) for o in found):
            continue
        profile, fits = profile_at(look, middle, end.way)
        if fits:
            found.append(replace(end, at=middle, profile=profile, bent=None))
            yield found[-1]


def _same(at: np.ndarray, way: np.ndarray, end: End) -> bool:
    off = at - end.at
    return bool(way @ end.way > 0.97 and abs(off @ across(end.way)) < HALF)


def _sides(profile: Floats) -> tuple[float, float]:
    return float(profile[:BESIDE].mean()), float(profile[-BESIDE:].mean())


def _middle(profile: Floats) -> int:
    """Return how many pixels further right than the end the wire shows most."""
    out = np.abs(profile[BESIDE:-BESIDE] - np.mean(_sides(profile)))
    return int(out.argmax()) + BESIDE - HALF


def _is_thin(profile: Floats) -> bool:
    """Tell whether both sides are more alike than either is to what is between them."""
    left, right = _sides(profile)
    out = np.abs(profile[BESIDE:-BESIDE] - (left + right) / 2)
    return float(out.max()) > THIN * abs(left - right)


def _judged(look: Look, a: End, b: End) -> Pair | None:
    """Return the pair that two ends make, None if they do not point at each other."""
    off = b.at - a.at
    gap = float(np.hypot(*off))
    if a.length + b.length < SEEN * gap:
        return None
    way = off / max(gap, 1e-9)
    turns = turn(a.way, way), turn(way, -b.way)
    if max(map(abs, turns)) > TURN or hidden(look, a.at, way, gap) < HIDDEN:
        return None
    there, size = b.profile[::-1], 2 * MIDDLE + 1
    first = HALF - MIDDLE
    shifts = range(-SLACK, SLACK + 1)
    parts = np.stack([there[first + s : first + s + size] for s in shifts])
    match = likeness(parts, a.profile[first : first + size])
    best = int(match.argmax())
    if match[best] < ALIKE:
        return None
    return Pair(a, b, SCORE * float(match[best]), -float(shifts[best]))
