"""Photos drawn in code, with a hole over something that is known."""

from __future__ import annotations

import cv2
import numpy as np

SIDE = 320
HOLE = 48


def noise(seed: int = 3, deviation: float = 3.0, side: int = SIDE) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, deviation, (side, side, 3))


def finished(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values + noise(side=values.shape[0])), 0, 255).astype(np.uint8)


def flat(level: float = 150.0, side: int = SIDE) -> np.ndarray:
    return np.full((side, side, 3), level, np.float64)


def disc(side: int = SIDE, radius: int = HOLE) -> np.ndarray:
    y, x = np.mgrid[:side, :side]
    return np.hypot(x - side / 2, y - side / 2) < radius


def stroke(values: np.ndarray, points, level: float, width: int) -> None:
    """Draw a smooth line through points (n, 2) in x, y."""
    drawn = np.rint(np.asarray(points, float) * 16).astype(np.int32)
    cover = np.zeros(values.shape[:2], np.uint8)
    cv2.polylines(cover, [drawn], False, 255, width, cv2.LINE_AA, 4)
    share = cover[..., None] / 255
    values[:] = values * (1 - share) + level * share


def straight(angle: float, aside: float = 0.0, side: int = SIDE) -> list[tuple[float, float]]:
    """Return the ends of a line through the middle, turned by degrees, moved aside."""
    way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    middle = side / 2 + aside * np.array([-way[1], way[0]])
    return [tuple(middle - 2 * side * way), tuple(middle + 2 * side * way)]


def wire() -> np.ndarray:
    values = flat(190)
    stroke(values, straight(17), 50, 2)
    return finished(values)


def edge(soft: float, angle: float = 8.0) -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    off = y * np.cos(np.radians(angle)) - x * np.sin(np.radians(angle))
    level = 90 + 90 / (1 + np.exp(-off / soft))
    return finished(np.repeat(level[..., None], 3, axis=2))


def pole_before_rail() -> np.ndarray:
    values = flat(190)
    stroke(values, straight(0), 130, 4)
    stroke(values, straight(90), 30, 14)
    return finished(values)


def corner() -> np.ndarray:
    values = flat(180)
    middle = SIDE // 2
    values[middle:, middle:] = 60
    return finished(values)


def meeting() -> np.ndarray:
    values = flat(180)
    middle = SIDE // 2
    values[middle:, :middle] = 110
    values[:, middle:] = 40
    return finished(values)


def arc() -> np.ndarray:
    values = flat(180)
    t = np.radians(np.linspace(0, 360, 720))
    stroke(
        values, np.stack([SIDE / 2 + 300 * np.cos(t), SIDE / 2 + 300 + 300 * np.sin(t)], 1), 60, 5
    )
    return finished(values)


def leaves(seed: int) -> np.ndarray:
    """Draw blobs of all sizes, as of foliage: edges everywhere, none of them long and straight."""
    rng = np.random.default_rng(seed)
    values = flat(90)
    for radius in (24, 14, 8, 5):
        for _ in range(9000 // radius**2 * 6):
            x, y = rng.uniform(0, SIDE, 2)
            turn, level = rng.uniform(0, 180), rng.uniform(40, 200)
            size = (int(radius), max(2, int(radius * 0.6)))
            cv2.ellipse(values, (int(x), int(y)), size, turn, 0, 360, (level,) * 3, -1, cv2.LINE_AA)
    return finished(values)


def fork() -> np.ndarray:
    """Return a wire that is one on the left and two on the right, and a post before it."""
    values, middle = flat(190), SIDE / 2
    stroke(values, [(-SIDE, middle), (middle - 40, middle)], 50, 2)
    for degrees in (-3.2, 3.2):
        way = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        begin = np.array([middle - 40, middle])
        stroke(values, [begin, begin + 2 * SIDE * way], 50, 2)
    stroke(values, [(middle - 20, -SIDE), (middle - 20, 2 * SIDE)], 90, 3)
    return finished(values)


def broken_bar(seen: float = 86.0, off: float = 5.5) -> np.ndarray:
    """Return a post, and a bar on either side, seen for so long, that hardly point at each other.

    They are for a hole with a radius of 64 pixels: one bar behind the post, or two that end at it.
    """
    values, middle = flat(190), SIDE / 2
    for sign in (-1, 1):
        y = middle + sign * off / 2
        stroke(values, [(middle, y), (middle + sign * (64 + seen), y)], 60, 5)
    stroke(values, [(middle, -SIDE), (middle, 2 * SIDE)], 30, 4)
    return finished(values)
