"""Draw how time grows, both ways by powers of ten, as a small SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 360, 220, 46, 36, 14


def plot(title: str, points: Sequence[tuple[float, float]]) -> str:
    """Return the SVG of (amount, seconds) pairs.

    The grey line is what time in proportion to the amount would be, from the last point back.
    """
    x_low, x_high = _decades([x for x, _ in points])
    y_low, y_high = _decades([y for _, y in points])

    def place(x: float, y: float) -> tuple[float, float]:
        right = LEFT + (math.log10(x) - x_low) / (x_high - x_low) * (WIDTH - LEFT - 12)
        up = (math.log10(y) - y_low) / (y_high - y_low) * (HEIGHT - BOTTOM - TOP)
        return right, HEIGHT - BOTTOM - up

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        ' font-family="sans-serif" font-size="10">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for power in range(x_low, x_high + 1):
        x, _ = place(10.0**power, 10.0**y_low)
        parts.append(_line([(x, TOP), (x, HEIGHT - BOTTOM)], "#dddddd"))
        parts.append(_text(x, HEIGHT - BOTTOM + 13, f"{10.0**power:g}", "middle"))
    for power in range(y_low, y_high + 1):
        _, y = place(10.0**x_low, 10.0**power)
        parts.append(_line([(LEFT, y), (WIDTH - 12, y)], "#dddddd"))
        parts.append(_text(LEFT - 5, y + 3, f"{10.0**power:g} s", "end"))
    x_last, y_last = points[-1]
    first = max(10.0**x_low, x_last * 10.0**y_low / y_last)
    slope = [place(first, y_last * first / x_last), place(x_last, y_last)]
    parts.append(_line(slope, "#aaaaaa"))
    parts.append(_line([place(*point) for point in points], "#b3261e", 2))
    parts += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#b3261e"/>'
        for x, y in (place(*point) for point in points)
    ]
    parts.append(_text((LEFT + WIDTH) / 2, HEIGHT - 6, title, "middle"))
    return "\n".join([*parts, "</svg>", ""])


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _line(points: Sequence[tuple[float, float]], colour: str, width: float = 1) -> str:
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
