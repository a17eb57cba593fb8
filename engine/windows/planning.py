"""Which pixels to look at: separate holes, and a square window with context around each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np

from engine.arrays import Mask
from engine.geometry import Box, union_all
from engine.windows.sight import RIM_TELLS, THIN_SHARE, THIN_TELLS, Explained, Sight

ELONGATED: Final = 4
"""A hole this many times longer than thick is filled in parts."""
CLEAR_CUT: Final = 0.065
"""No cut is longer than this share of the window: so thick a place is seen well enough from afar,
and what both sides of a cut make up would end at a straight line."""
MOST_PARTS: Final = 24
NEAR: Final = 0.25
LEAST_GAP: Final = 4
"""Holes share a window where less lies between their boxes than this share of the smaller one's
longer side, or so many pixels."""
SURVEY: Final = 1024
SPECK: Final = 9
"""Holes up to so many pixels a side, such as those of hot pixels, are filled many at a time."""
CROWD: Final = 8
CELL: Final = 256
ROOM: Final = 32
"""So many specks or more in one square of the photo of so many pixels share a window that shows so
many pixels around them."""


class Window(NamedTuple):
    """Pair a square of photo pixels with the bounding box of the holes it is for.

    ``box`` may reach beyond the photo; what lies outside counts as unknown.
    """

    box: Box
    hole: Box

    @property
    def side(self) -> int:
        """Return the side of the square, photo pixels."""
        return self.box.width


def plan(
    mask: Mask,
    resolution: int = 256,
    context: float = 1.0,
    explained: Explained | None = None,
    step: int = 1,
) -> list[Window]:
    """Cover every hole by a window of its own; only holes that nearly touch share one.

    Args:
        mask: (H, W) bool, True = fill.
        resolution, context, explained, step: how to look, see ``Sight``.

    Returns:
        Windows whose hole boxes are disjoint and hold every True of the mask, top to bottom.
    """
    look = resolution, context, explained, step
    return [window_for(mask, hole, *look) for hole in together(mask)]


def together(mask: Mask) -> list[Box]:
    """Return the boxes of the holes that share a window each, top to bottom; none is empty.

    Boxes of specks may overlap by as much as a few of them are wide.
    """
    found = _gathered(mask, _joined(holes(mask)))
    return sorted(found, key=lambda hole: (hole.top, hole.left))


def _gathered(mask: Mask, boxes: list[Box]) -> list[Box]:
    """Return boxes, those of a crowd of specks as one if no hole lies between."""
    others: list[Box] = []
    cells: dict[tuple[int, int], list[Box]] = {}
    for box in boxes:
        if max(box.width, box.height) <= RIM_TELLS and specks(mask, box):
            cells.setdefault((box.left // CELL, box.top // CELL), []).append(box)
        else:
            others.append(box)
    gathered: list[Box] = []
    for near in cells.values():
        whole = union_all(near)
        few = len(near) < CROWD or any(whole.meets(other) for other in others)
        gathered += near if few else [whole]
    return others + gathered


def specks(mask: Mask, hole: Box) -> bool:
    """Tell whether a box holds nothing but specks, of not more than one square of the photo."""
    most = max(hole.width, hole.height)
    if most <= SPECK or most > CELL + RIM_TELLS:
        return most <= SPECK
    return all(max(part.width, part.height) <= SPECK for part in holes(mask[hole.slices]))


def _wide_specks(mask: Mask, hole: Box) -> bool:
    return max(hole.width, hole.height) > RIM_TELLS and specks(mask, hole)


def rim_tells(mask: Mask, hole: Box) -> bool:
    """Tell whether the rims of the holes in a box say all there is, so small or thin are they."""
    if max(hole.width, hole.height) <= RIM_TELLS or specks(mask, hole):
        return True
    part = mask[hole.grow(1).clip(Box.of(mask)).slices].astype(np.uint8)
    return bool(cv2.distanceTransform(part, cv2.DIST_L2, 5).max() <= THIN_TELLS)


def _joined(boxes: list[Box]) -> list[Box]:
    """Join boxes that are near each other, until none are."""
    while True:
        joined = [union_all(boxes[i] for i in group) for group in _groups(boxes, _reach_of)]
        if len(joined) == len(boxes):
            return boxes
        boxes = joined


def _reach_of(hole: Box) -> int:
    return max(LEAST_GAP, int(NEAR * max(hole.width, hole.height)))


def chains(windows: Sequence[Window]) -> list[list[Window]]:
    """Group windows, in order, by whether their holes touch, directly or by others.

    Parts of a wire must see each other filled; a hole apart is filled as if it were the only one.
    """
    found = _groups([window.hole for window in windows], lambda hole: 1)
    return [[windows[i] for i in sorted(group)] for group in sorted(found, key=min)]


def _groups(boxes: list[Box], reach: Callable[[Box], int]) -> list[list[int]]:
    """Group boxes, by number, of which the gap is within the smaller of their reaches."""
    group_of = {i: [i] for i in range(len(boxes))}
    reaches = [reach(box) for box in boxes]
    passed: list[int] = []
    for i in sorted(group_of, key=lambda i: boxes[i].left):
        passed = [j for j in passed if boxes[j].right + reaches[j] >= boxes[i].left]
        left, top, right, bottom = boxes[i]
        for j in passed:
            far = min(reaches[i], reaches[j])
            other = boxes[j]
            beside = other.left < right + far and left < other.right + far
            above = other.top < bottom + far and top < other.bottom + far
            if beside and above and group_of[i] is not group_of[j]:
                more = group_of[j]
                group_of[i] += more
                group_of |= dict.fromkeys(more, group_of[i])
        passed.append(i)
    return list({id(group): group for group in group_of.values()}.values())


def window_for(
    mask: Mask,
    hole: Box,
    resolution: int = 256,
    context: float = 1.0,
    explained: Explained | None = None,
    step: int = 1,
) -> Window:
    """Return the square to look at for the holes in one box; arguments as for ``plan``."""
    sight = Sight(resolution, context, explained, step)
    if step == 1 and _wide_specks(mask, hole):
        most = max(hole.width, hole.height)
        return Window(sight.square(hole, Box.of(mask), most + 2 * ROOM), hole)
    return Window(sight.around(mask, hole, Box.of(mask)), hole)


def holes(mask: Mask) -> list[Box]:
    """Return the bounding boxes of the mask's connected parts.

    Large masks are surveyed at reduced size, so parts a few pixels apart may count as one.
    """
    outer = Box.around(mask)
    if outer is None:
        return []
    step = _survey_step(mask[outer.slices])
    cells = any_pool(mask[outer.slices], step)
    count, _, stats, _ = cv2.connectedComponentsWithStats(cells, connectivity=8)
    found = (Box(x, y, x + w, y + h) for x, y, w, h in stats[1:count, :4].tolist())
    rough = (_photo_box(cells, step, outer) for cells in found)
    return list(rough) if step == 1 else [_tight(mask, box) for box in rough]


def parts(
    mask: Mask,
    window: Window,
    resolution: int = 256,
    context: float = 1.0,
    explained: Explained | None = None,
) -> list[Window]:
    """Split one window of ``plan`` so that long thin holes are seen from close by.

    A wire across the photo has a bounding box as large as the photo, and at that scale it is
    thinner than a pixel of the network. Cut into short parts it can be looked at in full. Parts
    are to be filled one after the other: a part's window sees the parts before it filled.

    Args:
        mask: as for ``plan``.
        window: one of its windows.
        resolution, context, explained: as for ``plan``.

    Returns:
        Windows whose hole boxes are disjoint and hold every True of the mask in ``window.hole``,
        closest first; ``window`` alone when nothing is won. At most ``MOST_PARTS``.
    """
    if window.side <= resolution or _wide_specks(mask, window.hole):
        return [window]
    region = mask[window.hole.slices]
    step = _survey_step(region)
    cells = any_pool(region, step)
    depth = cv2.distanceTransform(np.pad(cells, 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    least = THIN_SHARE * resolution / step
    most = CLEAR_CUT * window.side / step
    cuts = _cut(cells, depth, least, most)
    while len(cuts) > MOST_PARTS:
        least *= math.sqrt(2)
        cuts = _cut(cells, depth, least, most)
    if len(cuts) == 1:
        return [window]
    found, sight = [], Sight(resolution, context, explained)
    bounds = window.box.clip(Box.of(mask))
    for cut in cuts:
        hole = _tight(mask, _photo_box(cut, step, window.hole))
        thick = 2 * float(depth[cut.slices].max()) * step
        found.append(Window(sight.around(mask, hole, bounds, thick), hole))
    return sorted(found, key=lambda w: w.side)


def _cut(cells: np.ndarray, depth: np.ndarray, least: float, most: float) -> list[Box]:
    """Cut the holes' box at gaps, and where it is thinnest until each piece is short or thick.

    No piece is cut that is short (``least``), or through more than ``most`` cells.
    """
    todo, done = [Box.of(cells)], []
    while todo:
        rough = todo.pop()
        box = Box.around(cells[rough.slices] > 0)
        assert box is not None
        box = box.shift(rough.left, rough.top)
        long = max(box.width, box.height)
        profile = cells[box.slices].sum(axis=0 if box.width == long else 1, dtype=np.int64)
        compact = long <= 2 * ELONGATED * depth[box.slices].max() and profile.all()
        at = _thinnest(profile)
        if compact or long <= least or profile[at] > most:
            done.append(box)
        else:
            todo += _halves(box, at)
    return done


def _thinnest(profile: np.ndarray) -> int:
    """Return the index of the middlemost gap; without one, of the least of the middle half."""
    quarter, middle = len(profile) // 4, len(profile) // 2
    lowest = np.flatnonzero(profile == 0)
    if not lowest.size:
        inner = profile[quarter : len(profile) - quarter]
        lowest = np.flatnonzero(inner == inner.min()) + quarter
    return int(lowest[np.abs(lowest - middle).argmin()])


def _halves(box: Box, at: int) -> tuple[Box, Box]:
    """Cut the longer side of ``box`` ``at`` cells from its start."""
    if box.width >= box.height:
        return box._replace(right=box.left + at), box._replace(left=box.left + at)
    return box._replace(bottom=box.top + at), box._replace(top=box.top + at)


def _survey_step(region: Mask) -> int:
    longest: int = max(region.shape)
    return 1 + (longest - 1) // SURVEY


def _photo_box(cells: Box, step: int, outer: Box) -> Box:
    """Return the photo pixels of a box of cells that were counted from ``outer``'s corner."""
    return Box(*(v * step for v in cells)).shift(outer.left, outer.top).clip(outer)


def _tight(mask: Mask, rough: Box) -> Box:
    found = Box.around(mask[rough.slices])
    assert found is not None
    return found.shift(rough.left, rough.top)


def any_pool(region: Mask, step: int) -> np.ndarray:
    """Return uint8, 1 where any of step x step pixels is True."""
    tall = np.empty((-(-region.shape[0] // step), region.shape[1]), bool)
    for i, row in enumerate(tall):
        region[i * step : (i + 1) * step].any(axis=0, out=row)
    starts = np.arange(0, region.shape[1], step)
    return np.asarray(np.logical_or.reduceat(tall, starts, axis=1), np.uint8)
