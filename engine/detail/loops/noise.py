"""The noise that a fill lacks."""

from __future__ import annotations

import numpy as np

from engine.running.compiled import compiled, inlined

_TINY = np.float32(1e-12)


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
        seen: (h, w) float32 brightness and (h, w, 3) float32 mean squared grain around each pixel.
        measured: (k,) rising tones and (k, 3) levels, float32, of the photo's grain.
        noise: (h, w, 3) and (h, w) float32 of deviation 1, what is each channel's own and what all
            share, and how much either counts.
        limits: below which share of its level grain is added, and in full how far below; full
            white.
    """
    (bright, there), (tones, levels), (own, shared, of_own, of_shared) = seen, measured, noise
    lacking, fade, top = limits
    for y in range(hole.shape[0]):
        for x in range(hole.shape[1]):
            if not hole[y, x]:
                continue
            for c in range(3):
                level = level_at(tones, levels, bright[y, x], c)
                wanted, present = level * level, max(there[y, x, c], np.float32(0))
                share = np.sqrt(present / max(wanted, _TINY))
                much = min(max((lacking - share) / fade, np.float32(0)), np.float32(1))
                lack = np.sqrt(max(wanted - present, np.float32(0))) * much
                more = lack * (of_own * own[y, x, c] + of_shared * shared[y, x])
                value = np.rint(np.float32(fill[y, x, c]) + top * more)
                fill[y, x, c] = min(max(value, np.float32(0)), top)
