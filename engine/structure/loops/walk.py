"""Walks along a line that runs into a hole: to its rim, and back as far as the line is seen."""

from __future__ import annotations

import numpy as np

from engine.running.compiled import compiled, inlined


@inlined
def _inside(hole, y, x):
    return 0 <= y < hole.shape[0] and 0 <= x < hole.shape[1]


@inlined
def _between(grey, y, x):
    """Return the brightness at a place between pixels; beside the picture the last pixel's."""
    h, w = grey.shape
    y, x = min(max(y, 0.0), h - 1.0), min(max(x, 0.0), w - 1.0)
    top, left = min(int(y), max(h - 2, 0)), min(int(x), max(w - 2, 0))
    low, right = min(top + 1, h - 1), min(left + 1, w - 1)
    down, along = np.float32(y - top), np.float32(x - left)
    above = grey[top, left] + along * (grey[top, right] - grey[top, left])
    below = grey[low, left] + along * (grey[low, right] - grey[low, left])
    return above + down * (below - above)


@compiled
def rows(grey, hole, at, way, along, values, known):
    """Look up rows across a straight line; see ``strips.strip``.

    Args:
        grey: (h, w) float32.
        hole: (h, w) bool.
        at: (2,) x, y, where ``along`` is 0.
        way: (2,) unit vector.
        along: (S,) float64, pixels along the line.
        values: (S, U) float32, changed: their brightness.
        known: (S, U) bool, changed: whether it is known.
    """
    h, w = hole.shape
    half = values.shape[1] // 2
    for s in range(len(values)):
        x0, y0 = at[0] + along[s] * way[0], at[1] + along[s] * way[1]
        there = _inside(hole, int(np.rint(y0)), int(np.rint(x0)))
        for u in range(values.shape[1]):
            x, y = x0 - (u - half) * way[1], y0 + (u - half) * way[0]
            row = min(max(int(np.rint(y)), 0), h - 1)
            column = min(max(int(np.rint(x)), 0), w - 1)
            known[s, u] = there and not hole[row, column]
            values[s, u] = _between(grey, y, x)


@compiled
def averaged(values, known, mean):
    """Average rows where they are known; return in how many the least known column is.

    Args:
        values: (S, U) float32.
        known: (S, U) bool.
        mean: (U,) float32, changed; 0 where nothing is known.
    """
    least = len(values)
    for u in range(len(mean)):
        total, count = np.float32(0), 0
        for s in range(len(values)):
            if known[s, u]:
                total += values[s, u]
                count += 1
        mean[u] = total / max(count, 1)
        least = min(least, count)
    return least


@compiled
def matched(sections, profile, off, match):
    """Find where each section shows a profile; see ``strips.offsets``.

    Args:
        sections: (n, U + 2 slack) float32.
        profile: (U,) float32.
        off, match: (n,) float32, changed.
    """
    size = len(profile)
    slack = (sections.shape[1] - size) // 2
    tried = np.empty(2 * slack + 1, np.float32)
    level = power = np.float32(0)
    for u in range(size):
        level += profile[u]
    level /= size
    for u in range(size):
        power += (profile[u] - level) ** 2
    for n in range(len(sections)):
        best = 0
        for i in range(2 * slack + 1):
            mean = own = both = np.float32(0)
            for u in range(size):
                mean += sections[n, i + u]
            mean /= size
            for u in range(size):
                more = sections[n, i + u] - mean
                own += more * more
                both += more * (profile[u] - level)
            scale = np.sqrt(own / size * (power / size))
            tried[i] = both / size / max(scale, np.float32(0.004**2))
            if tried[i] > tried[best]:
                best = i
        part = np.float32(0)
        if 0 < best < 2 * slack:
            low, mid, high = tried[best - 1], tried[best], tried[best + 1]
            part = (low - high) / (2 * min(low + high - 2 * mid, np.float32(-1e-6)))
            part = min(max(part, np.float32(-0.5)), np.float32(0.5))
        off[n], match[n] = best - slack + part, tried[best]


@compiled
def followed(grey, hole, at, way, profile, section, most, off, match):
    """Follow a line back in sections of some rows and find its profile in each.

    Args:
        grey, hole, at, way: as for ``rows``; ``way`` is towards the hole.
        profile: (U,) float32.
        section: rows of each.
        most: by how much a section's mean may differ from that of the profile.
        off: (n,) float32, changed: pixels to the side.
        match: (n,) float32, changed: likeness, 0 where nothing is seen or something else.
    """
    wide = len(profile) + 6
    along, filled = np.empty(section), np.empty((len(off), wide), np.float32)
    values, known = np.empty((section, wide), np.float32), np.empty((section, wide), np.bool_)
    seen = np.empty(len(off), np.bool_)
    level = profile.mean()
    for n in range(len(off)):
        for r in range(section):
            along[r] = -float(n * section + r)
        rows(grey, hole, at, way, along, values, known)
        least = averaged(values, known, filled[n])
        seen[n] = least > 0 and abs(filled[n].mean() - level) < most
    matched(filled, profile, off, match)
    for n in range(len(off)):
        if not seen[n]:
            match[n] = 0


@compiled
def line_of(along, off, weight):
    """Return (slope, shift) of off = shift + slope * along, fitted anew without what lies beside.

    Args:
        along, off, weight: (n,) float32.
    """
    count = len(along)
    miss, order = np.zeros(count), np.empty(count)
    most, slope, shift = 1.0, 0.0, 0.0
    for _ in range(2):
        total = x = y = above = below = 0.0
        for n in range(count):
            if miss[n] < most:
                total += weight[n]
                x += weight[n] * along[n]
                y += weight[n] * off[n]
        x, y = x / total, y / total
        for n in range(count):
            if miss[n] < most:
                above += weight[n] * (along[n] - x) * (off[n] - y)
                below += weight[n] * (along[n] - x) ** 2
        slope = above / (below + 1e-6)
        shift = y - slope * x
        for n in range(count):
            miss[n] = abs(off[n] - shift - slope * along[n])
            place = n
            while place > 0 and order[place - 1] > miss[n]:
                order[place] = order[place - 1]
                place -= 1
            order[place] = miss[n]
        most = max(1.0, order[(count - 1) // 2] + order[count // 2])
    return slope, shift


@compiled
def steps_to_hole(hole, at, way, begin, most):
    """Return after how many steps along a way the hole comes, ``most`` if it does not.

    Args:
        hole: (h, w) bool.
        at: (2,) x, y.
        way: (2,) unit vector.
        begin: pixels along the way of the first step.
        most: how many steps are looked at.
    """
    for n in range(most):
        x = int(np.rint(at[0] + (begin + n) * way[0]))
        y = int(np.rint(at[1] + (begin + n) * way[1]))
        if _inside(hole, y, x) and hole[y, x]:
            return n
    return most


@compiled
def exits(hole, at, ways, most, last, inside):
    """Tell of several ways from one place where the hole is left for good.

    Args:
        hole: (h, w) bool.
        at: (2,) x, y.
        ways: (T, 2) unit vectors.
        most: pixels that are looked at along each.
        last: (T,) int64, changed: after how many pixels the last unknown one comes, -1 for none.
        inside: (T,) int64, changed: how many are in the picture.
    """
    for t in range(len(ways)):
        last[t], inside[t] = -1, 0
        for n in range(most):
            x = int(np.rint(at[0] + n * ways[t, 0]))
            y = int(np.rint(at[1] + n * ways[t, 1]))
            if _inside(hole, y, x):
                inside[t] += 1
                if hole[y, x]:
                    last[t] = n


@compiled
def ahead(grey, hole, at, ways, values, known):
    """Look up a strip along each of several ways.

    Args:
        grey, hole: as for ``rows``.
        at: (T, 2) x, y.
        ways: (T, 2) unit vectors.
        values: (T, S, U) float32, changed: brightness.
        known: (T,) bool, changed: whether all of the strip is known.
    """
    along = np.arange(values.shape[1]).astype(np.float64)
    seen = np.empty(values.shape[1:], np.bool_)
    for t in range(len(ways)):
        rows(grey, hole, at[t], ways[t], along, values[t], seen)
        known[t] = seen.all()


@compiled
def beside(points, corners, ways, lengths, starts, along, aside):
    """Tell where points are along a polyline and to its right; see ``path.Path.beside``.

    Args:
        points: (N, 2) float64 x, y.
        corners: (n + 1, 2) float64, of the polyline.
        ways, lengths, starts: of its n pieces, (n, 2) unit vectors, (n,) and (n,) pixels.
        along, aside: (N,) float64, changed.
    """
    count = len(ways)
    for p in range(len(points)):
        best = side = 0.0
        for n in range(count):
            x, y = points[p, 0] - corners[n, 0], points[p, 1] - corners[n, 1]
            on = x * ways[n, 0] + y * ways[n, 1]
            off = y * ways[n, 0] - x * ways[n, 1]
            held = on if n == 0 else max(on, 0.0)
            held = held if n == count - 1 else min(held, lengths[n])
            far = (on - held) * (on - held) + off * off
            if n == 0 or far < best:
                best, along[p], side = far, starts[n] + held, off
        aside[p] = -np.sqrt(best) if side < 0 else np.sqrt(best)
