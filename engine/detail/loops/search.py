"""Moves of the search: each entry of a field tries other places."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.running.compiled import compiled, inlined

REACH: Final = 8
"""Neighbours are known up to so many pixels away."""
BESIDE, ANY, NEARBY = 0, 1, 2
"""Kinds of moves, see ``improve``."""


@compiled
def draw(keys, sources, reaches, drawn):
    """Draw for each entry of K fills of N targets a source and steps, for ``improve``.

    A number is what Steele et al. ("Fast splittable pseudorandom number generators", 2014) make of
    the fill's key and a count; each is as likely to within n / 2^32, n how many there are.

    Args:
        keys: (K,) uint64.
        sources: (M,) int32.
        reaches: (g,) how many pixels steps of one kind are long at most.
        drawn: (1 + 2 g, K * N) int32, changed: places, and rows and columns of each kind of step.
    """
    count = drawn.shape[1] // len(keys)
    for g in range(drawn.shape[0]):
        least = 0 if g == 0 else -reaches[(g - 1) // 2]
        many = np.uint64(len(sources) if g == 0 else 1 - 2 * least)
        for k in range(len(keys)):
            for n in range(count):
                x = keys[k] + np.uint64(g * count + n + 1) * np.uint64(0x9E3779B97F4A7C15)
                x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                step = np.int64((x >> np.uint64(32)) * many >> np.uint64(32)) + least
                drawn[g, k * count + n] = sources[step] if g == 0 else step


@inlined
def _distance(wanted, n, table, place):
    """Return the squared distance of two rows."""
    total = np.float32(0)
    for d in range(table.shape[1]):
        miss = table[place, d] - wanted[n, d]
        total += miss * miss
    return total


@compiled
def nearest(wanted, table, length, best):
    """Write to ``best`` (N,) which column of ``table`` (D, S) each row of ``wanted`` is closest to.

    ``length`` (S,) holds the columns' squared lengths.
    """
    miss = np.empty(len(length), np.float32)
    for n in range(len(wanted)):
        miss[:] = length
        for d in range(len(table)):
            weight, row = np.float32(-2) * wanted[n, d], table[d]
            for s in range(len(miss)):
                miss[s] += weight * row[s]
        best[n] = miss.argmin()


@compiled
def nearest_seen(wanted, seen, table, best):
    """Write to ``best`` (N,) which row of ``table`` (S, D) is closest where it is ``seen`` (N, D).

    ``wanted`` (N, D) counts where ``seen`` is 1, not where it is 0.
    """
    for n in range(len(wanted)):
        least = np.float32(np.inf)
        for s in range(len(table)):
            miss = np.float32(0)
            for d in range(wanted.shape[1]):
                miss += seen[n, d] * (wanted[n, d] - table[s, d]) ** 2
            if miss < least:
                least, best[n] = miss, s


@compiled
def costs(wanted, table, places, cost):
    """Put the squared distance of each wanted row to the one at its place into ``cost``."""
    for n in range(len(places)):
        cost[n] = _distance(wanted, n, table, places[n])


@inlined
def _gain(around, row, col, targets, before, target, old, place):
    """Return how many more of the four neighbours would copy from the same place."""
    new, now = place - target, old - target
    gain = np.int64(0)
    for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        beside = around[row + REACH + dy, col + REACH + dx]
        if beside >= 0:
            theirs = before[beside] - targets[beside]
            gain += np.int64(theirs == new) - np.int64(theirs == now)
    return np.float32(gain)


@inlined
def _moved(place, dy, dx, height, width, share):
    """Return the place (dy, dx) from another, -1 beyond the borders."""
    row = np.int32((place + 0.5) * share)
    col = place - row * width + dx
    row += dy
    return row * width + col if 0 <= row < height and 0 <= col < width else -1


@inlined
def _nearest(place, dy, dx, height, width, share):
    """Return the place (dy, dx) from another, or the one nearest to it within the borders."""
    row = np.int32((place + 0.5) * share)
    col = min(max(place - row * width + dx, 0), width - 1)
    return min(max(row + dy, 0), height - 1) * width + col


@compiled
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
    before = np.empty(len(places), np.int32)
    for m in range(len(moves)):
        for e in range(len(places)):
            before[e] = places[e]
        move(field, patches, before, places, cost, moves[m], drawn, 0, len(places))


@compiled
def move(field, patches, before, places, cost, what, drawn, start, stop):
    """Try one move of ``improve`` for the entries from ``start`` to ``stop``.

    Args:
        before: (K * N,) int32, the places before the move, for all entries.
        places: changed; what they are on entry does not matter.
        what: (3,) int32, the move.
    """
    held, bonus, wanted = field
    table, valid, around, targets, rows, cols = patches
    height, width = around.shape[0] - 2 * REACH, around.shape[1] - 2 * REACH
    share, count = 1.0 / width, len(targets)
    kind, dy, dx = what[0], what[1], what[2]
    for k in range(len(bonus)):
        first = k * count
        begin, end = max(start, first), min(stop, first + count)
        entries, own = slice(begin, end), slice(begin - first, end - first)
        there, whole = before[first : first + count], wanted[entries]
        old, new, paid, keep = before[entries], places[entries], cost[entries], held[entries]
        at, down, right = targets[own], rows[own], cols[own]
        one = drawn[0 if kind == BESIDE else dy, entries]
        two = drawn[dy + 1 if kind == NEARBY else 0, entries]
        for n in range(end - begin):
            new[n] = old[n]
            place = -1
            if kind == BESIDE:
                beside = around[down[n] + REACH + dy, right[n] + REACH + dx]
                if beside >= 0 and there[beside] - dy * width - dx != old[n]:
                    place = _moved(there[beside], -dy, -dx, height, width, share)
            elif kind == ANY:
                place = one[n]
            else:
                place = _nearest(old[n], one[n], two[n], height, width, share)
            if place >= 0 and valid[place] and place != old[n] and not keep[n]:
                found = _distance(whole, n, table, place)
                more = _gain(around, down[n], right[n], targets, there, at[n], old[n], place)
                if found < paid[n] + bonus[k] * more:
                    new[n] = place
                    paid[n] = found
