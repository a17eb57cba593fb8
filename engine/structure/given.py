"""The lines a user gives: drawn where nothing shows them, dropped where they are not wanted."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.arrays import Mask
from engine.errors import EngineError
from engine.geometry import Box, values_at
from engine.record.envelope import Envelope
from engine.sentence import Sentence

MOST: Final = 1000
"""A file names at most so many lines, each of at most so many points."""
FARTHEST: Final = 1e6
JOINED: Final = 4.0
"""Strokes that end so near to each other where a photo's edges meet are one, pixels."""
_SMOOTH: Final = 16


class LinesError(EngineError):
    """Report a file of lines that cannot be used."""


_FILE: Final = Envelope(Sentence("lines"), LinesError)


@dataclass(frozen=True)
class Stroke:
    """Hold one line as it was drawn.

    Attributes:
        points: at least two (x, y) in photo pixels; (0, 0) is the middle of the first pixel.
        curved: pass through the points in a smooth curve; otherwise in straight pieces.
    """

    points: tuple[tuple[float, float], ...]
    curved: bool = False

    def polyline(self) -> np.ndarray:
        """Return (n, 2) float x, y, the way it takes; a curve in short straight pieces."""
        points = np.array(self.points, float)
        if not self.curved or len(points) < 3:
            return points
        around = np.concatenate(
            [[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]]
        )
        t = np.arange(_SMOOTH)[:, None] / _SMOOTH
        pieces = [_piece(around[i : i + 4], t) for i in range(len(points) - 1)]
        return np.concatenate([*pieces, points[-1:]])

    def dense(self) -> np.ndarray:
        """Return the polyline with a point at every pixel or closer, (n, 2) float x, y."""
        points, pieces = self.polyline(), []
        for a, b in itertools.pairwise(points):
            count = max(1, math.ceil(float(np.hypot(*(b - a)))))
            pieces.append(a + (b - a) * (np.arange(count) / count)[:, None])
        return np.concatenate([*pieces, points[-1:]])

    def rolled(self, by: float, width: int) -> Stroke:
        """Return it ``by`` columns further right in a photo that goes once around.

        Its middle is in the photo; what of it is beyond an edge belongs to the other side.
        """
        if by == 0:
            return self
        middle = float(np.mean([x for x, _ in self.points]))
        way = (middle + by) % width - middle
        return Stroke(tuple((x + way, y) for x, y in self.points), self.curved)

    def meets(self, box: Box, mask: Mask) -> bool:
        """Tell whether any pixel of it is in ``mask`` (box.height, box.width) bool."""
        x, y = (np.rint(self.dense()) - [box.left, box.top]).astype(int).T
        there, inside = values_at(mask, x, y)
        return bool((there & inside).any())


def _piece(four: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return the middle part of the curve through four points (Catmull and Rom, 1974)."""
    a, b, c, d = four
    bend = 2 * a - 5 * b + 4 * c - d
    return np.asarray(b + 0.5 * t * (c - a + t * (bend + t * (3 * (b - c) + d - a))))


@dataclass(frozen=True)
class Given:
    """Hold what a user says about the lines of a photo.

    Attributes:
        drawn: carried whatever the photo shows, the last one over the others.
        dropped: lines as ``Line.stroke`` names them, that are not carried though found.
    """

    drawn: tuple[Stroke, ...] = ()
    dropped: tuple[Stroke, ...] = ()

    def with_more(self, other: Given) -> Given:
        """Return what both say, each line once."""
        drawn = dict.fromkeys(self.drawn + other.drawn)
        return Given(tuple(drawn), tuple(dict.fromkeys(self.dropped + other.dropped)))


NOTHING: Final = Given()


def rolled(given: Given, by: float, width: int) -> Given:
    """Return lines of a photo that goes once around as those of the same photo turned.

    Strokes that met at the photo's edge go on in each other now.

    Args:
        given: of the photo.
        by: columns by which everything has moved to the right.
        width: of the photo; strokes that moved past an edge come in at the other one.
    """
    drawn, dropped = (
        [stroke.rolled(by, width) for stroke in strokes] for strokes in (given.drawn, given.dropped)
    )
    return Given(tuple(_linked(drawn, by % width)), tuple(dropped))


def _linked(strokes: list[Stroke], seam: float) -> list[Stroke]:
    """Return strokes of which two that end together at column ``seam`` have become one."""
    left = list(strokes)
    for first, second in itertools.permutations(strokes, 2):
        for a, b in itertools.product(*({s.points, s.points[::-1]} for s in (first, second))):
            near = math.dist(a[-1], b[0]) <= JOINED and abs(a[-1][0] - seam) <= JOINED
            if near and a[0][0] < seam < b[-1][0] and first in left and second in left:
                left[left.index(first)] = Stroke(a + b[1:], first.curved or second.curved)
                left.remove(second)
    return left


def still_needed(given: Given, filled: Sequence[tuple[Box, Mask]], rest: Mask) -> Given:
    """Return lines without those that served their hole.

    Args:
        given: drawn and dropped lines.
        filled: boxes with what of them (box.height, box.width) was filled.
        rest: (H, W) bool, what is still to be filled.
    """
    photo = Box.of(rest)

    def needed(stroke: Stroke) -> bool:
        return not any(stroke.meets(*one) for one in filled) or stroke.meets(photo, rest)

    return _chosen(given, needed)


def of_holes(given: Given, holes: Sequence[tuple[Box, Mask]]) -> Given:
    """Return those lines that reach into one of some holes, as in ``still_needed``."""
    return _chosen(given, lambda stroke: any(stroke.meets(*one) for one in holes))


def _chosen(given: Given, which: Callable[[Stroke], bool]) -> Given:
    return Given(*(tuple(filter(which, strokes)) for strokes in (given.drawn, given.dropped)))


def to_json(given: Given) -> str:
    """Return the text of a file of lines."""
    return _FILE.around(as_values(given))


def as_values(given: Given) -> dict[str, Any]:
    """Return lines as JSON values."""

    def rows(strokes: Sequence[Stroke]) -> list[dict[str, Any]]:
        return [{"points": [list(p) for p in s.points], "curved": s.curved} for s in strokes]

    return {"drawn": rows(given.drawn), "dropped": rows(given.dropped)}


def from_json(text: str) -> Given:
    """Read the text of a file of lines; raises LinesError if it is none, or of a later program."""
    return from_values(_FILE.opened(text))


def from_values(raw: dict[str, Any]) -> Given:
    """Read what ``as_values`` made; raises LinesError if it is something else."""
    return Given(_strokes(raw, "drawn"), _strokes(raw, "dropped"))


def read_given(path: Path) -> Given:
    """Read a file of lines; raises LinesError if it cannot be read, or is no file of lines."""
    return from_json(_FILE.text_of(path))


def _strokes(raw: dict[str, Any], key: str) -> tuple[Stroke, ...]:
    rows = raw.get(key, [])
    if not isinstance(rows, list) or len(rows) > MOST:
        raise LinesError("“{0}” must be a list of at most {1} lines.", key, MOST)
    return tuple(_stroke(row) for row in rows)


def _stroke(row: object) -> Stroke:
    points = row.get("points") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(points, list) or not 2 <= len(points) <= MOST:
        raise LinesError("A line must have from 2 to {0} points.", MOST)
    if not isinstance(row.get("curved", False), bool):
        raise LinesError("“curved” must be true or false.")
    made = tuple(_point(p) for p in points)
    if any(a == b for a, b in itertools.pairwise(made)):
        raise LinesError("Two points of a line that follow each other must differ.")
    return Stroke(made, row.get("curved", False))


def _point(value: object) -> tuple[float, float]:
    if isinstance(value, list) and len(value) == 2:
        x, y = value
        if all(type(v) in (int, float) and abs(v) <= FARTHEST for v in (x, y)):
            return float(x), float(y)
    raise LinesError("A point must be two numbers of at most {0}.", FARTHEST)
