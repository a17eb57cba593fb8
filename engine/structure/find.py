"""Find every line that goes on through the holes of a photo, and take what a user gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

import numpy as np

from engine.arrays import Mask, Pixels
from engine.geometry import Box
from engine.progress import Meter, Progress
from engine.running.parallel import in_order
from engine.structure.corners import Corner, Meeting, corners, meetings
from engine.structure.drawn import drawn_line
from engine.structure.ends import End, find_ends, find_segments, traced
from engine.structure.given import NOTHING, Given, Stroke
from engine.structure.line import Half, Kind, Line, Source
from engine.structure.look import Look, look_at, look_in
from engine.structure.match import Pair, pairs, turn
from engine.structure.path import Path, between
from engine.structure.pattern import FEW, Pattern, find_pattern
from engine.structure.strips import across
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


def find_lines(
    image: Pixels,
    mask: Mask,
    given: Given = NOTHING,
    on_progress: Progress | None = None,
    boxes: Sequence[Box] | None = None,
) -> list[Line]:
    """Return the lines that are carried through the holes, those to be painted last at the end.

    Args:
        image: (H, W, 3) uint8 or uint16.
        mask: (H, W) bool, True = fill.
        given: what a user drew and dropped.
        on_progress: called with a fraction in [0, 1]; may raise ``Cancelled``.
        boxes: look only at holes that reach into one of these.

    Specks are passed over: what goes on in one so small, the rim tells as well.
    """
    return chosen(search(image, mask, on_progress, boxes), image, mask, given)


def chosen(found: Found, image: Pixels, mask: Mask, given: Given) -> list[Line]:
    """Return found lines less those that were dropped, and those that were drawn."""
    kept = [line for line in found.lines if not any(is_same(line, d) for d in given.dropped)]
    drawn = (drawn_line(image, mask, s, _DRAWN + i) for i, s in enumerate(given.drawn))
    return kept + [line for line in drawn if line is not None]


class Found(NamedTuple):
    """Hold what a photo shows of its lines.

    ``ends``: (2,) x, y in photo pixels, where an edge runs into a hole, carried on or not.
    ``planes``: holes around which a pattern is seen that goes on in them, straight or at a slant.
    """

    lines: list[Line]
    ends: list[np.ndarray]
    planes: list[tuple[Box, Plane]]


def search(
    image: Pixels,
    mask: Mask,
    on_progress: Progress | None = None,
    boxes: Sequence[Box] | None = None,
) -> Found:
    """Return what goes on through the holes by what the photo shows; see ``find_lines``.

    Small holes are looked at several at a time; progress comes from their threads.
    """
    holes = [
        hole
        for hole in planning.holes(mask)
        if max(hole.width, hole.height) > planning.SPECK
        and (boxes is None or any(box.meets(hole) for box in boxes))
    ]
    meter = Meter(on_progress or (lambda fraction: None), len(holes) or 1)
    look = partial(_around_hole, image, mask, meter)
    small = [hole for hole in holes if max(hole.width, hole.height) <= AT_ONCE]
    small = small if len(small) > 1 else []
    seen = dict(zip(small, in_order(look, small), strict=True))
    found = [seen.get(hole) or look(hole) for hole in holes]
    lines = sorted((line for one in found for line in one.lines), key=lambda line: line.weight)
    ends = [end for one in found for end in one.ends]
    return Found(lines, ends, [plane for one in found for plane in one.planes])


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
    pattern = find_pattern(look, segments) if len(here) >= FEW else None
    pattern = _fillable(pattern, look, mask, hole)
    if pattern is not None and pattern.repeats(here):  # it goes on in step, no line of it alone
        report(0.0)
        here = [end for end in here if not pattern.explains(end.at)]
        planes.append((hole, _plane(look, pattern)))
    found = Found(list(_lines(image, mask, look, here)), ends, planes)
    report(1.0)
    return found


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


def _lines(image: Pixels, mask: Mask, look: Look, ends: Sequence[End]) -> Iterator[Line]:
    """Yield what goes on through one hole."""
    through = pairs(look, ends)
    used = [end for pair in through for end in (pair.first, pair.second)]
    free = [end for end in ends if not any(_beside(end, other) for other in used)]
    for pair in through:
        a, b = (_source(image, mask, look, end) for end in (pair.first, pair.second))
        a, b = _aligned(pair, a, b, look.step)
        path = _path(look, pair, a, b)
        weight = min(pair.first.contrast, pair.second.contrast)
        yield Line(path, a, b, HALF * look.step, weight)
    met = corners(look, free)
    for corner in met:
        yield from _arms(image, mask, look, corner)
    gone = [end for corner in met for end in (corner.first, corner.second)]
    left = [end for end in free if not any(_beside(end, other) for other in gone)]
    for meeting in meetings(look, left, through):
        yield _ending(image, mask, look, meeting)


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


def _beside(a: End, b: End) -> bool:
    """Tell whether two ends may be the two edges of one thing."""
    return bool(np.hypot(*(a.at - b.at)) < HALF and abs(turn(a.way, b.way)) < 15)


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
