"""Find dust and blemishes: small round places unlike everything around them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Doubles, Floats, Mask, Pixels
from engine.geometry import Box
from engine.progress import Progress
from engine.selecting.reduced import reduced

SEARCHED: Final = 3072
"""Pixels of the longer side of the copy that is searched."""
SCALES: Final = (1.5, 2.1)
OCTAVES: Final = 5
RATIO: Final = 1.6
_RING: Final = 12
_AROUND: Final = np.arange(_RING) * (2 * np.pi / _RING)
_LIGHT: Final = 0.75
"""So much clearer than a dark spot a light one must be: dust and most blemishes are dark."""
_FLOOR: Final = 0.15
"""Grey levels that nothing stands out of."""
LEAST_AROUND: Final = 160
"""So far around a place is looked at least to see whether a spot is there."""
MOST: Final = 3000
LOOSEST: Final = 2.4
STRICTEST: Final = 10.0
LEAST_CONTRAST: Final = 1.2
MOST_CONTRAST: Final = 14.0


class Places(NamedTuple):
    """Hold places that may be spots.

    Attributes:
        at: (N, 2) row, column.
        peaks: (N, 2) the same between pixels.
        clarity: (N,) how far each stands out.
    """

    at: NDArray[np.int64]
    peaks: Floats
    clarity: Floats


class Spot(NamedTuple):
    """Describe a spot in photo pixels.

    Attributes:
        x, y: its middle; (0.5, 0.5) is the middle of the first pixel.
        radius: so far it reaches, its soft rim included.
        contrast: by how many of 255 grey levels it is lighter, or if negative darker, than what is
            around it.
        clarity: how many times more it does than the places around it do from each other.
    """

    x: float
    y: float
    radius: float
    contrast: float = -255.0
    clarity: float = 99.0


def find_spots(image: Pixels, on_progress: Progress | None = None) -> list[Spot]:
    """Return everything in ``image`` (H, W, 3) uint8 or uint16 that may be a spot, clearest first.

    A spot is an extremum of the difference of two Gaussians over place and scale (Lindeberg 1998)
    that differs from all parts of a ring around it by more than these, freed of their slope, differ
    from each other. ``chosen`` takes from these what a sensitivity asks for.
    """
    report = on_progress or (lambda fraction: None)
    small, _ = reduced(image, Box.of(image), SEARCHED)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    found: list[Spot] = []
    for octave, level in enumerate(_octaves(grey)):
        report(octave / OCTAVES)
        found += _of_octave(level, np.divide(image.shape[1::-1], level.shape[::-1]))
    found.sort(key=lambda spot: -spot.clarity)
    return _apart(found[: 4 * MOST])[:MOST]


def chosen(spots: Sequence[Spot], sensitivity: float) -> list[Spot]:
    """Return those of ``spots`` that a ``sensitivity`` in [0, 1] asks for."""
    clarity = STRICTEST * (LOOSEST / STRICTEST) ** sensitivity
    contrast = contrast_for(sensitivity)
    return [spot for spot in spots if spot.clarity >= clarity and abs(spot.contrast) >= contrast]


def contrast_for(sensitivity: float) -> float:
    """Return by how many grey levels a spot must differ at a ``sensitivity`` in [0, 1]."""
    return float(MOST_CONTRAST * (LEAST_CONTRAST / MOST_CONTRAST) ** sensitivity)


def painted(spots: Sequence[Spot], box: Box) -> Mask:
    """Return (box.height, box.width) bool, the discs of ``spots`` within ``box`` of the photo."""
    out = np.zeros((box.height, box.width), np.uint8)
    for spot in spots:
        middle = round((spot.x - box.left - 0.5) * 16), round((spot.y - box.top - 0.5) * 16)
        cv2.circle(out, middle, max(round(spot.radius * 16), 8), 1, -1, shift=4)
    return out.view(np.bool_)


def box_of(spot: Spot, bounds: Box) -> Box:
    """Return the box of a spot's disc, clipped to ``bounds``."""
    return Box.hull(spot.x, spot.y, spot.radius + 1).clip(bounds)


def spots_around(image: Pixels, x: float, y: float, reach: int) -> list[Spot]:
    """Return what may be spots up to ``reach`` pixels across and down of (x, y), clearest first."""
    box = Box.hull(x, y, reach).clip(Box.of(image))
    if box.empty:
        return []
    found = find_spots(image[box.slices])
    return [spot._replace(x=spot.x + box.left, y=spot.y + box.top) for spot in found]


def spot_near(image: Pixels, x: float, y: float, reach: float) -> Spot | None:
    """Return the clearest spot that covers (x, y) or lies within ``reach`` of it, None if none."""
    around = max(LEAST_AROUND, round(8 * reach))
    for spot in spots_around(image, x, y, around):
        if math.hypot(spot.x - x, spot.y - y) <= max(spot.radius, reach):
            return spot
    return None


def _octaves(grey: Floats) -> Iterator[Floats]:
    """Yield the copy, and its halvings as long as they are large enough."""
    for _ in range(OCTAVES):
        yield grey
        if min(grey.shape) < 48:
            return
        size = (grey.shape[1] + 1) // 2, (grey.shape[0] + 1) // 2
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)


def _of_octave(level: Floats, step: Doubles) -> Iterator[Spot]:
    """Yield the spots of two scales of one copy.

    ``step`` (2,) says how many photo pixels wide and high a pixel of it is: less than twice what
    it was where a side could not be halved.
    """
    blurs = [_blurred(level, scale) for scale in (*SCALES, SCALES[-1] * 1.42)]
    for scale, fine, wide in zip(SCALES, blurs, blurs[1:], strict=False):
        for places in _extrema(fine, wide, scale):
            yield from _judged(level, fine, places, scale, step)


def _blurred(grey: Floats, scale: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), scale), np.float32)


def _extrema(fine: Floats, wide: Floats, scale: float) -> Iterator[Places]:
    """Yield the darkest and the lightest places at a scale that stand out of what is usual there.

    What is usual is the root mean square of the same difference around; a place in a texture is
    like its many neighbours, a spot is not.
    """
    change = wide - fine
    power = cv2.blur(change * change, (2 * round(12 * scale) + 1,) * 2)
    usual = np.sqrt(np.maximum(power, 0, dtype=np.float32)) + np.float32(_FLOOR)
    margin = math.ceil(3 * scale) + 1
    inner = slice(margin, -margin), slice(margin, -margin)
    side = 2 * round(scale) + 1
    for signed in (change, -change):
        peak = cv2.dilate(signed, np.ones((side, side), np.uint8))
        hit = (signed == peak)[inner] & (signed > LOOSEST * usual)[inner]
        at = np.argwhere(hit) + margin
        rows, columns = at[:, 0], at[:, 1]
        yield Places(at, _peaks(signed, at), signed[rows, columns] / usual[rows, columns])


def _peaks(change: Floats, at: NDArray[np.int64]) -> Floats:
    """Return (N, 2) row, column where parabolas through the neighbours have their tops."""
    rows, columns = at[:, 0], at[:, 1]
    middle = change[rows, columns]
    out = at.astype(np.float32)
    sides = (
        (change[rows - 1, columns], change[rows + 1, columns]),
        (
            change[rows, columns - 1],
            change[rows, columns + 1],
        ),
    )
    for axis, (before, after) in enumerate(sides):
        bend = np.maximum(2 * middle - before - after, 1e-6)
        out[:, axis] += np.clip((after - before) / (2 * bend), -0.5, 0.5)
    return out


def _judged(
    level: Floats, fine: Floats, places: Places, scale: float, step: Doubles
) -> Iterator[Spot]:
    """Yield the ``places`` that differ from the whole ring around them, too."""
    at, peaks, clarity = places
    if not len(at):
        return
    middle = fine[at[:, 0], at[:, 1]]
    ring = _ringed(fine, at, 3.2 * scale)
    base, slope = ring.mean(axis=1), ring - _plane(ring)
    signed = middle - base
    contrast = np.abs(signed)
    near = _ringed(fine, at, 2.2 * scale)
    spread = np.sqrt((slope**2).mean(axis=1)) + _bend(near)
    clarity = np.minimum(clarity, contrast / (spread + _FLOOR))
    clarity[signed > 0] *= _LIGHT
    keep = (clarity >= LOOSEST) & (contrast >= LEAST_CONTRAST)
    at, peaks, signed = at[keep], peaks[keep], signed[keep]
    clarity, base = clarity[keep], base[keep]
    if not len(at):
        return
    reach = _reaches(level, at, base, scale)
    for (row, column), far, much, clear in zip(peaks, reach, signed, clarity, strict=True):
        x, y = (column + 0.5) * step[0], (row + 0.5) * step[1]
        radius = far * step.mean() * 1.1 + 1
        yield Spot(*map(float, (x, y, radius, much, clear)))


def _ringed(grey: Floats, at: NDArray[np.int64], radius: float) -> Floats:
    """Return (N, 12) values of ``grey`` around each place."""
    down, right = np.rint(radius * np.sin(_AROUND)), np.rint(radius * np.cos(_AROUND))
    rows = np.clip(at[:, 0, None] + down.astype(np.int64), 0, grey.shape[0] - 1)
    columns = np.clip(at[:, 1, None] + right.astype(np.int64), 0, grey.shape[1] - 1)
    return np.asarray(grey[rows, columns], np.float32)


def _plane(ring: Floats) -> Floats:
    """Return what an even slope says of the ring, so that a sky's gradient is no difference."""
    cos, sin = np.cos(_AROUND), np.sin(_AROUND)
    a, b = ring @ cos * (2 / _RING), ring @ sin * (2 / _RING)
    plane: Any = ring.mean(axis=1)[:, None] + a[:, None] * cos + b[:, None] * sin
    return np.asarray(plane, np.float32)


def _bend(near: Floats) -> Floats:
    """Return by how much the nearer ring leans to one axis: wires and edges do, spots do not.

    It is the second harmonic of the ring, an oval's or a line's.
    """
    cos, sin = np.cos(2 * _AROUND), np.sin(2 * _AROUND)
    lean = np.hypot(near @ cos, near @ sin) * (2 / _RING)
    return np.asarray(lean, np.float32)


def _reaches(grey: Floats, at: NDArray[np.int64], base: Floats, scale: float) -> Floats:
    """Return how far each spot reaches: to where the mean around it is nearly the base again."""
    radii = np.arange(0.5, 4.01, 0.5) * scale
    middle = _blurred(grey, 0.7 * scale)[at[:, 0], at[:, 1]]
    means = np.stack([_ringed(grey, at, radius).mean(axis=1) for radius in radii], axis=1)
    left = np.abs(means - base[:, None]) / np.maximum(np.abs(middle - base), 1e-3)[:, None]
    done = left < 0.18
    first = np.where(done.any(axis=1), done.argmax(axis=1), len(radii) - 1)
    return np.asarray(radii[first], np.float32)


def _apart(spots: Sequence[Spot]) -> list[Spot]:
    """Return ``spots`` without those that overlap a clearer one, in the order given."""
    cell = 32.0
    taken: dict[tuple[int, int], list[Spot]] = {}
    out: list[Spot] = []
    for spot in spots:
        reach = math.ceil((spot.radius + 64) / cell)
        column, row = int(spot.x // cell), int(spot.y // cell)
        others = (
            other
            for dx in range(-reach, reach + 1)
            for dy in range(-reach, reach + 1)
            for other in taken.get((column + dx, row + dy), ())
        )
        if all(_clear(spot, other) for other in others):
            taken.setdefault((column, row), []).append(spot)
            out.append(spot)
    return out


def _clear(one: Spot, other: Spot) -> bool:
    return math.hypot(one.x - other.x, one.y - other.y) >= max(one.radius, other.radius)
