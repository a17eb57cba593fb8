"""Outlines of things people want removed: bodies, animals, poles, signs, cars, blobs.

A shape is a list of parts in its own units, centred near the origin with y pointing down: a part
is a closed polygon, or a stroke with a width. ``object_hole`` turns a random shape, sizes it to a
wanted share of the picture and draws it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from engine.arrays import Doubles, Levels

if TYPE_CHECKING:
    from collections.abc import Callable

Points = Doubles

SMALLEST, LARGEST = 0.02, 0.25  # share of the picture a hole may cover
_SUBPIXEL = 4  # binary digits after the point in the coordinates given to OpenCV
_PROBE = 48  # side of the small canvas on which a shape's own area is measured
_TURN = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
_CIRCLE = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1)


class Part(NamedTuple):
    """Hold one piece of a shape: points (k, 2) as x, y; width 0 = a filled polygon."""

    points: Points
    width: float = 0.0


Shape = list[Part]


def ellipse(x: float, y: float, rx: float, ry: float) -> Part:
    """Return the ellipse around (x, y) with the half-axes ``rx`` and ``ry``."""
    return Part(_CIRCLE * (rx, ry) + (x, y))


def stroke(width: float, *points: tuple[float, float]) -> Part:
    """Return a line through ``points`` with round ends."""
    return Part(np.array(points, dtype=np.float64), width)


def polygon(*points: tuple[float, float]) -> Part:
    """Return a filled polygon."""
    return Part(np.array(points, dtype=np.float64))


def blob(rng: np.random.Generator) -> Shape:
    """Return one smooth closed outline: a circle bent by five random harmonics."""
    angle = np.linspace(0.0, 2.0 * np.pi, 64, endpoint=False)
    order = np.arange(1, 6)[:, None]
    size = rng.normal(0.0, 0.3, (5, 1)) / order
    phase = rng.uniform(0.0, 2.0 * np.pi, (5, 1))
    radius = np.maximum(1.0 + (size * np.cos(order * angle + phase)).sum(axis=0), 0.3)
    squash = rng.uniform(0.45, 1.0)
    return [Part(np.stack([radius * np.cos(angle), squash * radius * np.sin(angle)], axis=1))]


def cluster(rng: np.random.Generator) -> Shape:
    """Return two to five overlapping ellipses, as a bush, a heap or a crowd."""
    count = int(rng.integers(2, 6))
    x, y, rx, ry = rng.uniform((-0.9, -0.5, 0.35, 0.35), (0.9, 0.5, 0.8, 0.8), (count, 4)).T
    return [ellipse(*parts) for parts in zip(x, y, rx, ry, strict=True)]


def person(rng: np.random.Generator) -> Shape:
    """Return a standing or walking person."""
    stride, swing, lean, girth = rng.uniform((0.02, 0.05, -0.1, 0.16), (0.35, 0.4, 0.1, 0.3))
    side = rng.choice((-1.0, 1.0))
    return [
        ellipse(lean, -0.84, 0.13, 0.16),
        polygon((lean - girth, -0.66), (lean + girth, -0.66), (0.8 * girth, 0.1), (-girth, 0.1)),
        stroke(0.17, (-0.09, 0.0), (-0.09 - 0.5 * stride, 0.5), (-0.09 - stride, 1.0)),
        stroke(0.17, (0.09, 0.0), (0.12 + 0.6 * stride, 0.5), (0.09 + stride, 1.0)),
        stroke(0.12, (-girth + lean, -0.6), (-girth - swing, -0.2), (-girth - 0.3 * swing, 0.1)),
        stroke(0.12, (girth + lean, -0.6), (girth + swing, -0.25), (girth + side * swing, 0.1)),
    ]


def animal(rng: np.random.Generator) -> Shape:
    """Return a four-legged animal seen from the side."""
    height, leg, neck = rng.uniform((0.25, 0.25, 0.1), (0.42, 0.6, 0.5))
    head = (0.95, -0.3 - neck)
    foot = height + leg
    legs = [
        stroke(0.13, (at, 0.5 * height), (at + float(rng.uniform(-0.12, 0.12)), foot))
        for at in (-0.55, -0.38, 0.4, 0.55)
    ]
    return [
        ellipse(0.0, 0.0, 0.8, height),
        stroke(0.24, (0.6, -0.1), head),
        ellipse(head[0] + 0.08, head[1], 0.26, 0.17),
        stroke(0.08, (-0.75, -0.1), (-1.0, -0.3), (-1.1, float(rng.uniform(-0.8, 0.3)))),
        *legs,
    ]


def pole(rng: np.random.Generator) -> Shape:
    """Return a post, often with an arm or a lamp on it."""
    width, arm, at = rng.uniform((0.06, 0.2, -0.9), (0.14, 0.6, -0.3))
    parts = [stroke(width, (0.0, -1.0), (float(rng.uniform(-0.05, 0.05)), 1.0))]
    if rng.random() < 0.4:
        parts.append(stroke(0.7 * width, (-arm, at), (arm, at)))
    if rng.random() < 0.4:
        parts.append(ellipse(0.0, -1.0, 2.0 * width, 1.6 * width))
    return parts


def sign(rng: np.random.Generator) -> Shape:
    """Return a board of three to eight corners, or a round one, on a post or without."""
    corners = int(rng.integers(3, 10))
    angle = np.arange(corners) * (2.0 * np.pi / corners) + rng.uniform(0.0, 2.0 * np.pi)
    board = np.stack([np.cos(angle) * rng.uniform(0.4, 0.8), np.sin(angle) * 0.5 - 0.5], axis=1)
    parts = [ellipse(0.0, -0.5, 0.5, 0.5) if corners == 9 else Part(board)]
    if rng.random() < 0.7:
        parts.append(stroke(float(rng.uniform(0.06, 0.14)), (0.0, -0.5), (0.0, 1.0)))
    return parts


def vehicle(rng: np.random.Generator) -> Shape:
    """Return a car, a van or a cart seen from the side."""
    roof, front, back, wheel = rng.uniform((0.3, 0.1, 0.2, 0.16), (0.7, 0.6, 0.9, 0.26))
    return [
        polygon((-1.0, -0.2), (1.0, -0.15), (1.0, 0.3), (-1.0, 0.3)),
        polygon((-back, 0.0), (-0.8 * back, -0.2 - roof), (front, -0.2 - roof), (front + 0.3, 0.0)),
        ellipse(-0.6, 0.3, wheel, wheel),
        ellipse(0.6, 0.3, wheel, wheel),
    ]


SHAPES: dict[Callable[[np.random.Generator], Shape], float] = {
    blob: 0.35,
    cluster: 0.15,
    person: 0.18,
    animal: 0.08,
    pole: 0.08,
    sign: 0.08,
    vehicle: 0.08,
}
_MAKERS = tuple(SHAPES)
_UPTO = np.cumsum(list(SHAPES.values()))


def draw(canvas: Levels, shape: Shape, turn: Points, scale: float, centre: Points) -> None:
    """Paint ``shape`` in 255 on ``canvas`` (size, size) uint8, turned, scaled and moved.

    Args:
        canvas: painted in place.
        shape: the parts, in the shape's own units.
        turn: (2, 2) matrix applied to row vectors.
        scale: canvas pixels per unit of the shape.
        centre: (2,) x, y of the shape's origin on the canvas, pixels.
    """
    unit = 1 << _SUBPIXEL
    for points, width in shape:
        at = np.rint((points @ turn * scale + centre) * unit).astype(np.int32)
        if width:
            thick = max(1, round(width * scale))
            cv2.polylines(canvas, [at], False, 255, thick, cv2.LINE_8, _SUBPIXEL)
        else:
            cv2.fillPoly(canvas, [at], 255, cv2.LINE_8, _SUBPIXEL)


def _turn(rng: np.random.Generator) -> Points:
    """Return a random mirror and a small turn, at times any turn, as a (2, 2) matrix."""
    angle = rng.normal(0.0, 0.15) if rng.random() < 0.75 else rng.uniform(0.0, 2.0 * np.pi)
    cos, sin = np.cos(angle), np.sin(angle)
    mirror = 1.0 if rng.random() < 0.5 else -1.0
    return np.array([[mirror * cos, mirror * sin], [-sin, cos]])


def _place(size: int, rng: np.random.Generator) -> Points:
    """Return a centre (2,) in pixels: mostly inside, one time in four at a border."""
    centre = rng.uniform(0.2, 0.8, 2)
    if rng.random() < 0.25:
        centre[int(rng.integers(2))] = rng.choice((0.03, 0.97))
    return centre * size


def object_hole(size: int, rng: np.random.Generator) -> Levels:
    """Return a mask (size, size) uint8 of one random object, 255 = hole.

    The hole covers ``SMALLEST`` to ``LARGEST`` of the picture, small ones being the commonest. A
    shape that leaves these bounds (a border cuts it, a stroke cannot get thin enough) gives way to
    another draw, and after eight of them to an ellipse.
    """
    canvas = np.zeros((size, size), np.uint8)
    middle = np.full(2, _PROBE / 2)
    for _ in range(8):
        shape = _MAKERS[min(int(np.searchsorted(_UPTO, rng.random())), len(_MAKERS) - 1)](rng)
        turn, share = _turn(rng), np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST)))
        probe = np.zeros((_PROBE, _PROBE), np.uint8)
        draw(probe, shape, turn, _PROBE / 4, middle)
        own = cv2.countNonZero(probe) / (_PROBE / 4) ** 2
        canvas[:] = 0
        draw(canvas, shape, turn, size * float(np.sqrt(share / own)), _place(size, rng))
        if SMALLEST <= cv2.countNonZero(canvas) / size**2 <= LARGEST:
            return canvas
    canvas[:] = 0
    radius = size * float(np.sqrt(0.1 / np.pi))
    draw(canvas, [ellipse(0.0, 0.0, 1.0, 1.0)], np.eye(2), radius, np.full(2, size / 2))
    return canvas
