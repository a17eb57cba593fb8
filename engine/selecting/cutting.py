"""Cut a thing out of a small copy by what was marked in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Levels, Mask
from engine.geometry import Box

_RIM: Final = 16
_AROUND: Final = 0.35
"""What is further from a first guess than so much of its size does not belong to the thing."""
_CORE: Final = 0.6
"""What is deeper inside than so much of the deepest place does."""
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


def trimap(marks: Marks, window: Box, shape: tuple[int, ...], step: float) -> Levels:
    """Return what is known of each pixel of a small copy: on, off, or which it may be."""
    height, width = shape[:2]
    if len(marks.loop) > 2:
        out = np.full((height, width), _MAYBE_OFF, np.uint8)
        inside = np.zeros((height, width), np.uint8)
        cv2.fillPoly(inside, [placed_in(marks.loop, window, step)], 1)
        depth = depth_in(inside)
        out[inside == 0] = _SURE_OFF
        out[depth > 0.3 * depth.max()] = _MAYBE_ON
        out[depth > 0.7 * depth.max()] = _SURE_ON
    else:
        out = np.full((height, width), _MAYBE_ON, np.uint8)
        _frame(out)
    return _told(out, marks, window, step)


def disc_trimap(
    marks: Marks, window: Box, shape: tuple[int, ...], step: float, share: float
) -> Levels:
    """Return the same, where the thing may be a disc around each mark.

    ``share``: the disc's radius, in shares of the copy's shorter side.
    """
    out = np.full(shape[:2], _MAYBE_OFF, np.uint8)
    radius = max(round(min(out.shape) * share), 2)
    for way in marks.on:
        placed = placed_in(way, window, step)
        cv2.polylines(out, [placed], False, _MAYBE_ON, 2 * radius)
        cv2.circle(out, placed[0].tolist(), radius, _MAYBE_ON, -1)
    _frame(out)
    return _told(out, marks, window, step)


def _told(out: Levels, marks: Marks, window: Box, step: float) -> Levels:
    """Return what is known of each pixel after what the marks tell for sure is put into it."""
    thick = max(round(marks.size / step), 1)
    draw(out, marks.on, _SURE_ON, window, step, thick)
    draw(out, marks.off, _SURE_OFF, window, step, thick)
    return out


def depth_in(bits: Levels) -> Floats:
    """Return (h, w) float32, how far inside ``bits`` each pixel is; the border ends nothing."""
    padded = np.pad(bits, 1, mode="edge")
    return np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)


def _frame(out: Levels) -> None:
    """Take a rim of a small copy for what lies around the thing."""
    rim = max(min(out.shape) // _RIM, 1)
    out[:rim], out[-rim:], out[:, :rim], out[:, -rim:] = (_SURE_OFF,) * 4


def draw(
    out: Levels, ways: Sequence[Way], value: int, window: Box, step: float, thick: int
) -> None:
    """Draw clicks and strokes into a small copy of ``window``."""
    for way in ways:
        placed = placed_in(way, window, step)
        if len(placed) > 1:
            cv2.polylines(out, [placed], False, value, thick)
        cv2.circle(out, placed[0].tolist(), max(thick // 2, 1), value, -1)


def placed_in(way: Way, window: Box, step: float) -> NDArray[np.int32]:
    """Return (n, 2) int32, the pixels of a small copy at which the pointer was."""
    at = (np.array(way, float) - (window.left, window.top)) / step
    return np.floor(at).astype(np.int32)


def seeded(part: Mask, marks: Marks, window: Box, step: float) -> Levels:
    """Return what is known of each pixel of a small copy in which ``part`` is a first guess."""
    out = np.full(part.shape, _MAYBE_OFF, np.uint8)
    bits = part.view(np.uint8)
    reach = 2 * max(round(_AROUND * float(part.sum()) ** 0.5), 3) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    out[cv2.dilate(bits, disc) == 0] = _SURE_OFF
    out[part] = _MAYBE_ON
    depth = depth_in(bits)
    out[depth > max(_CORE * float(depth.max()), 1.0)] = _SURE_ON
    return _told(out, marks, window, step)


def grab_cut(small: Levels, known: Levels, rounds: int) -> Mask:
    """Return (h, w) bool, what GrabCut takes for the thing."""
    labels = known.copy()
    on = (labels == _SURE_ON) | (labels == _MAYBE_ON)
    if on.all() or not on.any():
        return np.asarray(on, bool)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    cv2.grabCut(lab, labels, (0, 0, 0, 0), *models, rounds, cv2.GC_INIT_WITH_MASK)
    return np.asarray((labels == _SURE_ON) | (labels == _MAYBE_ON), bool)


def joined(cut: Mask, marks: Marks, window: Box, step: float) -> Mask:
    """Return the parts of a cut that the marks touch; of a loop its largest and what is like it."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cut.view(np.uint8), connectivity=8)
    keep = set()
    for way in marks.on:
        for x, y in placed_in(way, window, step):
            if 0 <= y < cut.shape[0] and 0 <= x < cut.shape[1]:
                keep.add(int(labels[y, x]))
    if len(marks.loop) > 2 and len(stats) > 1:
        areas = stats[1:, cv2.CC_STAT_AREA]
        keep |= {n + 1 for n, area in enumerate(areas) if area >= 0.08 * areas.max()}
    keep.discard(0)
    found = np.isin(labels, list(keep)) if keep else np.zeros(cut.shape, bool)
    return without_holes(found)


def without_holes(cut: Mask) -> Mask:
    """Return a cut with its small holes closed."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~cut).view(np.uint8), connectivity=4)
    most = 0.04 * float(cut.sum())
    small = [n for n in range(1, len(stats)) if stats[n, cv2.CC_STAT_AREA] <= most]
    return np.asarray(cut | np.isin(labels, small), bool)
