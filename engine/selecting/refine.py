"""Refine a painted mask: move it to the edges of the thing under it, grow or shrink it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Levels, Mask, Pixels
from engine.geometry import Box, union_all
from engine.progress import Progress
from engine.selecting.cutting import depth_in, grab_cut, without_holes
from engine.selecting.outline import refined
from engine.selecting.pieces import steepness
from engine.selecting.reduced import reduced
from engine.views.strokes import Stamp

COARSE: Final = 160
"""Pixels of the longer side of the copy in which a thing is told from what is around it."""
ROUNDS: Final = 3
ROOM: Final = 0.35
"""A part of the mask is looked at with so much of its own size around it."""
OVER: Final = 0.25
"""A thing may reach beyond the mask by so much of the mask's depth."""
CORES: Final = (0.75, 1.0)
"""What lies deeper in the mask than such a share of its depth is the thing for sure: both are
tried, and the sharper outline is taken."""
LEAST, MOST = 0.1, 1.8
"""What has less or more of the mask's pixels than these shares is no thing that was painted over;
the mask stays as it was painted."""
EDGE: Final = 1.5, 0.008, 8.0
"""Pixels by which a soft edge reaches beyond a thing's outline: always, by share of the thing's
size, and at most."""
SHARPER, FLAT = 1.3, 8.0
"""So much steeper must the colours be at a thing's outline than at the painted one; else there is
nothing to move to."""


def snapped(image: Pixels, painted: Stamp, on_part: Progress = lambda share: None) -> Stamp:
    """Return a mask, each of its parts moved to the edges of the thing it covers.

    A part that covers no thing whose outline is sharper than the painted one stays as it is.

    Args:
        image: (H, W, 3) uint8 or uint16.
        painted: the mask; not empty.
        on_part: called after every part with the share that is done; may raise ``Cancelled``.
    """
    parts, found = _parts(painted), []
    for number, part in enumerate(parts, 1):
        found.append(_moved(image, part))
        on_part(number / len(parts))
    around = union_all(stamp.box for stamp in found)
    out = np.zeros((around.height, around.width), bool)
    for stamp in found:
        out[stamp.box.within(around).slices] |= stamp.cover
    return Stamp(around, out)


def resized(mask: Stamp, pixels: int, bounds: Box) -> Stamp:
    """Return a mask grown by ``pixels``, or shrunk by them if negative; maybe nothing is left.

    ``bounds``: the photo's box. Where the mask reaches its edge it does not shrink from there.
    """
    if not pixels or not mask.cover.any():
        return mask
    box = mask.box.grow(max(pixels, 0) + 1).clip(bounds)
    cover = mask.over(box).view(np.uint8)
    sought = cover if pixels < 0 else 1 - cover
    away = cv2.distanceTransform(sought, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return Stamp(box, np.asarray(away > -pixels if pixels < 0 else away <= pixels))


def with_edge(thing: Stamp, bounds: Box) -> Stamp:
    """Return a thing with its soft edge, which would stay behind as a line around it."""
    size = float(thing.cover.sum()) ** 0.5
    return resized(thing, round(min(EDGE[0] + EDGE[1] * size, EDGE[2])), bounds)


def _parts(mask: Stamp) -> list[Stamp]:
    """Return the mask's connected parts, each with its own box."""
    cells = mask.cover.view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cells, connectivity=8)
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h in stats[:, :4].tolist()]
    left, top = mask.box.left, mask.box.top
    each = list(enumerate(boxes))[1:]
    return [Stamp(box.shift(left, top), labels[box.slices] == n) for n, box in each]


def _moved(image: Pixels, painted: Stamp) -> Stamp:
    """Return one part of a mask, moved to the edges of the thing it covers."""
    part = painted.box
    room = max(round(ROOM * max(part.width, part.height)), 8)
    window = part.grow(room).clip(Box.of(image))
    whole = painted.over(window).astype(np.float32)
    small, _ = reduced(image, window, COARSE)
    size = small.shape[1], small.shape[0]
    cells = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA) > 0.5)
    if not cells.any() or cells.all():
        return painted
    steep = steepness(cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32))
    cuts = [_cut(small, cells, core) for core in CORES]
    cuts = [cut for cut in cuts if LEAST <= cut.sum() / cells.sum() <= MOST]
    cut = max(cuts, key=lambda cut: _at_rim(steep, cut), default=cells)
    if _at_rim(steep, cut) < SHARPER * _at_rim(steep, cells) + FLAT:
        return painted
    return refined(image, window, cut) or painted


def _cut(small: Levels, cells: Mask, core: float) -> Mask:
    """Return the thing in a small copy, most of which ``cells`` cover."""
    return without_holes(_touching(grab_cut(small, _trimap(cells, core), ROUNDS), cells))


def _at_rim(steep: Floats, cut: Mask) -> float:
    """Return the mean of ``steep`` (h, w) where a cut ends."""
    bits, square = cut.view(np.uint8), np.ones((3, 3), np.uint8)
    rim = cv2.dilate(bits, square) > cv2.erode(bits, square, borderValue=(1,))
    return float(steep[rim].mean()) if rim.any() else 0.0


def _trimap(cells: Mask, core: float) -> Levels:
    """Return what is known: the mask's ``core`` is the thing, what is well beside it is not."""
    bits = cells.view(np.uint8)
    depth = depth_in(bits)
    away = cv2.distanceTransform(1 - bits, cv2.DIST_L2, 5)
    deepest = float(depth.max())
    out = np.full(cells.shape, cv2.GC_BGD, np.uint8)
    out[away <= max(OVER * deepest, 1.5)] = cv2.GC_PR_BGD
    out[cells] = cv2.GC_PR_FGD
    out[depth > core * deepest] = cv2.GC_FGD
    return out


def _touching(cut: Mask, cells: Mask) -> Mask:
    """Return the parts of a cut that lie in the mask for the most part."""
    count, labels = cv2.connectedComponents(cut.view(np.uint8), connectivity=8)
    size = np.bincount(labels.ravel(), minlength=count)
    inside = np.bincount(labels[cells], minlength=count)
    keep = inside > size / 2
    keep[0] = False
    return np.asarray(keep[labels], bool)
