"""The solver of membranes."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.running.compiled import compiled

MOST_STEPS: Final = 200
LEAST_SIDE: Final = 8
_TINY: Final = np.float32(1e-20)


@compiled
def solve(rim, hole, load, stiffness, tolerance):
    """Solve one channel of ``membrane``; the first guess is the same task's at half the size.

    Args:
        rim: (h, w) float32.
        hole: (h, w) bool, somewhere True and, without stiffness, somewhere False.
        load: (h, w) float32.
        stiffness, tolerance: float.

    Returns:
        (h, w) float32, equal to ``rim`` outside the hole.
    """
    h, w = hole.shape
    fixed, start = np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
    size = (h + 1) // 2, (w + 1) // 2
    narrow, weight = np.zeros(size, np.float32), np.zeros(size, np.float32)
    small, share = np.zeros(size, np.bool_), np.zeros(size, np.float32)
    for y in range(h):
        for x in range(w):
            if hole[y, x]:
                weight[y // 2, x // 2] += load[y, x]
            else:
                fixed[y, x] = rim[y, x]
                narrow[y // 2, x // 2] += rim[y, x]
                share[y // 2, x // 2] += np.float32(1)
    unknown = 0
    for y in range(size[0]):
        for x in range(size[1]):
            small[y, x] = share[y, x] == 0
            unknown += small[y, x]
            narrow[y, x] /= max(share[y, x], np.float32(1))
    if min(h, w) >= LEAST_SIDE and 0 < unknown < size[0] * size[1]:
        _enlarge(solve(narrow, small, weight, 4 * stiffness, tolerance), start)
    _relax(fixed, hole, load, start, np.float32(stiffness), tolerance)
    return fixed


@compiled
def _enlarge(values, out):
    """Scale a picture up linearly."""
    (h, w), (height, width) = values.shape, out.shape
    for y in range(height):
        at = min(max((y + 0.5) * h / height - 0.5, 0.0), h - 1.0)
        above = int(at)
        below, down = min(above + 1, h - 1), np.float32(at - above)
        for x in range(width):
            at = min(max((x + 0.5) * w / width - 0.5, 0.0), w - 1.0)
            left = int(at)
            right, across = min(left + 1, w - 1), np.float32(at - left)
            one = values[above, left] + across * (values[above, right] - values[above, left])
            two = values[below, left] + across * (values[below, right] - values[below, left])
            out[y, x] = one + down * (two - one)


@compiled
def _relax(fixed, hole, load, start, stiffness, tolerance):
    """Solve by conjugate gradients from ``start`` and put it into ``fixed``.

    Every array in it has a margin of one pixel that is 0.
    """
    h, w = hole.shape
    side, count = w + 2, (h + 2) * (w + 2)
    work = np.zeros((6, count), np.float32)
    inner, own, x, rest, way, push = work[0], work[1], work[2], work[3], work[4], work[5]
    total = energy = np.float32(0)
    for row in range(h):
        for col in range(w):
            if hole[row, col]:
                i = (row + 1) * side + col + 1
                inner[i], x[i] = 1, start[row, col]
                beside = stiffness
                right = load[row, col]
                for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                    y, z = row + dy, col + dx
                    if 0 <= y < h and 0 <= z < w:
                        beside += np.float32(1)
                        right += fixed[y, z]
                own[i], rest[i] = beside, right
                total += right * right
    _apply(x, own, inner, side, push)
    for i in range(count):
        rest[i] -= push[i]
        way[i] = rest[i]
        energy += rest[i] * rest[i]
    enough = max(total * tolerance**2, 1e-12)
    for _ in range(MOST_STEPS):
        if energy <= enough:
            break
        length = energy / max(_apply(way, own, inner, side, push), _TINY)
        before, after = energy, np.float32(0)
        for i in range(count):
            x[i] += length * way[i]
            rest[i] -= length * push[i]
            after += rest[i] * rest[i]
        energy = after
        more = energy / max(before, _TINY)
        for i in range(count):
            way[i] = rest[i] + more * way[i]
    for row in range(h):
        for col in range(w):
            if hole[row, col]:
                fixed[row, col] = x[(row + 1) * side + col + 1]


@compiled
def _apply(v, own, inner, side, push):
    """Put ``own`` v less its neighbours into ``push``, in the hole; return v times that."""
    total = np.float32(0)
    stop = len(v) - side
    mid, above, below = v[side:stop], v[: stop - side], v[2 * side :]
    left, right = v[side - 1 : stop - 1], v[side + 1 : stop + 1]
    keep, at, out = inner[side:stop], own[side:stop], push[side:stop]
    for i in range(len(mid)):
        out[i] = keep[i] * (at[i] * mid[i] - (left[i] + right[i] + above[i] + below[i]))
        total += mid[i] * out[i]
    return total
