"""What the patches around a pixel propose, and how costs are spread."""

from __future__ import annotations

import numpy as np

from engine.detail.loops.search import REACH
from engine.running.compiled import compiled, inlined


@compiled
def quantile(values, share):
    """Return (K,) float32: below it lies ``share`` of each row of (K, N) float32."""
    fills, count = values.shape
    out, row = np.empty(fills, np.float32), np.empty(count, np.float32)
    at = share * (count - 1)
    low = int(at)
    for k in range(fills):
        for n in range(count):
            row[n] = values[k, n]
        _part(row, low)
        beyond = row[low]
        if low + 1 < count:
            beyond = row[low + 1]
            for n in range(low + 2, count):
                beyond = min(beyond, row[n])
        out[k] = row[low] + np.float32(at - low) * (beyond - row[low])
    return out


@inlined
def _part(row, at):
    """Put what would be at one place if all were sorted there, nothing larger before it.

    Source of the method: Hoare, "Algorithm 65: find" (1961).
    """
    left, right = 0, len(row) - 1
    while left < right:
        pivot, i, j = row[at], left, right
        while i <= j:
            while row[i] < pivot:
                i += 1
            while pivot < row[j]:
                j -= 1
            if i <= j:
                row[i], row[j] = row[j], row[i]
                i += 1
                j -= 1
        if j < at:
            left = i
        if at < i:
            right = j


@compiled
def put(pixels, places, colours):
    """Change pixels (h * w, 3) float32 at (P,) int32 places; return the root mean square change."""
    total = 0.0
    for p in range(len(places)):
        for c in range(3):
            miss = np.float64(pixels[places[p], c] - colours[p, c])
            total += miss * miss
            pixels[places[p], c] = colours[p, c]
    return np.sqrt(total / (3 * len(places)))


@compiled
def vote(inside, around, fading, field, image, sharpness, radius, out):
    """Average what the patches around each pixel propose.

    Args:
        inside: (P,) int32, the pixels.
        around: as in ``improve``.
        fading: (N,) float32, what a patch counts by where it is.
        field: (K, N) costs and places.
        image: (h * w, 3) float32.
        sharpness: patches as bad as the worst quarter weigh exp(-sharpness).
        radius: patches further away are not asked.
        out: (K, P, 3) float32, changed.
    """
    cost, places = field
    width = around.shape[1] - 2 * REACH
    worst = quantile(cost, 0.75)
    weights = np.empty(len(fading), np.float32)
    for k in range(len(cost)):
        scale = np.float32(sharpness) / (worst[k] + np.float32(1e-8))
        for n in range(len(fading)):
            weights[n] = (np.exp(-cost[k, n] * scale) + np.float32(1e-6)) * fading[n]
        for p in range(len(inside)):
            row, col = inside[p] // width + REACH, inside[p] % width + REACH
            share = red = green = blue = np.float32(0)
            for dy in range(-radius, radius + 1):
                for dx in range(-radius, radius + 1):
                    n = around[row + dy, col + dx]
                    if n >= 0:
                        weight, place = weights[n], places[k, n] - dy * width - dx
                        share += weight
                        red += weight * image[place, 0]
                        green += weight * image[place, 1]
                        blue += weight * image[place, 2]
            out[k, p, 0], out[k, p, 1], out[k, p, 2] = red / share, green / share, blue / share
