"""Full-size copies of pieces that were found at a smaller size."""

from __future__ import annotations

import numpy as np

from engine.running.compiled import compiled


@compiled
def copy_pieces(window, hole, index, places, tone, factor, top, rows, out):
    """Copy the pixels of the hole from where the four nearest patches of a smaller field say.

    Args:
        window: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool.
        index: (h / factor, w / factor) int32, the target at each place or -1.
        places: (N,) int32, where each target copies from.
        tone: (h / factor, w / factor, 3) float32, added to the copies.
        factor: a power of two.
        top: float32, full white.
        rows: first and last but one to be made.
        out: changed in the hole.
    """
    (h, w), (height, width) = hole.shape, index.shape
    zero, made, toned = np.float32(0), np.empty(3, np.float32), np.empty(3, np.float32)
    for row in range(rows[0], rows[1]):
        y = np.float32((row + 0.5) / factor - 0.5)
        above = int(np.floor(y))
        for col in range(w):
            if not hole[row, col]:
                continue
            x = np.float32((col + 0.5) / factor - 0.5)
            left, share = int(np.floor(x)), zero
            made[:], toned[:] = zero, zero
            for k in range(4):
                cy, cx = above + k // 2, left + k % 2
                weight = (np.float32(1) - abs(y - cy)) * (np.float32(1) - abs(x - cx))
                cy, cx = min(max(cy, 0), height - 1), min(max(cx, 0), width - 1)
                for c in range(3):
                    toned[c] += weight * tone[cy, cx, c]
                n = index[cy, cx]
                if n >= 0:
                    from_y, from_x = places[n] // width, places[n] % width
                    sy = min(max((from_y - cy) * factor + row, 0), h - 1)
                    sx = min(max((from_x - cx) * factor + col, 0), w - 1)
                    share += weight
                    for c in range(3):
                        made[c] += weight * np.float32(window[sy, sx, c])
            for c in range(3):
                value = np.rint(made[c] / max(share, np.float32(1e-6)) + top * toned[c])
                out[row, col, c] = min(max(value, zero), top)
