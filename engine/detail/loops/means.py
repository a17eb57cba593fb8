"""Means of what is known of cells of pixels."""

from __future__ import annotations

import numpy as np

from engine.running.compiled import compiled


@compiled
def of_known(window, hole, factor, scale, first, last, image, known):
    """Add up the known pixels of each cell and divide by its size, for some rows of cells.

    Args:
        window: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool, what is not known; nor is what lies beyond the borders.
        factor: pixels of a cell's side.
        scale: float32, what colours are multiplied by.
        first, last: the rows.
        image: (h / factor, w / factor, 3) float32, changed.
        known: (h / factor, w / factor) float32, changed: the share of each cell that is known.
    """
    (h, w), part = hole.shape, np.float32(1 / (factor * factor))
    for y in range(first, last):
        for x in range(known.shape[1]):
            red = green = blue = count = np.float32(0)
            for row in range(y * factor, min((y + 1) * factor, h)):
                for col in range(x * factor, min((x + 1) * factor, w)):
                    if not hole[row, col]:
                        count += np.float32(1)
                        red += np.float32(window[row, col, 0]) * scale
                        green += np.float32(window[row, col, 1]) * scale
                        blue += np.float32(window[row, col, 2]) * scale
            known[y, x] = count * part
            image[y, x, 0], image[y, x, 1], image[y, x, 2] = red * part, green * part, blue * part
