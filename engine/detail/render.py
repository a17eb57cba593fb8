"""Make the full-size pixels of a field that was found at a smaller size."""

from __future__ import annotations

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.detail.nnf import Field
from engine.pixels import peak
from engine.progress import Step

_ROWS = 128


def enlarge_copies(
    field: Field, factor: int, tone: Floats, window: Pixels, hole: Mask, step: Step
) -> Pixels:
    """Copy the photo's own pixels from where a smaller field says, pieces fading into each other.

    Every full-size pixel asks the four nearest patches of the field and weighs them bilinearly;
    inside a piece all four propose the same pixel.

    Args:
        field: of a level that is ``factor`` times smaller than the window.
        factor: a power of two.
        tone: (h / factor, w / factor, 3) float32, added to the copies.
        window: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool, True = fill.
        step: called with 0 now and then; may raise ``Cancelled``.

    Returns:
        (h, w, 3) of the window's type, equal to ``window`` outside the hole.
    """
    out = window.copy()
    busy = np.flatnonzero(hole.any(axis=1))
    for top in range(int(busy[0]), int(busy[-1]) + 1, _ROWS):
        step(0)
        part = hole[top : top + _ROWS]
        rows, cols = np.nonzero(part)
        if len(rows):
            rows = rows + top
            copies = _copies(field, factor, window, rows, cols)
            copies += peak(window) * _bilinear(tone, factor, rows, cols)
            out[rows, cols] = np.clip(np.rint(copies), 0, peak(window))
    return out


def _copies(
    field: Field, factor: int, window: Pixels, rows: np.ndarray, cols: np.ndarray
) -> Floats:
    m = field.matcher
    h, w = window.shape[:2]
    pixels = window.reshape(-1, 3)
    y, x = (rows + 0.5) / factor - 0.5, (cols + 0.5) / factor - 0.5
    above, left = np.floor(y).astype(np.int32), np.floor(x).astype(np.int32)
    total = np.zeros((len(rows), 3), np.float32)
    share = np.zeros(len(rows), np.float32)
    for dy in (0, 1):
        for dx in (0, 1):
            cy, cx = above + dy, left + dx
            at = m.index[m.clip(cy, cx)]
            weight = (1 - np.abs(y - cy)) * (1 - np.abs(x - cx)) * (at >= 0)
            from_rows, from_cols = np.divmod(field.places[at], np.int32(m.width))
            sy = from_rows * factor + rows - np.clip(cy, 0, m.height - 1) * factor
            sx = from_cols * factor + cols - np.clip(cx, 0, m.width - 1) * factor
            place = np.clip(sy, 0, h - 1) * w + np.clip(sx, 0, w - 1)
            total += np.take(pixels, place, axis=0) * weight[:, None].astype(np.float32)
            share += weight.astype(np.float32)
    total /= np.maximum(share, np.float32(1e-6))[:, None]
    return total


def _bilinear(values: Floats, factor: int, rows: np.ndarray, cols: np.ndarray) -> Floats:
    x = ((cols + 0.5) / factor - 0.5).astype(np.float32)[None]
    y = ((rows + 0.5) / factor - 0.5).astype(np.float32)[None]
    # remap works on at most 32767 columns, so the points are laid out in short lines
    width = 8192
    pad = -len(rows) % width
    x, y = (np.pad(v[0], (0, pad)).reshape(-1, width) for v in (x, y))
    found = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found.reshape(-1, 3)[: len(rows)], np.float32)
