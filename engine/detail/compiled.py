"""The inner loops of search and vote, compiled by numba the first time and kept on disk.

They hold no lock of the interpreter, so that threads run them side by side. Each entry of a field
is decided from what the field was before the pass, so neither order nor threads change a result.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

REACH: Final = 8
"""Neighbours are known up to so many pixels away."""
BESIDE, ANY, NEARBY = 0, 1, 2
"""Kinds of moves, see ``improve``."""
_compiled: Final[Any] = njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
_inlined: Final[Any] = njit(inline="always")


@_compiled
def gather(one, two, three, at, out, first):
    """Put the pixels of three pictures, (h * w, 3) each, beside each other for some places.

    Args:
        one, two, three: the pictures.
        at: (n,) int32, places, row by row.
        out: (n, first + 9 or more) float32; columns ``first`` to ``first + 9`` change.
        first: the first of them.
    """
    for n in range(len(at)):
        place = at[n]
        for c in range(3):
            out[n, first + c] = one[place, c]
            out[n, first + 3 + c] = two[place, c]
            out[n, first + 6 + c] = three[place, c]


@_inlined
def _distance(wanted, n, table, place):
    """Return the squared distance of two rows."""
    total = np.float32(0)
    for d in range(table.shape[1]):
        miss = table[place, d] - wanted[n, d]
        total += miss * miss
    return total


@_compiled
def costs(wanted, table, places, cost):
    """Put the squared distance of each wanted row to the one at its place into ``cost``."""
    for n in range(len(places)):
        cost[n] = _distance(wanted, n, table, places[n])


@_inlined
def _gain(around, row, col, targets, before, first, n, place):
    """Return how many more of the four neighbours would copy from the same place."""
    new, old = place - targets[n], before[first + n] - targets[n]
    gain = np.int64(0)
    for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        beside = around[row + REACH + dy, col + REACH + dx]
        if beside >= 0:
            theirs = before[first + beside] - targets[beside]
            gain += np.int64(theirs == new) - np.int64(theirs == old)
    return np.float32(gain)


@_inlined
def _moved(place, dy, dx, height, width, share):
    """Return the place (dy, dx) from another, -1 beyond the borders."""
    row = np.int32((place + 0.5) * share)
    col = place - row * width + dx
    row += dy
    return row * width + col if 0 <= row < height and 0 <= col < width else -1


@_inlined
def _nearest(place, dy, dx, height, width, share):
    """Return the place (dy, dx) from another, or the one nearest to it within the borders."""
    row = np.int32((place + 0.5) * share)
    col = min(max(place - row * width + dx, 0), width - 1)
    return min(max(row + dy, 0), height - 1) * width + col


@_compiled
def improve(field, patches, places, cost, moves, drawn):
    """Try other places for each entry, one move after the other.

    An entry takes a place that may be copied and is cheaper, the pieces considered.

    Args:
        field: of K fills of N targets, (K * N,) bool, what may not change; (K,) float32, what a
            neighbour that copies from the same place is worth; (K * N, D), the wanted rows.
        patches: the rows (h * w, D), (h * w,) bool what may be copied, (h + 16, w + 16) int32 the
            target at each place or -1, with a margin; the targets' places, rows and columns.
        places, cost: (K * N,) of the field, changed.
        moves: (m, 3) int32, a kind and two numbers. ``BESIDE`` tries what the target (dy, dx) away
            copies from, moved along, each at most 8. The others try what is drawn in row ``dy`` of
            ``drawn``: ``ANY`` a place, ``NEARBY`` one so many rows and, in the next row, columns
            away.
        drawn: (g, K * N) int32.
    """
    held, bonus, wanted = field
    table, valid, around, targets, rows, cols = patches
    height, width = around.shape[0] - 2 * REACH, around.shape[1] - 2 * REACH
    share = 1.0 / width
    before = np.empty_like(places)
    for m in range(len(moves)):
        kind, dy, dx = moves[m]
        before[:] = places
        for k in range(len(bonus)):
            first = k * len(targets)
            for n in range(len(targets)):
                e = first + n
                place = -1
                if kind == BESIDE:
                    beside = around[rows[n] + REACH + dy, cols[n] + REACH + dx]
                    if beside >= 0:
                        place = _moved(before[first + beside], -dy, -dx, height, width, share)
                elif kind == ANY:
                    place = drawn[dy, e]
                else:
                    away = drawn[dy, e], drawn[dy + 1, e]
                    place = _nearest(before[e], away[0], away[1], height, width, share)
                if place >= 0 and valid[place] and place != before[e] and not held[e]:
                    found = _distance(wanted, e, table, place)
                    more = _gain(around, rows[n], cols[n], targets, before, first, n, place)
                    if found < cost[e] + bonus[k] * more:
                        places[e] = place
                        cost[e] = found


@_compiled
def vote(inside, around, weights, copied, image, radius, out):
    """Average what the patches around each pixel propose.

    Args:
        inside: (P,) int32, the pixels.
        around: as in ``spread``.
        weights, copied: (N,) what each target's proposals count, and where it copies from.
        image: (h * w, 3) float32.
        radius: patches further away are not asked.
        out: (P, 3) float32, changed.
    """
    width = around.shape[1] - 2 * REACH
    for p in range(len(inside)):
        row, col = inside[p] // width + REACH, inside[p] % width + REACH
        share = red = green = blue = np.float32(0)
        for dy in range(-radius, radius + 1):
            for dx in range(-radius, radius + 1):
                n = around[row + dy, col + dx]
                if n >= 0:
                    weight, place = weights[n], copied[n] - dy * width - dx
                    share += weight
                    red += weight * image[place, 0]
                    green += weight * image[place, 1]
                    blue += weight * image[place, 2]
        out[p, 0], out[p, 1], out[p, 2] = red / share, green / share, blue / share
