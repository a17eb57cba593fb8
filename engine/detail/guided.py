"""Paint windows with the photo's own texture: where the engine meets the synthesis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.detail.blank import blanked
from engine.detail.membrane import membrane
from engine.detail.transfer import transfer_many
from engine.geometry import Box
from engine.pixels import to_float
from engine.progress import Progress, part_of
from engine.windows.canvas import Canvas
from engine.windows.planning import Window

OVERLAP: Final = 16
"""Where a part of a hole is filled, so much of the next part is made with it and left."""
LEAST_SIDE: Final = 256
LEAST_NEAR: Final = 128
"""Texture is looked for in squares of at least so many pixels a side; the second for holes that
their rim explains."""


def paint_guided(
    canvases: Sequence[Canvas],
    window: Window,
    answers: Floats | None,
    seeds: Sequence[int],
    on_progress: Progress | None = None,
    painted: Floats | None = None,
    rim_tells: bool = False,
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
        painted: (N, S, S, 3) float32 in [0, 1], finer pictures made of the answers.
        rim_tells: follow the colours around the hole, carried on smoothly, in place of answers.
    """
    report = on_progress or (lambda fraction: None)
    least = LEAST_NEAR if rim_tells else LEAST_SIDE
    around = surroundings(window, canvases[0].extent, least)
    count = len(canvases)
    together = 1 if canvases[0].touched(around) else count
    for first in range(0, count, together):
        group = slice(first, first + together)
        pixels, unknown = canvases[first].read(around)
        hole, blank = _own(unknown, window.hole.within(around))
        pixels = blanked(pixels, hole, blank) if blank.any() else pixels
        shown = window.box.within(around)
        if rim_tells:
            guides: list[Floats | None] = [from_around(pixels, hole)] * together
            shown = Box.of(hole)
        else:
            guides = [None] * together if answers is None else list(answers[group])
        part = part_of(report, first / count, together / count)
        sources = ~canvases[first].mask[around.slices]
        finer = None if painted is None else list(painted[group])
        how = part, sources, shown
        fills = transfer_many(pixels, hole, guides, seeds[group], *how, painted=finer)
        for canvas, fill in zip(canvases[group], fills, strict=True):
            canvas.write(window.hole, fill[window.hole.within(around).slices])
            canvas.finish(window.hole)


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


def surroundings(window: Window, extent: Box, least: int) -> Box:
    """Return the part of the photo to copy from: the window, or more of it around a small one."""
    missing = max(0, least - window.side)
    return window.box.grow((missing + 1) // 2).clip(extent)
