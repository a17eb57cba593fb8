"""What patches look like, and what is wanted."""

from __future__ import annotations

import numpy as np

from engine.running.compiled import compiled, inlined


@inlined
def _mirrored(at, size):
    """Return the place that stands for one beyond the borders, these between it and its image."""
    at = -at - 1 if at < 0 else at
    return max(0, min(at, 2 * size - 1 - at))


@inlined
def _weighted(a, b, c, d, e, weights, out):
    """Put the weighted sum of five rows into ``out``, many at once as all are read from 0 on."""
    r, s, t, u, v = weights[0], weights[1], weights[2], weights[3], weights[4]
    for j in range(len(out)):
        out[j] = a[j] * r + b[j] * s + c[j] * t + d[j] * u + e[j] * v


@inlined
def _downwards(image, row, first, last, waves, colours, down):
    """Project columns ``first`` to ``last`` onto waves down around a row, in other colours.

    Column c, from -2 to 2 beyond the borders, is put at 3 (c + 2) of ``down``.
    """
    h, w, _ = image.shape
    lines = image.reshape(h, w * 3)
    low, high, m = max(first, 0), min(last, w - 1), colours
    a, b, c = lines[_mirrored(row - 2, h)], lines[_mirrored(row - 1, h)], lines[row]
    d, e = lines[_mirrored(row + 1, h)], lines[_mirrored(row + 2, h)]
    for f in range(3):
        wave, out = waves[f], down[f]
        begin, part = 3 * low, out[3 * low + 6 : 3 * high + 9]
        _weighted(a[begin:], b[begin:], c[begin:], d[begin:], e[begin:], wave, part)
        for j in range(len(part) // 3):
            red, green, blue = part[3 * j], part[3 * j + 1], part[3 * j + 2]
            part[3 * j] = red * m[0, 0] + green * m[0, 1] + blue * m[0, 2]
            part[3 * j + 1] = red * m[1, 0] + green * m[1, 1] + blue * m[1, 2]
            part[3 * j + 2] = red * m[2, 0] + green * m[2, 1] + blue * m[2, 2]
        for column in range(first, last + 1):
            if column < 0 or column >= w:
                for n in range(3):
                    out[3 * (column + 2) + n] = out[3 * (_mirrored(column, w) + 2) + n]


@compiled
def describe(image, at, waves, colours, out):
    """Project patches of 5 x 5 pixels onto waves; beyond the borders the image is mirrored.

    Args:
        image: (h, w, 3) float32.
        at: (n,) int32, the patches' centres, rising.
        waves: (3 or more, 5) float32, the rows of a cosine transform.
        colours: (3, 3) float32, what is made of red, green and blue.
        out: (n, 9 or more) float32, changed: of each colour the wave (0, 0), then (0, 1), (1, 0),
            and, from 18 columns on, (0, 2), (1, 1), (2, 0); a pair is its order across and down.
    """
    width, many = image.shape[1], 6 if out.shape[1] >= 18 else 3
    down = np.empty((3, 3 * (width + 4)), np.float32)
    found = np.empty(3 * width, np.float32)
    n = 0
    while n < len(at):
        row = at[n] // width
        stop = n
        while stop < len(at) and at[stop] < (row + 1) * width:
            stop += 1
        first, last = at[n] - row * width, at[stop - 1] - row * width
        _downwards(image, row, first - 2, last + 2, waves, colours, down)
        for k in range(many):
            one, wave = down[(0, 1, 0, 2, 1, 0)[k]], waves[(0, 0, 1, 0, 1, 2)[k]]
            a, b, c = one[3 * first :], one[3 * first + 3 :], one[3 * first + 6 :]
            d, e = one[3 * first + 9 :], one[3 * first + 12 :]
            _weighted(a, b, c, d, e, wave, found[3 * first : 3 * last + 3])
            for m in range(n, stop):
                j = 3 * (at[m] - row * width)
                for t in range(3):
                    out[m, 3 * k + t] = found[j + t]
        n = stop


@compiled
def want(rows, rough, strength, trust, held, weight):
    """Make what is wanted of the descriptors (N, D) of an estimate.

    Args:
        rows: of ``describe``, changed: roughness, and the guide's waves if there is one, are put
            beside them, and all waves but the means are strengthened.
        rough, strength, trust: (N,) float32.
        held: (N, 9) float32, what the guide says; (0, 9) without one.
        weight: of the guide.
    """
    for n in range(len(rows)):
        rows[n, 18] = rough[n]
        if len(held):
            for c in range(9):
                present = rows[n, c] * weight
                rows[n, 19 + c] = present + trust[n] * (held[n, c] - present)
        for c in range(3, 18):
            rows[n, c] *= strength[n]
