"""How well a picture matches itself at every shift."""

from __future__ import annotations

import numpy as np

from engine.running.compiled import compiled


@compiled
def match(products, power, pairs, noise, least, out):
    """Put the correlation at each shift into ``out``, none in its middle.

    Args:
        products, power, pairs: (H, W) float32, for every shift the sums over all pairs of pixels so
            far apart of their product, of the square of the first, and of 1. No shift is at 0, 0;
            shifts back are counted from the ends.
        noise: power of a pixel that is noise, float32.
        least: pairs; 0 is told of shifts with fewer, float32.
        out: (h, w) float32, changed.
    """
    (h, w), nothing = pairs.shape, np.float32(0)
    top, left = out.shape[0] // 2, out.shape[1] // 2
    for i in range(out.shape[0]):
        y, back = (i - top) % h, (top - i) % h
        for j in range(out.shape[1]):
            x = (j - left) % w
            floor = noise * max(pairs[y, x], nothing)
            one = max(power[y, x], nothing) + floor
            other = max(power[back, (left - j) % w], nothing) + floor
            found = products[y, x] / max(np.sqrt(one * other), np.float32(1e-9))
            out[i, j] = nothing if pairs[y, x] < least else found
