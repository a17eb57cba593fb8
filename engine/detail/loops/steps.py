"""The steps in tone between pixels that were copied from different places."""

from __future__ import annotations

import numpy as np

from engine.detail.loops.search import REACH
from engine.running.compiled import compiled


@compiled
def missing(photo, image, hole, around, targets, places, most, load):
    """Add up by how much the steps between neighbours miss those where they were copied from.

    Args:
        photo: (h * w, 3) float32, what is copied.
        image: (h * w, 3) float32, the photo with its fill.
        hole: (h * w,) bool; steps between two known pixels are left alone.
        around, targets: as in ``improve``.
        places: (N,) int32, where each target copies from.
        most: steps of more than that are rather content; what misses falls off around it.
        load: (h * w, 3) float32, changed.
    """
    width = around.shape[1] - 2 * REACH
    step = np.empty(3, np.float32)
    for n in range(len(targets)):
        at = targets[n]
        row, col = at // width + REACH, at % width + REACH
        for down in range(2):
            beside = around[row + down, col + 1 - down]
            if beside < 0 or not (hole[at] or hole[targets[beside]]):
                continue
            other, far = targets[beside], width if down else 1
            a, b = places[n], places[beside]
            size = np.float32(0)
            for c in range(3):
                had = photo[a, c] - photo[a + far, c] + photo[b - far, c] - photo[b, c]
                step[c] = had / 2 - (image[at, c] - image[other, c])
                size += (step[c] / most) ** 2
            share = np.exp(-size)
            for c in range(3):
                load[at, c] += share * step[c]
                load[other, c] -= share * step[c]
