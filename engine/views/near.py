"""What of some lines is near the pointer, and what a hand drew as a few points; no widgets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from engine.structure.given import Stroke

Place = tuple[float, float]


def distance(way: Stroke, at: Place) -> float:
    """Return how far a place is from a line, in photo pixels."""
    points, spot = way.polyline(), np.array(at)
    start, step = points[:-1], np.diff(points, axis=0)
    share = np.clip(((spot - start) * step).sum(1) / (step * step).sum(1), 0, 1)
    return float(np.hypot(*(start + share[:, None] * step - spot).T).min())


def nearest(places: Iterable[Place], at: Place, reach: float) -> Place | None:
    """Return the place that is next to another one, None if none is within ``reach``."""
    far = [(float(np.hypot(x - at[0], y - at[1])), (x, y)) for x, y in places]
    close = [one for one in far if one[0] <= reach]
    return min(close)[1] if close else None


def drawn(way: Sequence[Place], slack: float, *, curved: bool) -> Stroke | None:
    """Return the line a hand drew: from its first place to the last, or smoothly past all.

    Args:
        way: where the pointer was, in photo pixels.
        slack: a curve may miss a place by so many pixels.
        curved: follow the way in between.

    Returns:
        None where the hand came back to where it began.
    """
    points = [way[0], way[-1]]
    if curved:
        line = np.array(way, np.float32).reshape(-1, 1, 2)
        kept = cv2.approxPolyDP(line, slack, False).reshape(-1, 2)
        points = [points[0], *((float(x), float(y)) for x, y in kept[1:-1]), points[1]]
    points = [p for p, before in zip(points, [None, *points[:-1]], strict=True) if p != before]
    return Stroke(tuple(points), curved and len(points) > 2) if len(points) > 1 else None
