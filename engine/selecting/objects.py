"""Find the outline of the thing that was clicked on, struck through, or circled loosely."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Levels, Mask, Pixels
from engine.geometry import Box
from engine.selecting.outline import refined
from engine.selecting.reduced import reduced
from engine.views.strokes import Stamp

COARSE: Final = 128
"""Pixels of the longer side of the copy in which a thing is told from what is around it."""
SURVEY: Final = 72
"""The same where several sizes are tried."""
ROUNDS: Final = 3
OVERVIEW: Final = 900
"""The same of a copy of the whole photo, from which the larger of these are taken."""
SIDES: Final = (0.06, 0.12, 0.25, 0.5, 0.9)
"""Sides of the squares around a click that are tried, in shares of the photo's longer side."""
LEAST_SIDE: Final = 48
_RIM: Final = 16
_ROOM: Final = 0.3
"""A loop is looked at with so much of its own size around it."""
_SURE_OFF, _SURE_ON, _MAYBE_OFF, _MAYBE_ON = (
    cv2.GC_BGD,
    cv2.GC_FGD,
    cv2.GC_PR_BGD,
    cv2.GC_PR_FGD,
)
Way = Sequence[tuple[float, float]]
"""Where the pointer went, (x, y) in photo pixels; one place for a click."""


class Marks(NamedTuple):
    """Say what is known of a thing.

    Attributes:
        on: clicks and strokes on it.
        off: clicks and strokes on what does not belong to it.
        loop: a line drawn around it, closed by itself; empty if there is none.
        size: how wide a stroke or a click is, in photo pixels.
    """

    on: tuple[Way, ...] = ()
    off: tuple[Way, ...] = ()
    loop: Way = ()
    size: float = 4.0


def select(image: Pixels, marks: Marks) -> Stamp | None:
    """Return the pixels of the thing that ``marks`` tell of, None if nothing is told apart.

    In a small copy of the surroundings the thing is cut out by its colours and edges (GrabCut;
    Rother, Kolmogorov and Blake 2004), with everything far outside taken for what is around it.
    Of a click or a stroke, whose thing may be of any size, the surroundings are tried in several
    sizes, and the cut that ends at the sharpest edges is taken. The outline is then followed in
    finer copies up to the photo's own pixels.

    Args:
        image: (H, W, 3) uint8 or uint16.
        marks: at least one click, stroke or loop.
    """
    bounds = Box.of(image)
    if len(marks.loop) > 2:
        box = _around([marks.loop])
        room = max(round(_ROOM * max(box.width, box.height)), 8)
        view = _View(box.grow(room).clip(bounds), True)
    else:
        view = _best_view(image, marks, _around(marks.on), bounds)
    if view.window.empty:
        return None
    cut = _cut_in(reduced(image, view.window, COARSE)[0], marks, view, ROUNDS)
    found = refined(image, view.window, cut)
    return _without(found, marks) if found else None


def _without(found: Stamp, marks: Marks) -> Stamp | None:
    """Return what was found but for what was marked as no part of it."""
    bits = found.cover.view(np.uint8)
    _draw(bits, marks.off, 0, found.box, 1.0, max(round(marks.size), 1))
    return found if found.cover.any() else None


class _View(NamedTuple):
    """Say where to look, and whether everything there may be the thing or only what is near."""

    window: Box
    wide: bool


def _cut_in(small: Levels, marks: Marks, view: _View, rounds: int) -> Mask:
    """Return the cut (h, w) in a small copy of the view."""
    step = max(view.window.width, view.window.height) / max(small.shape[:2])
    trimap = _trimap(marks, view.window, small.shape, step, wide=view.wide)
    return _joined(_cut(small, trimap, rounds), marks, view.window, step)


def _around(ways: Sequence[Way]) -> Box:
    xs = [x for way in ways for x, _ in way]
    ys = [y for way in ways for _, y in way]
    return Box.hull(xs, ys)


def _best_view(image: Pixels, marks: Marks, told: Box, bounds: Box) -> _View:
    """Return the surroundings in which the thing stands out best from what is around it."""
    extent = max(told.width, told.height, marks.size)
    longest = max(bounds.width, bounds.height)
    wanted = [max(share * longest, LEAST_SIDE) for share in SIDES]
    sides = [side for side in wanted if side >= 1.5 * extent] or [min(2.5 * extent, 2 * longest)]
    clicks = all(len(way) < 2 for way in marks.on)
    best, best_score = _View(told.grow(round(sides[0] / 2)).clip(bounds), True), -1.0
    overview = reduced(image, bounds, OVERVIEW)
    for side in sides:
        window = told.grow(max(round((side - extent) / 2), 4)).clip(bounds)
        small = _surveyed(image, overview, window)
        for view in (_View(window, wide) for wide in ((False, True) if clicks else (False,))):
            cut = _cut_in(small, marks, view, 2)
            score = _standing_out(small, cut, window, bounds)
            if score > best_score:
                box = _fitting(cut, window, told, bounds)
                best, best_score = view._replace(window=box), score
    return best


def _surveyed(image: Pixels, overview: tuple[Levels, float], window: Box) -> Levels:
    """Return a small copy of a window, made of the overview where that is fine enough."""
    whole, step = overview
    if max(window.width, window.height) < 2 * SURVEY * step:
        return reduced(image, window, SURVEY)[0]
    box = Box(*(round(side / step) for side in window)).clip(Box.of(whole))
    return reduced(whole, box, SURVEY)[0]


def _fitting(cut: Mask, window: Box, told: Box, bounds: Box) -> Box:
    """Return a part of the photo around what was cut out, with room around it."""
    inner = Box.around(cut)
    if inner is None:
        return window
    step = max(window.width, window.height) / max(cut.shape)
    box = Box(*(math.floor(side * step) for side in inner)).shift(window.left, window.top)
    box = box.union(told)
    return box.grow(max(round(0.35 * max(box.width, box.height)), 8)).clip(bounds)


def _standing_out(small: Levels, cut: Mask, window: Box, bounds: Box) -> float:
    """Return how sharply a cut ends, by its edges; less where it ends at the window's own rim."""
    share = float(cut.mean())
    if not 0.004 < share < 0.7:
        return -0.5
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    steepness = np.zeros(cut.shape, np.float32)
    for channel in cv2.split(lab):
        steepness += np.hypot(cv2.Sobel(channel, -1, 1, 0), cv2.Sobel(channel, -1, 0, 1))
    bits = cut.view(np.uint8)
    rim = cv2.dilate(bits, _DISC) - cv2.erode(bits, _DISC, borderValue=1) > 0
    if not rim.any():
        return -0.5
    usual = float(steepness.mean()) + 8.0
    own = float(steepness[rim].mean()) / usual
    cutoff = _rim_share(cut, window, bounds)
    return float(own * (1 - cutoff) ** 2 * min(share / 0.05, 1.0) ** 0.3)


_DISC: Final = np.ones((3, 3), np.uint8)


def _rim_share(cut: Mask, window: Box, bounds: Box) -> float:
    """Return how much of the window's rim, but for the photo's own, is in the cut."""
    sides = [
        (cut[0], window.top > bounds.top),
        (cut[-1], window.bottom < bounds.bottom),
        (cut[:, 0], window.left > bounds.left),
        (cut[:, -1], window.right < bounds.right),
    ]
    counted = [float(side.mean()) for side, inside in sides if inside]
    return max(counted, default=0.0)


def _trimap(
    marks: Marks, window: Box, shape: tuple[int, ...], step: float, *, wide: bool = True
) -> Levels:
    """Return what is known of each pixel of a small copy: on, off, or which it may be."""
    height, width = shape[:2]
    out = np.full((height, width), _MAYBE_OFF, np.uint8)
    if len(marks.loop) > 2:
        inside = np.zeros((height, width), np.uint8)
        cv2.fillPoly(inside, [_placed(marks.loop, window, step)], 1)
        depth = cv2.distanceTransform(np.pad(inside, 1, mode="edge"), cv2.DIST_L2, 5)[1:-1, 1:-1]
        out[inside == 0] = _SURE_OFF
        out[depth > 0.3 * depth.max()] = _MAYBE_ON
        out[depth > 0.7 * depth.max()] = _SURE_ON
    else:
        out[_guess(marks, window, (height, width), step, wide=wide) > 0] = _MAYBE_ON
        _frame(out)
    thick = max(round(marks.size / step), 1)
    _draw(out, marks.on, _SURE_ON, window, step, thick)
    _draw(out, marks.off, _SURE_OFF, window, step, thick)
    return out


def _frame(out: Levels) -> None:
    """Take a rim of a small copy for what lies around the thing."""
    rim = max(min(out.shape) // _RIM, 1)
    out[:rim], out[-rim:], out[:, :rim], out[:, -rim:] = (_SURE_OFF,) * 4


def _guess(marks: Marks, window: Box, shape: tuple[int, int], step: float, *, wide: bool) -> Levels:
    """Return a first guess of the thing: everything, or a disc around each mark."""
    if wide:
        return np.ones(shape, np.uint8)
    out = np.zeros(shape, np.uint8)
    radius = max(round(min(shape) * 0.2), 2)
    for way in marks.on:
        placed = _placed(way, window, step)
        cv2.polylines(out, [placed], False, 1, 2 * radius)
        cv2.circle(out, placed[0].tolist(), radius, 1, -1)
    return out


def _draw(
    out: Levels, ways: Sequence[Way], value: int, window: Box, step: float, thick: int
) -> None:
    """Draw clicks and strokes into a small copy of ``window``."""
    for way in ways:
        placed = _placed(way, window, step)
        if len(placed) > 1:
            cv2.polylines(out, [placed], False, value, thick)
        cv2.circle(out, placed[0].tolist(), max(thick // 2, 1), value, -1)


def _placed(way: Way, window: Box, step: float) -> NDArray[np.int32]:
    """Return (n, 2) int32, the pixels of a small copy at which the pointer was."""
    at = (np.array(way, float) - (window.left, window.top)) / step
    return np.floor(at).astype(np.int32)


def _cut(small: Levels, trimap: Levels, rounds: int) -> Mask:
    """Return (h, w) bool, what GrabCut takes for the thing."""
    labels = trimap.copy()
    on = (labels == _SURE_ON) | (labels == _MAYBE_ON)
    if on.all() or not on.any():
        return np.asarray(on, bool)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    cv2.grabCut(lab, labels, (0, 0, 0, 0), *models, rounds, cv2.GC_INIT_WITH_MASK)
    return np.asarray((labels == _SURE_ON) | (labels == _MAYBE_ON), bool)


def _joined(cut: Mask, marks: Marks, window: Box, step: float) -> Mask:
    """Return the parts of a cut that the marks touch; of a loop its largest and what is like it."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cut.view(np.uint8), connectivity=8)
    keep = set()
    for way in marks.on:
        for x, y in _placed(way, window, step):
            if 0 <= y < cut.shape[0] and 0 <= x < cut.shape[1]:
                keep.add(int(labels[y, x]))
    if len(marks.loop) > 2 and len(stats) > 1:
        areas = stats[1:, cv2.CC_STAT_AREA]
        keep |= {n + 1 for n, area in enumerate(areas) if area >= 0.08 * areas.max()}
    keep.discard(0)
    found = np.isin(labels, list(keep)) if keep else np.zeros(cut.shape, bool)
    return _without_holes(found)


def _without_holes(cut: Mask) -> Mask:
    """Return a cut with its small holes closed."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~cut).view(np.uint8), connectivity=4)
    most = 0.04 * float(cut.sum())
    small = [n for n in range(1, len(stats)) if stats[n, cv2.CC_STAT_AREA] <= most]
    return np.asarray(cut | np.isin(labels, small), bool)
