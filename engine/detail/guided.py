"""Paint windows with the photo's own texture: where the engine meets the synthesis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.arrays import Floats, Mask
from engine.detail.blank import blanked
from engine.detail.transfer import transfer_many
from engine.geometry import Box
from engine.progress import Progress, part_of
from engine.windows.canvas import Canvas
from engine.windows.planning import Window

OVERLAP: Final = 16
"""Where a part of a hole is filled, so much of the next part is made with it and left."""
LEAST_SIDE: Final = 256
"""Texture is looked for in squares of at least this many pixels a side."""


def paint_guided(
    canvases: Sequence[Canvas],
    window: Window,
    answers: Floats | None,
    seeds: Sequence[int],
    on_progress: Progress | None = None,
    painted: Floats | None = None,
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
    """
    report = on_progress or (lambda fraction: None)
    around = surroundings(window, canvases[0].extent)
    count = len(canvases)
    together = 1 if canvases[0].touched(around) else count
    for first in range(0, count, together):
        group = slice(first, first + together)
        pixels, unknown = canvases[first].read(around)
        hole, blank = _own(unknown, window.hole.within(around))
        fills = transfer_many(
            blanked(pixels, hole, blank) if blank.any() else pixels,
            hole,
            [None] * together if answers is None else list(answers[group]),
            seeds[group],
            part_of(report, first / count, together / count),
            ~canvases[first].mask[around.slices],
            window.box.within(around),
            painted=None if painted is None else list(painted[group]),
        )
        for canvas, fill in zip(canvases[group], fills, strict=True):
            canvas.write(window.hole, fill[window.hole.within(around).slices])
            canvas.finish(window.hole)


def _own(unknown: Mask, hole: Box) -> tuple[Mask, Mask]:
    """Part what is unknown into what is filled, a little beyond the hole's box, and the rest."""
    near = hole.grow(OVERLAP).clip(Box.of(unknown)).slices
    own, rest = np.zeros_like(unknown), unknown.copy()
    own[near], rest[near] = unknown[near], False
    return own, rest


def surroundings(window: Window, extent: Box) -> Box:
    """Return the part of the photo to copy from: the window, or more of it around a small one."""
    missing = max(0, LEAST_SIDE - window.side)
    return window.box.grow((missing + 1) // 2).clip(extent)
