"""The generator's layers over one picture; see ``engine.answering.layers`` for the arrays."""

import numpy as np

from engine.running.compiled import compiled

FLOOR = np.float32(0.01)


@compiled
def expect(x, c, weight, bias, out, first, last):
    """Write E[I] (Equation 3) of rows ``first`` to ``last`` into ``out``, inside its border."""
    h, w, n = x.shape
    side, far = len(weight), len(weight) // 2
    total = np.empty(n, np.float32)
    for i in range(first, last):
        for j in range(w):
            total[:] = bias
            mass = np.float32(0)
            for y in range(max(i - far, 0), min(i + far + 1, h)):
                for z in range(max(j - far, 0), min(j + far + 1, w)):
                    known, there = c[y, z], x[y, z]
                    share = weight[y - i + far, z - j + far]
                    mass += known
                    for f in range(n):
                        total[f] += share[f] * (there[f] * known)
            known = c[i, j]
            rest = (np.float32(1) - known) / (mass / np.float32(side * side) + FLOOR)
            for f in range(n):
                out[i + 1, j + 1, f] = x[i, j, f] * known + total[f] * rest


@compiled
def mixed(x, weight, out):
    """Convolve 1 x 1: add x (H, W, C) times ``weight`` (C, O) to ``out`` (H, W, O)."""
    h, w, n = x.shape
    for i in range(h):
        for j in range(w):
            for k in range(n):
                for f in range(weight.shape[1]):
                    out[i, j, f] += x[i, j, k] * weight[k, f]


@compiled
def joined(shallow, deep, gamma):
    """Return gamma I_s + (1 - gamma) I_d (Equation 6).

    Args:
        shallow: (H, W, C) of the encoder.
        deep: (H / 2, W / 2, C) of the decoder, to be repeated.
        gamma: (H, W) in [0, 1].
    """
    h, w, n = shallow.shape
    out = np.empty((h, w, n), np.float32)
    for i in range(h):
        for j in range(w):
            share = gamma[i, j]
            for f in range(n):
                below = deep[i // 2, j // 2, f]
                out[i, j, f] = share * shallow[i, j, f] + (np.float32(1) - share) * below
    return out


@compiled
def pooled(x, c):
    """Return the certainty-weighted mean of 2 x 2 pixels of x (H, W, C), c (H, W)."""
    h, w, n = x.shape[0] // 2, x.shape[1] // 2, x.shape[2]
    out = np.empty((h, w, n), np.float32)
    for i in range(h):
        for j in range(w):
            y, z = 2 * i, 2 * j
            a, b, d, e = c[y, z], c[y, z + 1], c[y + 1, z], c[y + 1, z + 1]
            scale = np.float32(0.25) / ((a + b + d + e) * np.float32(0.25) + FLOOR)
            for f in range(n):
                above = x[y, z, f] * a + x[y, z + 1, f] * b
                out[i, j, f] = scale * (above + x[y + 1, z, f] * d + x[y + 1, z + 1, f] * e)
    return out
