"""Find every line that goes on through the holes of a photo, and take what a user gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

import numpy as np

from engine.arrays import Mask, Pixels
from engine.geometry import Box, meeting
from engine.progress import Meter, Progress
from engine.running.parallel import in_order
from engine.structure.corners import Corner, Meeting
from engine.structure.drawn import drawn_line
from engine.structure.ends import End, find_ends, find_segments, traced
from engine.structure.given import Given, Stroke
from engine.structure.line import Half, Kind, Line, Source
from engine.structure.look import Look, look_at, look_in
from engine.structure.match import Pair, turn
from engine.structure.path import Path, between
from engine.structure.pattern import FEW, Pattern, find_pattern
from engine.structure.readings import Part, Reading, readings
from engine.structure.strips import across
from engine.structure.wires import wires
from engine.windows import planning
from engine.windows.flat import Plane

OVERLAP: Final = 16
"""Planes at a slant are laid flat with so many pixels around a hole."""
HALF: Final = 9.0
"""Half the width of a band, pixels of the look in which its line was found."""
CLOSER: Final = 3
"""Where a hole is so large that it is looked at reduced, its lines' ends are measured at a size
so many times larger, or in full."""
SEEN: Final = 80
AT_ONCE: Final = 300
"""Holes of at most so many pixels a side are looked at several at a time; larger ones take more
memory."""
DROPPED: Final = 1 / 3
"""A found line is a dropped one if that one's ends lie within so many half widths of it."""
_DRAWN: Final = 10.0
_ENDING: Final = -1.0


class Change(NamedTuple):
    """Hold by what another reading of a hole differs from the best one."""

    gone: list[Line]
    come: list[Line]


class Found(NamedTuple):
    """Hold what a photo shows of its lines.

    ``ends``: (2,) x, y in photo pixels, where an edge runs into a hole, carried on or not.
    ``lines``: those that go on through the holes, what is to be painted last at the end.
    ``planes``: holes around which a pattern is seen that goes on in them, straight or at a slant.
    ``choices``: for each hole that may be read in other ways, what those change.
    """

    lines: list[Line]
    ends: list[np.ndarray]
    planes: list[tuple[Box, Plane]]
    choices: list[list[Change]]

    def reading(self, seed: int, given: Given) -> tuple[int, ...]:
        """Return which reading of each such hole a seed takes, 0 for the best, as seed 0 always.

        What would take a line away that a user has dropped is no choice any more.
        """
        return tuple(
            number if number and not _decided(choice[number - 1], given) else 0
            for choice in self.choices
            for number in [seed % (len(choice) + 1)]
        )

    def read(self, reading: Sequence[int]) -> list[Line]:
        """Return the lines of one of its readings; those that are certain are in all of them."""
        changes = [c[n - 1] for c, n in zip(self.choices, reading, strict=True) if n]
        gone = {id(line) for change in changes for line in change.gone}
        kept = [line for line in self.lines if id(line) not in gone]
        return _in_order(kept + [line for change in changes for line in change.come])

    def doubtful(self, line: Line) -> bool:
        """Tell whether a line is not in every reading."""
        changes = (change for choice in self.choices for change in choice)
        return any(line is other for change in changes for other in change.gone)


def _decided(change: Change, given: Given) -> bool:
    return any(is_same(line, stroke) for line in change.gone for stroke in given.dropped)


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.weight)


def chosen(
    found: Found, image: Pixels, mask: Mask, given: Given, reading: Sequence[int] | None = None
) -> list[Line]:
    """Return found lines less those that were dropped, and those that were drawn.

    ``reading``: of ``found``, None for the best.
    """
    lines = found.lines if reading is None else found.read(reading)
    kept = [line for line in lines if not any(is_same(line, d) for d in given.dropped)]
    drawn = (drawn_line(image, mask, s, _DRAWN + i) for i, s in enumerate(given.drawn))
    return kept + [line for line in drawn if line is not None]


def search(
    image: Pixels,
    mask: Mask,
    on_progress: Progress | None = None,
    boxes: Sequence[Box] | None = None,
) -> Found:
    """Return what goes on through the holes by what the photo shows.

    Small holes are looked at several at a time; progress comes from their threads. Specks are
    passed over: what goes on in one so small, the rim tells as well.

    Args:
        image: (H, W, 3) uint8 or uint16.
        mask: (H, W) bool, True = fill.
        on_progress: called with a fraction in [0, 1]; may raise ``Cancelled``.
        boxes: look only at holes that reach into one of these.
    """
    holes = [hole for hole in planning.holes(mask) if max(hole.width, hole.height) > planning.SPECK]
    holes = holes if boxes is None else meeting(holes, boxes)
    meter = Meter(on_progress or (lambda fraction: None), len(holes) or 1)
    look = partial(_around_hole, image, mask, meter)
    small = [hole for hole in holes if max(hole.width, hole.height) <= AT_ONCE]
    small = small if len(small) > 1 else []
    seen = dict(zip(small, in_order(look, small), strict=True))
    found = [seen.get(hole) or look(hole) for hole in holes]
    return Found(
        _in_order(line for one in found for line in one.lines),
        [end for one in found for end in one.ends],
        [plane for one in found for plane in one.planes],
        [choice for one in found for choice in one.choices],
    )


def _around_hole(image: Pixels, mask: Mask, meter: Meter, hole: Box) -> Found:
    """Return what goes on through one hole."""
    report = meter.part(1)
    report(0.0)
    look = look_at(image, mask, hole)
    report(0.0)
    segments = find_segments(look)
    report(0.0)
    here = find_ends(look, segments)
    report(0.0)
    ends, planes = [look.to_photo(end.at) for end in here], []
    more = wires(look, segments, here)
    report(0.0)
    pattern = find_pattern(look, segments) if len(here) >= FEW else None
    pattern = _fillable(pattern, look, mask, hole)
    if pattern is not None and pattern.repeats(here):  # it goes on in step, no line of it alone
        report(0.0)
        here = [end for end in here if not pattern.explains(end.at)]
        more = [wire for wire in more if not pattern.explains(wire.first.at)]
        planes.append((hole, _plane(look, pattern)))
    best, *others = _all_lines(image, mask, look, readings(look, here, more))
    changes = [Change(_without(best, other), _without(other, best)) for other in others]
    report(1.0)
    return Found(best, ends, planes, [changes] if changes else [])


def _without(lines: Sequence[Line], others: Sequence[Line]) -> list[Line]:
    return [line for line in lines if not any(line is other for other in others)]


def _plane(look: Look, pattern: Pattern) -> Plane:
    """Return a pattern's plane in photo pixels."""
    return pattern.plane.scaled(look.to_photo(np.array(pattern.plane.at)), look.step)


def _fillable(pattern: Pattern | None, look: Look, mask: Mask, hole: Box) -> Pattern | None:
    """Return a pattern in which a hole can be filled: all of it is seen, and what is around it."""
    if pattern is None or not any(pattern.plane.tilt):
        return pattern
    near = hole.grow(OVERLAP)
    seen = Box.of(mask).holds(near) and _plane(look, pattern).holds(near)
    return pattern if seen else None


def is_same(line: Line, dropped: Stroke) -> bool:
    """Tell whether a line is one that was dropped, perhaps when the hole was another."""
    along, aside = line.path.beside(dropped.polyline()[[0, -1]])
    shared = min(float(along.max()), line.path.length) - max(float(along.min()), 0.0)
    return bool((np.abs(aside) <= DROPPED * line.half).all()) and shared > 1


def _all_lines(image: Pixels, mask: Mask, look: Look, read: Sequence[Reading]) -> list[list[Line]]:
    """Return the lines of each reading of one hole; what several hold is the same in all."""
    made: dict[int, list[Line]] = {}
    about = image, mask, look

    def lines(part: Part) -> list[Line]:
        if id(part) not in made:
            made[id(part)] = list(_lines(*about, part))
        return made[id(part)]

    return [[line for part in one.parts for line in lines(part)] for one in read]


def _lines(image: Pixels, mask: Mask, look: Look, part: Part) -> Iterator[Line]:
    """Yield a line that goes through the hole, or those that end in it."""
    if isinstance(part, Corner):
        yield from _arms(image, mask, look, part)
    elif isinstance(part, Meeting):
        yield _ending(image, mask, look, part)
    else:
        a, b = (_source(image, mask, look, end) for end in (part.first, part.second))
        a, b = _aligned(part, a, b, look.step)
        weight = min(part.first.contrast, part.second.contrast)
        yield Line(_path(look, part, a, b), a, b, HALF * look.step, weight)


def _path(look: Look, pair: Pair, a: Source, b: Source) -> Path:
    """Return the way from one source to the other, as the line bends before the hole."""
    ways = [
        source.way if end.bent is None else end.bent[1]
        for end, source in ((pair.first, a), (pair.second, b))
    ]
    starts = [
        source.at if end.bent is None else source.at + (end.bent[0] - end.at) * look.step
        for end, source in ((pair.first, a), (pair.second, b))
    ]
    return between(starts[0], ways[0], starts[1], -ways[1])


def _aligned(pair: Pair, a: Source, b: Source, step: int) -> tuple[Source, Source]:
    """Move both sources sidewards so that they show the same in the same place."""
    off = 0.5 * step * pair.shift * across(a.way)
    return replace(a, at=a.at + off), replace(b, at=b.at - off)


def _arms(image: Pixels, mask: Mask, look: Look, corner: Corner) -> Iterator[Line]:
    """Yield both lines of a corner, each on its side of what halves the angle."""
    at = look.to_photo(corner.at)
    halving = corner.first.way + corner.second.way
    side = across(halving / np.hypot(*halving))
    for end in (corner.first, corner.second):
        inward = side if -end.way @ side > 0 else -side
        source = _source(image, mask, look, end)
        path = Path(np.stack([source.at, at]))
        within = Half(at, inward)
        weight = _ENDING + end.contrast
        yield Line(path, source, None, HALF * look.step, weight, Kind.CORNER, within)


def _ending(image: Pixels, mask: Mask, look: Look, meeting: Meeting) -> Line:
    """Return the line that ends at another one, below that one."""
    end, other = meeting.end, meeting.through
    at = look.to_photo(meeting.at)
    along = other.second.at - other.first.at
    side = across(along / np.hypot(*along))
    inward = side if (end.at - meeting.at) @ side > 0 else -side
    source = _source(image, mask, look, end)
    path = Path(np.stack([source.at, at]))
    weight = _ENDING + end.contrast
    within = Half(at, inward)
    return Line(path, source, None, HALF * look.step, weight, Kind.MEETING, within)


def _source(image: Pixels, mask: Mask, look: Look, end: End) -> Source:
    """Return an end in the photo, measured again where the look is a reduced one."""
    at, long = look.to_photo(end.at), end.length * look.step
    if look.step == 1:
        return Source(at, end.way, long)
    step = max(1, look.step // CLOSER)
    x, y = np.rint(at)
    near = Box.hull(x, y, SEEN * step).clip(Box.of(mask))
    close = look_in(image, mask, near, step)
    again = traced(close, close.from_photo(at), end.way, SEEN / 2)
    if again is not None and abs(turn(again.way, end.way)) < 2:
        off = close.to_photo(again.at) - at
        if abs(off @ across(end.way)) < 1.5 * look.step:
            return Source(close.to_photo(again.at), again.way, long)
    return Source(at, end.way, long)
