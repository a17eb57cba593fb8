"""Which segments point at which points."""

from __future__ import annotations

from engine.running.compiled import compiled


@compiled
def pointed(points, middles, ways, most, weights, total):
    """Add up the weights of the segments that point at each of many points.

    Args:
        points: (k, 3) float64, x, y and w, which is 0 far away.
        middles: (n, 2) float64, x, y of the segments.
        ways: (n, 2) unit vectors.
        most: (n,) sine of the angle by which one may point past.
        weights: (n,) float64.
        total: (k,) float64, changed.
    """
    for k in range(len(points)):
        total[k] = 0.0
        for n in range(len(middles)):
            x = points[k, 0] - points[k, 2] * middles[n, 0]
            y = points[k, 1] - points[k, 2] * middles[n, 1]
            off = x * ways[n, 1] - y * ways[n, 0]
            if off * off < most[n] * most[n] * (x * x + y * y):
                total[k] += weights[n]
