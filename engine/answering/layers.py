"""The generator's layers over one picture, compiled; equations as in ``engine.network.layers``.

Features are (H, W, C) float32, channels last; certainties (H, W) float32 in [0, 1].
"""

from __future__ import annotations

from functools import partial

import numpy as np

from engine.answering.convolving import HALVED, convolve, room_for, turned
from engine.answering.loops import layers as loops
from engine.arrays import Floats
from engine.running.parallel import in_halves


def expected(x: Floats, c: Floats, weight: Floats, bias: Floats) -> Floats:
    """Return E[I] = C I + (1 - C) h (Equations 3 and 4), for ``convolve``.

    Args:
        x: (H, W, C) features.
        c: (H, W) their certainty.
        weight: (K, K, C) float32, already scaled.
        bias: (C,) float32.

    Returns:
        (H + 2, W + 2, ``room_for(C)``) float32, zero around.
    """
    h, w, n = x.shape
    out = np.zeros((h + 2, w + 2, room_for(n)), np.float32)
    in_halves(partial(_rows, x, c, weight, bias, out), h, 2 * HALVED)
    return out


def _rows(x: Floats, c: Floats, weight: Floats, bias: Floats, out: Floats, rows: slice) -> None:
    loops.expect(x, c, weight, bias, out, rows.start, rows.stop)


def warm_up() -> None:
    """Compile the loops, or read them from disk, before the first picture needs them."""
    tiny, certain = np.zeros((4, 4, 4), np.float32), np.zeros((4, 4), np.float32)
    padded = expected(tiny, certain, np.zeros((3, 3, 4), np.float32), tiny[0, 0])
    convolve(padded, turned(np.zeros((4, 4, 3, 3), np.float32)), tiny[0, 0])
    loops.joined(tiny, loops.pooled(tiny, certain), certain)
    loops.mixed(tiny, certain, tiny)


def halved(x: Floats) -> Floats:
    """Return the mean of 2 x 2 pixels of x (H, W) or (H, W, C)."""
    total: Floats = x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2]
    return total * np.float32(0.25)
