"""Forty holes over known lines: corners, T-junctions, curves, planes, what lies in front."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 320
MIDDLE = SIDE / 2
FINE = 4
Points = NDArray[np.float64]


class Case(NamedTuple):
    """Hold a photo (320, 320, 3) uint8, its hole (320, 320) bool, and the lines (n, 2) x, y."""

    group: str
    name: str
    photo: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    lines: list[Points]


class Sketch:
    """Draw a photo with smooth edges; what is to be carried is noted as it is drawn."""

    def __init__(self, group: str, name: str, level: float = 165, seed: int = 0) -> None:
        """Begin with a plain ground."""
        self._about = group, name
        self._seed = seed
        self._fine = np.full((SIDE * FINE, SIDE * FINE), level, np.float32)
        self._lines: list[Points] = []

    def area(self, points: Sequence[Sequence[float]], level: float) -> Sketch:
        """Fill a polygon."""
        cv2.fillPoly(self._fine, [_fixed(points)], level)
        return self

    def bar(self, points: Sequence[Sequence[float]], level: float, width: float) -> Sketch:
        """Draw a bar along points, and note it as a line."""
        cv2.polylines(self._fine, [_fixed(points)], False, level, round(width * FINE))
        return self.line(points)

    def line(self, points: Sequence[Sequence[float]]) -> Sketch:
        """Note an edge as a line."""
        self._lines.append(np.asarray(points, float))
        return self

    def soften(self, pixels: float) -> Sketch:
        """Blur everything so far."""
        self._fine = cv2.GaussianBlur(self._fine, (0, 0), pixels * FINE)
        return self

    def case(self, radius: float = 46, at: tuple[float, float] = (MIDDLE, MIDDLE)) -> Case:
        """Return the photo with a little texture and grain, under a hole of uneven shape."""
        rng = np.random.default_rng(self._seed)
        grey = cv2.resize(self._fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        cloud = cv2.GaussianBlur(rng.normal(0, 1, grey.shape), (0, 0), 6)
        grey = grey + 3 * cloud / cloud.std()
        photo = grey[..., None] * [1.0, 0.97, 0.92] + rng.normal(0, 2, (SIDE, SIDE, 3))
        mask = hole((SIDE, SIDE), at, radius, self._seed)
        shown = np.clip(np.rint(photo), 0, 255).astype(np.uint8)
        return Case(*self._about, shown, mask, self._lines)


def hole(
    shape: tuple[int, ...], at: tuple[float, float], radius: float, seed: int
) -> NDArray[np.bool_]:
    """Return a hole of uneven shape."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    turn = np.arctan2(y - at[1], x - at[0])
    rim = radius * (1 + 0.12 * np.cos(2 * turn + seed) + 0.05 * np.cos(5 * turn))
    return np.asarray(np.hypot(x - at[0], y - at[1]) < rim, np.bool_)


def _fixed(points: Sequence[Sequence[float]]) -> NDArray[np.int32]:
    return np.rint((np.asarray(points, float) + 0.5) * FINE - 0.5).astype(np.int32)


def ray(angle: float, far: float = 300) -> tuple[float, float]:
    """Return the point so far from the middle in a direction, in degrees clockwise."""
    turn = np.radians(angle)
    return float(MIDDLE + far * np.cos(turn)), float(MIDDLE + far * np.sin(turn))


def through(angle: float, aside: float = 0) -> list[tuple[float, float]]:
    """Return a straight line past the middle."""
    dx, dy = aside * -np.sin(np.radians(angle)), aside * np.cos(np.radians(angle))
    return [(x + dx, y + dy) for x, y in (ray(angle + 180), ray(angle))]


def beside(angle: float, aside: float = 0) -> list[tuple[float, float]]:
    """Return what lies to the right of such a line."""
    return [*through(angle, aside), *reversed(through(angle, aside + 400))]


def circle(radius: float, step: float = 1.0) -> Points:
    """Return a circle whose top is the middle of the photo."""
    turn = np.radians(np.arange(0, 360 + step, step) - 90)
    return np.stack(
        [MIDDLE + radius * np.cos(turn), MIDDLE + radius + radius * np.sin(turn)], axis=1
    )


def curve(height: Callable[[Points], Points]) -> list[tuple[float, float]]:
    """Return a curve over the whole width; ``height`` of x from the middle is down from it."""
    x = np.arange(-MIDDLE - 8, MIDDLE + 8, 2.0)
    return list(zip((x + MIDDLE).tolist(), (height(x) + MIDDLE).tolist(), strict=True))


def corners() -> Iterator[Case]:
    """Yield two lines that end where they meet."""
    for n, (first, second) in enumerate([(0, 90), (20, 110), (-30, 30), (200, 320), (70, 190)]):
        ends = [ray(first), (MIDDLE, MIDDLE), ray(second)]
        far = ray((first + second) / 2 if second - first < 180 else first, 600)
        area = [*ends, ray(second, 900), far, ray(first, 900)]
        yield Sketch("corner", f"edge {second - first}°", 170, n).area(area, 70).line(ends).case()
    for n, (first, second) in enumerate([(10, 100), (-35, 35), (155, 265)]):
        ends = [ray(first), (MIDDLE, MIDDLE), ray(second)]
        yield Sketch("corner", f"bar {second - first}°", 185, n).bar(ends, 60, 5).case()


def junctions() -> Iterator[Case]:
    """Yield a line that ends at another one."""
    for n, (angle, tilt) in enumerate([(90, 180), (80, 175), (100, 150)]):
        sketch = Sketch("T-junction", f"bar at a post, {tilt}°", 180, n)
        end = [ray(tilt), (MIDDLE, MIDDLE)]
        yield sketch.bar(end, 90, 5).bar(through(angle), 50, 10).case()
    for n, angle in enumerate([90, 75, 110]):
        sketch = Sketch("T-junction", f"edge at a wall, {angle}°", 185, n)
        sketch.area(beside(0), 115).line([ray(180), (MIDDLE, MIDDLE)])
        yield sketch.area(beside(angle + 180), 50).line(through(angle)).case()


def curves() -> Iterator[Case]:
    """Yield lines that bend."""
    for n, radius in enumerate([110, 180, 320]):
        sketch = Sketch("curve", f"rim, radius {radius}", 175, n)
        yield sketch.area(circle(radius), 80).line(circle(radius)).case()
    for n, sag in enumerate([0.0012, 0.0025]):
        cable = curve(lambda x, sag=sag: 5 - sag * x**2)
        yield Sketch("curve", f"cable, sag {sag}", 190, n).bar(cable, 60, 3).case()
    wave = curve(lambda x: 14 * np.sin(x / 50))
    yield Sketch("curve", "wave", 185, 5).bar(wave, 60, 5).case(40)
    hill = curve(lambda x: 0.001 * x**2)
    below = [*hill, (SIDE + 9, SIDE + 9), (-9, SIDE + 9)]
    yield Sketch("curve", "soft horizon", 190, 6).area(below, 110).soften(3).line(hill).case()
    rails = Sketch("curve", "two rails", 150, 7)
    for aside in (-14, 14):
        rails.bar(curve(lambda x, aside=aside: 0.0012 * x**2 + aside), 60, 4)
    yield rails.case()


def planes() -> Iterator[Case]:
    """Yield lines that converge, as on walls and floors seen at a slant."""
    for n, (far, count) in enumerate([(520, 9), (360, 11)]):
        siding = Sketch("plane", f"siding towards x = {far}", 175, n)
        for y in np.linspace(-60, SIDE + 60, count):
            siding.bar([(-20, y), (far, MIDDLE)], 95, 3)
        yield siding.case()
    for n, (depth, turn) in enumerate([(260, 0), (200, 20)]):
        yield _tiles(f"tiles, {turn}°", depth, turn, n, checks=False)
    for n, (depth, turn) in enumerate([(260, 10), (200, 35)]):
        yield _tiles(f"checks, {turn}°", depth, turn, n, checks=True)


def _tiles(name: str, depth: float, turn: float, seed: int, *, checks: bool) -> Case:
    """Return a floor of square tiles of 1, seen from above it, with its horizon above the photo."""
    sketch = Sketch("plane", name, 170, seed)

    def seen(points: Sequence[tuple[float, float]]) -> Points:
        x, y = np.asarray(points, float).T
        c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        far = (s * x + c * y) * 30 + depth
        return np.stack([MIDDLE + 30 * (c * x - s * y) * 260 / far, depth * 260 / far - 100], 1)

    span = range(-9, 10)
    if checks:
        for i in span[:-1]:
            for j in span[:-1]:
                corners_of = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
                ahead = min(_ahead(p, turn, depth) for p in corners_of)
                if (i + j) % 2 and ahead > 40:
                    sketch.area(seen(corners_of), 80)
    for i in span:
        for ends in ([(i, -9), (i, 9)], [(-9, i), (9, i)]):
            points = [p for p in _dense(ends) if _ahead(p, turn, depth) > 40]
            if len(points) > 1:
                way = seen(points)
                if checks:
                    sketch.line(way)
                else:
                    sketch.bar(way, 90, 3)
    return sketch.case(42)


def _ahead(point: tuple[float, float], turn: float, depth: float) -> float:
    return float(
        (np.sin(np.radians(turn)) * point[0] + np.cos(np.radians(turn)) * point[1]) * 30 + depth
    )


def _dense(ends: list[tuple[int, int]]) -> list[tuple[float, float]]:
    (x, y), (u, v) = ends
    return [(x + (u - x) * t, y + (v - y) * t) for t in np.linspace(0, 1, 73).tolist()]


def orders() -> Iterator[Case]:
    """Yield lines that cross, one in front of the other."""
    front = "in front"
    rail, post = through(4), through(92)
    yield Sketch(front, "pole before rail", 190).bar(rail, 130, 4).bar(post, 30, 14).case()
    yield Sketch(front, "rail before pole", 190, 1).bar(post, 150, 14).bar(rail, 40, 5).case()
    pale = Sketch(front, "pale pole before dark rail", 120, 2)
    yield pale.bar(rail, 40, 5).bar(post, 150, 14).case()
    land = Sketch(front, "pole before horizon", 190, 3).area(beside(2), 100).line(through(2))
    yield land.bar(post, 50, 10).case()
    wires = Sketch(front, "crossing wires", 190, 4).bar(through(25), 110, 3)
    yield wires.bar(through(-20), 50, 3).case()
    slats = Sketch(front, "pole before slats", 180, 5)
    for aside in range(-60, 61, 20):
        slats.bar(through(3, aside), 110, 5)
    yield slats.bar(post, 40, 12).case()


def straights() -> Iterator[Case]:
    """Yield what goes straight on."""
    kind = "straight"
    yield Sketch(kind, "wire", 190).bar(through(17), 70, 2).case()
    yield Sketch(kind, "edge", 180, 1).area(beside(33), 80).line(through(33)).case()
    soft = Sketch(kind, "soft edge", 180, 2).area(beside(8), 90).soften(4)
    yield soft.line(through(8)).case()
    pair = Sketch(kind, "pair of wires", 190, 3).bar(through(-12, -9), 80, 2)
    yield pair.bar(through(-12, 9), 80, 2).case()
    slats = Sketch(kind, "slats", 175, 4)
    for aside in range(-72, 73, 16):
        slats.bar(through(28, aside), 100, 6)
    yield slats.case()
    pole = Sketch(kind, "wide pole", 190, 5)
    pole.area([*through(84, -13), *reversed(through(84, 13))], 70)
    yield pole.line(through(84, -13)).line(through(84, 13)).case(52)


def cases() -> list[Case]:
    """Return all of them."""
    groups = corners, junctions, curves, planes, orders, straights
    return [case for group in groups for case in group()]
