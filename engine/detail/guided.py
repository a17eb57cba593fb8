"""Paint windows with the photo's own texture: where the engine meets the synthesis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.detail.blank import blanked
from engine.detail.joining.membrane import membrane
from engine.detail.pyramid import FEWEST_SOURCES
from engine.detail.slanted import SlantedTexture
from engine.detail.transfer import Texture
from engine.errors import ImageError
from engine.geometry import Box, union_all
from engine.kept import NEVER, Keep
from engine.pixels import to_float
from engine.progress import Progress, part_of
from engine.sentence import Sentence
from engine.windows.canvas import Canvas
from engine.windows.elsewhere import Beside, richest, side_by_side, twin_beside
from engine.windows.flat import Plane
from engine.windows.planning import Window

OVERLAP: Final = 16
"""Where a part of a hole is filled, so much of the next part is made with it and left."""
LEAST_SIDE: Final = 256
LEAST_NEAR: Final = 96
"""Texture is looked for in squares of at least so many pixels a side; the second for holes that
their rim explains."""

TOO_LITTLE: Final = Sentence(
    "There is too little left to copy from: mark more to take from, or keep less out."
)

_RIM: Final = 0
"""Side of answers where the colours around the hole, carried on, take their place."""


def paint_guided(
    canvases: Sequence[Canvas],
    window: Window,
    answers: Floats | None,
    seeds: Sequence[int],
    on_progress: Progress,
    painted: Floats | None = None,
    keep: Keep = NEVER,
) -> None:
    """Fill ``window.hole`` of every canvas by patches of the photo that follow the answers.

    Fills are not copied again: patches come from where the photo itself is known. Other holes are
    neither looked at nor filled.

    Args:
        canvases: one per answer, of the same photo, filled in the same places.
        window: what the network looked at; its box may reach beyond the photo.
        answers: (N, R, R, 3) float32 in [0, 1]; None for fills from the photo alone.
        seeds: N, the only source of chance.
        on_progress: called with a fraction in [0, 1]; may raise ``Cancelled``.
        painted: (N, S, S, 3) float32 in [0, 1], finer pictures made of the answers. Where a user
            says from where to copy they are left out: they show what the network saw elsewhere.
        keep: what was learnt of the window before.
    """

    def fill(texture: Texture | SlantedTexture, group: slice, part: Progress) -> list[Pixels]:
        guides = [None] * len(seeds[group]) if answers is None else list(answers[group])
        free = canvases[0].sources is None
        finer = list(painted[group]) if painted is not None and free else None
        return texture.fill(guides, seeds[group], part, finer)

    side = None if answers is None else answers.shape[2]
    _paint(canvases, window, side, fill, on_progress, keep)


def paint_small(
    canvases: Sequence[Canvas],
    window: Window,
    seeds: Sequence[int],
    on_progress: Progress,
    keep: Keep = NEVER,
) -> None:
    """Fill a hole whose rim says all: follow the colours around it, carried on smoothly.

    Arguments are as for ``paint_guided``.
    """

    def fill(texture: Texture | SlantedTexture, group: slice, part: Progress) -> list[Pixels]:
        guide = from_around(texture.window, texture.hole)
        return texture.fill([guide] * len(seeds[group]), seeds[group], part)

    _paint(canvases, window, _RIM, fill, on_progress, keep)


def _paint(
    canvases: Sequence[Canvas],
    window: Window,
    side: int | None,
    fill: Callable[[Texture | SlantedTexture, slice, Progress], list[Pixels]],
    report: Progress,
    keep: Keep,
) -> None:
    """Fill canvases together that show the same around the window, others one after the other."""
    least = LEAST_NEAR if side == _RIM else LEAST_SIDE
    plane = None if side == _RIM else canvases[0].plane(window.hole)
    around = surroundings(window, canvases[0].extent, least)
    count, alike = len(canvases), not canvases[0].touched(around)
    together, keep = (count, keep) if alike else (1, NEVER)
    for first in range(0, count, together):
        part = part_of(report, first / count, together / count)
        group = slice(first, first + together)
        learn = partial(_texture, canvases[first], window, around, side, part, plane)
        fills = fill(keep.get(("texture", *window, side), learn), group, part)
        for canvas, filled in zip(canvases[group], fills, strict=True):
            canvas.write(window.hole, filled[window.hole.within(around).slices])
            canvas.finish(window.hole)


def _texture(
    canvas: Canvas,
    window: Window,
    around: Box,
    side: int | None,
    report: Progress,
    plane: Plane | None,
) -> Texture | SlantedTexture:
    """Learn what ``around`` offers to fill the window's hole, in a plane or not."""
    report(0.0)
    pixels, unknown, allowed = _offered(canvas, window.hole, around)
    hole, blank = _own(unknown, window.hole.within(around))
    pixels = blanked(pixels, hole, blank) if blank.any() else pixels
    allowed, shown = allowed & ~hole, window.box.within(around)
    if side == _RIM:
        side, shown = hole.shape[1], Box.of(hole)
    if plane is not None and any(plane.tilt) and plane.holds(window.hole):
        at = np.array(plane.at) - [around.left, around.top]
        return SlantedTexture(pixels, hole, allowed, shown, side, report, plane.scaled(at, 1))
    laid, twin = Beside(pixels, hole, allowed, 0), canvas.twin(window.hole)
    if twin is not None:
        laid = twin_beside(canvas, twin, around, laid)
    chosen = canvas.sources is not None
    known = *laid[:3], shown, side, report
    texture = Texture(*known, regular=plane is not None, chosen=chosen, twin=laid.shift)
    if chosen and texture.offers < FEWEST_SOURCES:
        raise ImageError(TOO_LITTLE)
    return texture


def _offered(canvas: Canvas, hole: Box, around: Box) -> tuple[Pixels, Mask, Mask]:
    """Return pixels, what is unknown and what may be copied around a hole.

    Where a user lets less be copied there than the hole is large, a place farther away lies beside.
    """
    pixels, unknown = canvas.read(around)
    allowed = canvas.allowed(around)
    if canvas.sources is None or allowed.sum() >= canvas.mask[hole.slices].sum():
        return pixels, unknown, allowed
    more = richest(canvas.allowed(canvas.extent), around)
    if more is None:
        return pixels, unknown, allowed
    far = *canvas.read(more), canvas.allowed(more)
    each = zip((pixels, unknown, allowed), far, strict=True)
    pixels, unknown, allowed = (side_by_side(*pair) for pair in each)
    return pixels, unknown, allowed


def _own(unknown: Mask, hole: Box) -> tuple[Mask, Mask]:
    """Part what is unknown into what is filled, a little beyond the hole's box, and the rest."""
    near = hole.grow(OVERLAP).clip(Box.of(unknown)).slices
    own, rest = np.zeros_like(unknown), unknown.copy()
    own[near], rest[near] = unknown[near], False
    return own, rest


def from_around(pixels: Pixels, hole: Mask) -> Floats:
    """Return (h, w, 3) float32, a membrane over the hole: what little can be in a small one."""
    part = Box.of(hole).clip((Box.around(hole) or Box.of(hole)).grow(2)).slices
    out = to_float(pixels)
    out[part] = membrane(out[part], hole[part])
    return out


def looks_at(canvas: Canvas, window: Window) -> Box:
    """Return what of the photo, filled or not, a window's fill depends on."""
    if canvas.sources is not None:
        return canvas.extent  # what is copied may come from anywhere
    around = surroundings(window, canvas.extent, LEAST_SIDE)
    return union_all([around, window.hole.grow(OVERLAP)])


def surroundings(window: Window, extent: Box, least: int) -> Box:
    """Return the part of the photo to copy from: the window, or more of it around a small one."""
    missing = max(0, least - window.side)
    return window.box.grow((missing + 1) // 2).clip(extent)
