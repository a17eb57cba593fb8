"""Lines that end in the hole: two that meet in a corner, one that meets another line."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.structure.ends import End, alike
from engine.structure.look import Look
from engine.structure.match import Pair, hidden, turn
from engine.structure.strips import across

SHARPEST: Final = 25.0
"""Degrees between two lines from which on they make a corner, and up to 180 less as many."""
LONG: Final = 40.0
PLAIN: Final = 0.08
ALIKE: Final = 0.95
TONE: Final = 0.06
"""Tones on both arms of a corner differ by at most so much on average, of full white."""
LIT: Final = 0.12
SURE: Final = 0.97
BLUNT: Final = 0.64
"""So much where one arm gets more light, if both are surely alike and not far from square: the
cosine of their angle is at most ``BLUNT``."""
FAINT: Final = 0.06
SAME: Final = 0.88
"""A thin line of less contrast ends at one that looks like it, as those of a court do."""
NEXT: Final = 0.02
"""Another corner is as likely if it is less alike by at most so much."""
FARTHEST: Final = 0.8
"""A line goes on to a corner by at most so many times the length over which it is seen."""
HIDDEN: Final = 0.8


@dataclass(frozen=True)
class Corner:
    """Hold two ends that meet at a point of the hole.

    Attributes:
        first, second: the ends.
        at: (2,) x, y, the point.
        sure: whether nothing else is nearly as likely.
    """

    first: End
    second: End
    at: np.ndarray
    sure: bool = True


@dataclass(frozen=True)
class Meeting:
    """Hold an end that meets a line that goes through, at a point, surely or not."""

    end: End
    through: Pair
    at: np.ndarray
    sure: bool = True


def corners(look: Look, ends: Sequence[End], gone: Sequence[Corner] = ()) -> list[Corner]:
    """Match ends that no line goes on from, the best first, each once; those ``gone`` never."""
    found = []
    barred = {(id(corner.first), id(corner.second)) for corner in gone}
    for a, b in itertools.combinations([end for end in ends if _plain(end)], 2):
        if (id(a), id(b)) in barred:
            continue
        at = _crossing(a.at, a.way, b.at, b.way)
        if at is not None and _reaches(look, a, at) and _reaches(look, b, at):
            match = _likeness(a, b)
            if match > ALIKE:
                found.append((match, Corner(a, b, at)))
    taken: list[Corner] = []
    for match, corner in sorted(found, key=lambda f: -f[0]):
        if not any(_meet(corner, other) for other in taken):
            near = sum(_meet(corner, other) and off > match - NEXT for off, other in found)
            taken.append(replace(corner, sure=near == 1))
    return taken


def _meet(a: Corner, b: Corner) -> bool:
    """Tell whether two corners want the same end."""
    return any(_close(x, y) for x in (a.first, a.second) for y in (b.first, b.second))


def meetings(look: Look, ends: Sequence[End], through: Sequence[Pair]) -> list[Meeting]:
    """Return for every end that no line goes on from the nearest line that it meets, if any."""
    found = []
    for end in ends:
        best: tuple[float, Meeting] | None = None
        for pair in (pair for pair in through if _plain(end) or _of_its_kind(end, pair)):
            off = pair.second.at - pair.first.at
            gap = float(np.hypot(*off))
            at = _crossing(end.at, end.way, pair.first.at, off / gap)
            if at is None or not 0 < (at - pair.first.at) @ off < gap**2:
                continue
            far = float((at - end.at) @ end.way)
            if _reaches(look, end, at) and (best is None or far < best[0]):
                best = far, Meeting(end, pair, at, _plain(end))
        if best is not None:
            found.append(best[1])
    return found


def _plain(end: End) -> bool:
    return end.length >= LONG and end.contrast >= PLAIN


def _of_its_kind(end: End, pair: Pair) -> bool:
    """Tell whether a line that is alike on both its sides looks like one that it may end at."""
    if end.length < LONG or end.contrast < FAINT:
        return False
    both = (pair.first.profile, pair.second.profile)
    return all(alike(end.profile, p)[0] > SAME for one in both for p in (one, one[::-1]))


def _close(a: End, b: End) -> bool:
    return a is b or float(np.hypot(*(a.at - b.at))) < 4


def _crossing(
    a: np.ndarray, way: np.ndarray, b: np.ndarray, other: np.ndarray
) -> np.ndarray | None:
    """Return where a ray meets a line, None where they are too nearly parallel or it is behind."""
    angle = abs(turn(way, other))
    if min(angle, 180 - angle) < SHARPEST:
        return None
    side = across(other)
    far = float((b - a) @ side) / float(way @ side)
    return a + far * way if far > 2 else None


def _reaches(look: Look, end: End, at: np.ndarray) -> bool:
    far = float((at - end.at) @ end.way)
    if not 3 < far <= FARTHEST * end.length:
        return False
    return hidden(look, end.at, end.way, math.ceil(far)) >= HIDDEN


def _likeness(a: End, b: End) -> float:
    """Return how alike two ends are, what lies within the corner compared with what does."""
    other = b.profile[::-1]
    off, match = float(np.abs(a.profile - other).mean()), alike(a.profile, other)[0]
    lit = match > SURE and abs(float(a.way @ b.way)) < BLUNT
    return match if off < (LIT if lit else TONE) else 0.0
