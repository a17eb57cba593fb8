"""Products and sums of ``engine.answering.convolving``: one row of 2 x 2 pixels after the other."""

from typing import Final

import numpy as np

from engine.running.compiled import compiled

BY: Final = 4
"""Channels are added up this many at a time; there are as many more that are zero as it takes."""
IN_CACHE: Final = 32
"""Channels of one product whose weights stay in the processor's nearest memory."""


@compiled
def convolve(padded, weight, bias, out, first, last):
    """Fill rows 2 ``first`` to 2 ``last`` of ``out``; the rest as ``convolving.convolve``."""
    w, n, o = out.shape[1] // 2, weight.shape[1], weight.shape[2]
    half = np.empty((4, padded.shape[1] * n), np.float32)
    given = np.empty((16, w, n), np.float32)
    found = np.empty((16, w, o), np.float32)
    summed = np.empty((8, w * o), np.float32)
    for row in range(first, last):
        _turn(padded[2 * row : 2 * row + 4], half, given)
        for k in range(16):
            _multiply(given[k], weight[k], found[k])
        _turn_back(found, summed, out[2 * row : 2 * row + 2])
        for y in range(2 * row, 2 * row + 2):
            for x in range(out.shape[1]):
                _activate(out[y, x], bias)


@compiled
def _turn(d, half, given):
    """Store B^T d B of every 4 x 4 pixels of four rows."""
    w, n = given.shape[1], given.shape[2]
    one, two, three, four = d[0].ravel(), d[1].ravel(), d[2].ravel(), d[3].ravel()
    _minus(one, three, half[0])
    _plus(two, three, half[1])
    _minus(three, two, half[2])
    _minus(two, four, half[3])
    for a in range(4):
        for j in range(w):
            at = half[a, 2 * j * n : (2 * j + 4) * n]
            one, two, three, four = at[:n], at[n : 2 * n], at[2 * n : 3 * n], at[3 * n :]
            _minus(one, three, given[4 * a, j])
            _plus(two, three, given[4 * a + 1, j])
            _minus(three, two, given[4 * a + 2, j])
            _minus(two, four, given[4 * a + 3, j])


@compiled
def _multiply(x, weight, out):
    """Store the matrix product, two rows and four channels at a time."""
    n, o = weight.shape
    out[:] = 0
    for begin in range(0, n, IN_CACHE):
        for j in range(0, len(x), 2):
            x0, x1, y0, y1 = x[j], x[j + 1], out[j], out[j + 1]
            for k in range(begin, min(begin + IN_CACHE, n), BY):
                a0, a1, a2, a3 = x0[k], x0[k + 1], x0[k + 2], x0[k + 3]
                b0, b1, b2, b3 = x1[k], x1[k + 1], x1[k + 2], x1[k + 3]
                w0, w1, w2, w3 = weight[k], weight[k + 1], weight[k + 2], weight[k + 3]
                for f in range(o):
                    y0[f] += a0 * w0[f] + a1 * w1[f] + a2 * w2[f] + a3 * w3[f]
                    y1[f] += b0 * w0[f] + b1 * w1[f] + b2 * w2[f] + b3 * w3[f]


@compiled
def _turn_back(found, summed, out):
    """Store A^T m A as two rows of pixels."""
    w, o = found.shape[1], found.shape[2]
    for k in range(4):
        one, two = found[4 + k].ravel(), found[8 + k].ravel()
        _sum(found[k].ravel(), one, two, summed[k])
        _rest(one, two, found[12 + k].ravel(), summed[4 + k])
    for a in range(2):
        for j in range(w):
            at = slice(j * o, (j + 1) * o)
            one, two = summed[4 * a + 1][at], summed[4 * a + 2][at]
            _sum(summed[4 * a][at], one, two, out[a, 2 * j])
            _rest(one, two, summed[4 * a + 3][at], out[a, 2 * j + 1])


@compiled
def _activate(y, bias):
    """Add the bias, then leaky ReLU 0.2 and pixel norm in place."""
    total = np.float32(0)
    for f in range(len(y)):
        value = y[f] + bias[f]
        value = value if value > 0 else np.float32(0.2) * value
        y[f] = value
        total += value * value
    scale = np.float32(1) / np.sqrt(total / np.float32(len(y)) + np.float32(1e-7))
    for f in range(len(y)):
        y[f] *= scale


@compiled
def _minus(a, b, out):
    for f in range(len(out)):
        out[f] = a[f] - b[f]


@compiled
def _plus(a, b, out):
    for f in range(len(out)):
        out[f] = a[f] + b[f]


@compiled
def _sum(a, b, c, out):
    for f in range(len(out)):
        out[f] = a[f] + b[f] + c[f]


@compiled
def _rest(a, b, c, out):
    for f in range(len(out)):
        out[f] = a[f] - b[f] - c[f]
