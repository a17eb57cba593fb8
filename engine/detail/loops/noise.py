"""The noise of a photo, and that which a fill lacks."""

from __future__ import annotations

import numpy as np

from engine.running.compiled import compiled, inlined

_TINY = np.float32(1e-12)


@inlined
def _beside(at, step, size):
    """Return the place ``step`` from another; beyond the borders the last pixel is not repeated."""
    at = abs(at + step)
    return at if at < size else max(2 * size - 2 - at, 0)


@compiled
def measure(image, smooth, near, bright, slope, fine):
    """Put what some pixels show into arrays, one after the other, row by row.

    Args:
        image, smooth: (h, w, 3) float32, the photo and the same blurred.
        near: (h, w) bool, the pixels, n of them.
        bright: (n,) float32, changed: brightness, of ``smooth``.
        slope: (n,) float32, changed: its slope, summed over the channels, by Sobel's weights.
        fine: (n, 3) float32, changed: the finest grain (Immerkaer 1996).
    """
    (h, w), n, two = near.shape, 0, np.float32(2)
    for y in range(h):
        up, down = _beside(y, -1, h), _beside(y, 1, h)
        above, below = max(y - 1, 0), min(y + 1, h - 1)
        for x in range(w):
            if not near[y, x]:
                continue
            west, east = _beside(x, -1, w), _beside(x, 1, w)
            left, right = max(x - 1, 0), min(x + 1, w - 1)
            total, steep = np.float32(0), np.float32(0)
            for c in range(3):
                a, b, d = smooth[up, west, c], smooth[up, x, c], smooth[up, east, c]
                e, f = smooth[y, west, c], smooth[y, east, c]
                g, i, j = smooth[down, west, c], smooth[down, x, c], smooth[down, east, c]
                across = (d - a) + two * (f - e) + (j - g)
                along = (g - a) + two * (i - b) + (j - d)
                total += smooth[y, x, c]
                steep += np.sqrt(across * across + along * along)
                corners = image[above, left, c] + image[above, right, c]
                corners += image[below, left, c] + image[below, right, c]
                sides = image[above, x, c] + image[below, x, c]
                sides += image[y, left, c] + image[y, right, c]
                fine[n, c] = (corners + two * (two * image[y, x, c] - sides)) / np.float32(6)
            bright[n], slope[n] = total / np.float32(3), steep
            n += 1


@inlined
def level_at(tones, levels, brightness, channel):
    """Return the level at a brightness, between those of the two nearest tones."""
    last = len(tones) - 1
    if brightness >= tones[last]:
        return levels[last, channel]
    k = 0
    while brightness > tones[k]:
        k += 1
    if k == 0:
        return levels[0, channel]
    share = (brightness - tones[k - 1]) / (tones[k] - tones[k - 1])
    return levels[k - 1, channel] + share * (levels[k, channel] - levels[k - 1, channel])


@compiled
def add(fill, hole, seen, measured, noise, limits):
    """Add noise to the pixels of the hole that show too little of it.

    Args:
        fill: (h, w, 3) uint8 or uint16, changed in the hole.
        hole: (h, w) bool.
        seen: (h, w, 3) float32 each, mean colour and mean squared grain around each pixel.
        measured: (k,) rising tones and (k, 3) levels, float32, of the photo's grain.
        noise: (h, w, 3) and (h, w) float32 of deviation 1, what is each channel's own and what all
            share, and how much either counts.
        limits: below which share of its level grain is added, and in full how far below; full
            white.
    """
    (soft, there), (tones, levels), (own, shared, of_own, of_shared) = seen, measured, noise
    lacking, fade, top = limits
    for y in range(hole.shape[0]):
        for x in range(hole.shape[1]):
            if not hole[y, x]:
                continue
            bright = (soft[y, x, 0] + soft[y, x, 1] + soft[y, x, 2]) / np.float32(3)
            for c in range(3):
                level = level_at(tones, levels, bright, c)
                wanted, present = level * level, max(there[y, x, c], np.float32(0))
                share = np.sqrt(present / max(wanted, _TINY))
                much = min(max((lacking - share) / fade, np.float32(0)), np.float32(1))
                lack = np.sqrt(max(wanted - present, np.float32(0))) * much
                more = lack * (of_own * own[y, x, c] + of_shared * shared[y, x])
                value = np.rint(np.float32(fill[y, x, c]) + top * more)
                fill[y, x, c] = min(max(value, np.float32(0)), top)
