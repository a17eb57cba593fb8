"""From photo pixels to the network's size and back, a strip at a time.

A window may be the whole of a 100-megapixel photo. Shrinking reads it in bands and enlarging
makes any part on demand, so that neither ever holds such a window as floating-point numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.geometry import Box
from engine.pixels import to_float
from engine.running.parallel import for_each
from engine.windows.canvas import Canvas

Mean = Callable[[Floats], Floats]
"""Takes the means of pixels."""
BAND_PIXELS: Final = 1 << 20
CUBIC: Final = -0.75
KNOWN: Final = 0.5
"""A cell of the network is known where at least this share of it is."""


def shrink(canvas: Canvas, box: Box, size: int) -> tuple[Floats, Floats]:
    """Scale a square window to the network's size without letting hole pixels bleed.

    Args:
        canvas: the photo and what is still to fill.
        box: a square at least ``size`` wide; what lies beyond the photo counts as unknown.
        size: R, the network's side.

    Returns:
        (R, R, 3) float32 in [0, 1], the mean of the known pixels of each cell, 0 where there are
        none, and (R, R) float32, 1 where at least half of the cell is known, else 0.
    """
    colour = np.zeros((size, size, 3), np.float32)
    share = np.zeros((size, size), np.float32)

    def look(band: slice, strip: Box, mean: Mean) -> None:
        pixels, known = _known_pixels(canvas, strip)
        colour[band], share[band] = mean(to_float(pixels)), mean(known.astype(np.float32))

    _in_bands(look, box, size)
    sharp = (share >= KNOWN).astype(np.float32)
    colour /= np.maximum(share, 1e-6)[..., None]
    return np.clip(colour, 0, 1) * sharp[..., None], sharp


def unknown_cells(mask: Mask, box: Box, size: int) -> Mask:
    """Return what is a hole at the network's size: what ``shrink`` leaves unknown.

    Args:
        mask: (H, W), not 0 where something is to fill.
        box: a square; what lies beyond the mask counts as unknown.
        size: R, the network's side.

    Returns:
        (R, R) bool, True where less than half of the cell is known.
    """
    out = np.zeros((size, size), bool)

    def look(band: slice, strip: Box, mean: Mean) -> None:
        known = np.zeros((strip.height, strip.width), np.float32)
        inside = strip.clip(Box.of(mask))
        if not inside.empty:
            known[inside.within(strip).slices] = mask[inside.slices] == 0
        out[band] = mean(known) < KNOWN

    _in_bands(look, box, size)
    return out


def _in_bands(look: Callable[[slice, Box, Mean], None], box: Box, size: int) -> None:
    """Call ``look`` for some rows of cells at a time; a square of many bands in two threads."""
    for_each(lambda band: look(*band), list(_bands(box, size)))


def _bands(box: Box, size: int) -> Iterator[tuple[slice, Box, Mean]]:
    """Yield some rows of cells at a time, the pixels they cover, and what takes means of these."""
    rows = max(1, BAND_PIXELS * size // box.width**2)
    for first in range(0, size, rows):
        last = min(first + rows, size)
        edges = np.arange(first, last + 1) * (box.height / size)
        top, bottom = math.floor(edges[0]), min(math.ceil(edges[-1]), box.height)
        strip = Box(box.left, box.top + top, box.right, box.top + bottom)
        weights = _area_weights(edges - top, strip.height)
        yield slice(first, last), strip, partial(_mean, weights, size)


def _mean(weights: Floats, size: int, values: Floats) -> Floats:
    """Return (rows, R, ...) means by area of the pixels (height, width, ...) of some rows."""
    narrow = cv2.resize(values, (size, len(values)), interpolation=cv2.INTER_AREA)
    return np.asarray(np.tensordot(weights, narrow, axes=(1, 0)), np.float32)


def _known_pixels(canvas: Canvas, strip: Box) -> tuple[Pixels, Pixels]:
    """Return the strip with everything unknown black, and (h, w) uint8, 1 = known."""
    pixels = np.zeros((strip.height, strip.width, 3), canvas.photo.dtype)
    known = np.zeros((strip.height, strip.width), np.uint8)
    inside = strip.clip(canvas.extent)
    if not inside.empty:
        seen, hole = canvas.read(inside)
        place = inside.within(strip).slices
        known[place] = ~hole
        pixels[place] = cv2.copyTo(seen, np.ascontiguousarray(known[place]))
    return pixels, known


def _area_weights(edges: np.ndarray, length: int) -> Floats:
    """Return (len(edges) - 1, length): how much of each cell every pixel covers, rows sum to 1."""
    pixel = np.arange(length)
    low = np.maximum(edges[:-1, None], pixel)
    high = np.minimum(edges[1:, None], pixel + 1)
    share = np.maximum(high - low, 0) / np.diff(edges)[:, None]
    return np.asarray(share, np.float32)


def enlarge(values: Floats, side: int, part: Box) -> Floats:
    """Scale a square up and return one part of it; the same pixels whatever the part.

    Args:
        values: (R, R, 3) float32.
        side: what R becomes, at least R.
        part: the wanted part, a box inside (side, side).

    Returns:
        (part.height, part.width, 3) float32, cubic, clipped to [0, 1].
    """
    rows, above = _cubic_taps(part.top, part.bottom, side, values.shape[0])
    cols, left = _cubic_taps(part.left, part.right, side, values.shape[1])
    tall = _weighted(values, rows[..., None, None], above)
    wide = _weighted(tall.transpose(1, 0, 2), cols[..., None, None], left)
    return np.clip(wide.transpose(1, 0, 2), 0, 1)


def _weighted(values: Floats, weights: Floats, taps: np.ndarray) -> Floats:
    """Return the weighted sum of four rows of ``values`` for each row wanted."""
    out: Floats = weights[:, 0] * values[taps[:, 0]]
    for k in range(1, 4):
        out += weights[:, k] * values[taps[:, k]]
    return out


def _cubic_taps(start: int, stop: int, side: int, size: int) -> tuple[Floats, np.ndarray]:
    """Return (stop - start, 4) weights of Keys' cubic and the samples they are for."""
    at = (np.arange(start, stop) + 0.5) * size / side - 0.5
    taps = np.floor(at).astype(int)[:, None] + np.arange(-1, 3)
    distance = np.abs(at[:, None] - taps)
    near = ((CUBIC + 2) * distance - (CUBIC + 3)) * distance**2 + 1
    far = CUBIC * (((distance - 5) * distance + 8) * distance - 4)
    weights = np.where(distance <= 1, near, far).astype(np.float32)
    return weights, np.clip(taps, 0, size - 1)
