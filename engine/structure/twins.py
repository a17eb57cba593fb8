"""Find where a photo shows a hole's surroundings again, mirrored, turned or scaled.

Half of a leaf, an arch or a facade says what the other half looks like. Patches of a few pixels
look no more alike for being mirrored, so a search for them finds no axis; what surrounds the hole,
as a whole, does. It is laid over the photo in all ways that are allowed (correlation, as patterns
are found, but mirrored, turned and scaled), the best are brought to lie exactly (Lucas & Kanade
1981), and one counts if hardly anything is left between the two.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels, Place
from engine.detail import periods
from engine.detail.pyramid import depth_of, shrunk
from engine.detail.spectra import correlated, spectrum
from engine.geometry import Box
from engine.windows import planning
from engine.windows.canvas import Canvas
from engine.windows.elsewhere import moved
from engine.windows.transforms import Transforms

WIDE: Final = 3
"""Twins are looked for within so many lengths of a hole."""
COARSE: Final = 96
"""Twins are looked for in pictures of so many pixels a side, ..."""
EXACT: Final = 384
"""... and laid exactly in such."""
ANGLES: Final = 36
SCALES: Final = (0.64, 0.75, 0.87, 1.15, 1.33, 1.55)
REACH: Final = 0.8
"""What is compared around a hole reaches so many times as far as the hole is deep."""
SHARED: Final = 0.6
"""Share of it that the twin must show, ..."""
COVERED: Final = 0.8
"""... and of the hole."""
LIKE: Final = 0.25
"""Misfit below which it is one; 0 is alike, 1 is unlike."""
MARGIN: Final = 0.7
"""A twin must leave at most this share of the misfit that the best plain move leaves."""
TRIED: Final = 6
FEWEST: Final = 20
STEPS: Final = 12
ENOUGH: Final = 0.01
"""It lies exactly once a step moves it by less, pixels."""


class _Scene(NamedTuple):
    """Hold one size of a window: ``detail``, ``known`` and ``free`` as (h, w) float32 of 0 to 1.

    ``ring``: what of the known counts, (h, w) float32; ``hole``: (h, w) float32.
    """

    detail: Floats
    known: Floats
    free: Floats
    ring: Floats
    hole: Floats


def find_twin(canvas: Canvas, hole: Box) -> Place | None:
    """Return which place of a photo looks like what is around a hole of it; see ``placed``.

    Args:
        canvas: nothing filled yet; it says which transforms are allowed.
        hole: its box.
    """
    if not canvas.transforms or planning.rim_tells(canvas.mask, hole):
        return None
    wide = hole.grow(WIDE * max(hole.width, hole.height)).clip(canvas.extent)
    asked = np.zeros((wide.height, wide.width), bool)
    asked[hole.within(wide).slices] = canvas.mask[hole.slices]
    known, free = ~canvas.mask[wide.slices], canvas.allowed(wide)
    place = placed(canvas.photo[wide.slices], asked, known, free, canvas.transforms)
    if place is not None:
        corner = np.array([wide.left, wide.top])
        place[:, 2] += corner - place[:, :2] @ corner
    return place


def placed(
    window: Pixels, hole: Mask, known: Mask, free: Mask, transforms: Transforms
) -> Place | None:
    """Return which place of a window looks like what is around its hole, None where none does.

    Args:
        window: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool, True = fill.
        known: (h, w) bool, what the photo shows.
        free: (h, w) bool, what may be copied.
        transforms: how it may differ, besides by a move.

    Returns:
        (2, 3) float64, from x, y in the window to x, y of the twin.
    """
    factors = [max(1, math.ceil(max(hole.shape) / side)) for side in (COARSE, EXACT)]
    coarse, exact = (_scene(window, hole, known, free, factor) for factor in factors)
    if not coarse.ring.any() or not coarse.hole.any():
        return None
    tried = sorted((_best_move(coarse, way) for way in _ways(transforms)), key=lambda t: -t[0])
    plain = [_best_move(coarse, np.eye(2))]
    found, rivals = (
        [_laid(coarse, exact, factors, place, how) for _, place in some if place is not None]
        for some, how in ((tried[:TRIED], transforms), (plain, Transforms.NONE))
    )
    off, place = min(found, key=lambda one: one[0], default=(1.0, np.eye(2, 3)))
    if off > LIKE or any(off > MARGIN * other for other, _ in rivals):
        return None
    return _of_size(place, factors[1])


def _ways(transforms: Transforms) -> Iterator[Place]:
    """Yield (2, 2) matrices without those that change nothing."""
    scales = (1.0, *(SCALES if Transforms.SCALE in transforms else ()))
    for scale in scales:
        for n in range(ANGLES):
            turn = 2 * math.pi * n / ANGLES
            c, s = scale * math.cos(turn), scale * math.sin(turn)
            if Transforms.MIRROR in transforms:
                yield np.array([[c, s], [s, -c]])
            turned = n == 0 if Transforms.ROTATE not in transforms else True
            if turned and (n or scale != 1):
                yield np.array([[c, -s], [s, c]])


def _scene(window: Pixels, hole: Mask, known: Mask, free: Mask, factor: int) -> _Scene:
    colours, share = shrunk(window, ~known, factor)
    hole, unknown, barred = (
        planning.any_pool(which, factor) > 0 for which in (hole, ~known, ~free)
    )
    seen = (~unknown).astype(np.float32)
    grey = colours.mean(axis=2) / np.maximum(share, np.float32(1e-6)) * seen
    reach = max(4.0, REACH * float(depth_of(hole).max()))
    away = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    ring = seen * (away <= reach)
    apart = (~barred).astype(np.float32)
    return _Scene(periods.fine(grey, seen), seen, apart, ring, hole.astype(np.float32))


def _best_move(scene: _Scene, way: Place) -> tuple[float, Place | None]:
    """Return the highest correlation of the ring with what lies elsewhere, and (2, 3) where."""
    h, w = scene.hole.shape
    centre = np.array([(w - 1) / 2, (h - 1) / 2])
    corners = np.array([[0, 0], [w, 0], [0, h], [w, h]]) - centre
    wide, high = (math.ceil(side) + 1 for side in np.ptp(corners @ np.linalg.inv(way).T, axis=0))
    middle = np.array([(wide - 1) / 2, (high - 1) / 2])
    place = np.column_stack([way, centre - way @ middle])
    size = wide, high
    layers = (scene.detail, scene.known, scene.free)
    detail, known, free = (moved(layer, place, size) for layer in layers)
    known = (known > 0.99).astype(np.float32)
    theirs = detail * known, detail**2 * known, known, (free > 0.99).astype(np.float32)
    mine = scene.ring * scene.detail, scene.ring * scene.detail**2, scene.ring, scene.hole
    shape = [cv2.getOptimalDFTSize(a + b) for a, b in zip((high, wide), (h, w), strict=True)]
    f, g = ([spectrum(layer, shape) for layer in part] for part in (theirs, mine))
    pairs = ((0, 0), (1, 2), (2, 1), (2, 2), (3, 3))
    both, power, own, shown, covered = (correlated(f[i], g[j]) for i, j in pairs)
    enough = (shown >= SHARED * mine[2].sum()) & (covered >= COVERED * mine[3].sum())
    floor = np.maximum(shown, 0) * periods.NOISE**2
    match = both / np.sqrt((np.maximum(power, 0) + floor) * (np.maximum(own, 0) + floor) + 1e-12)
    match = np.where(enough, match, -1)
    best = int(match.argmax())
    if match.flat[best] <= 0:
        return -1.0, None
    down, across = divmod(best, shape[1])
    move = np.array([across - shape[1] * (across >= wide), down - shape[0] * (down >= high)])
    return float(match.flat[best]), np.column_stack([way, place[:, 2] + way @ move])


def _of_size(place: Place, factor: float) -> Place:
    """Return a place as it is in pictures ``factor`` times larger."""
    out = np.array(place, float)
    half = (factor - 1) / 2
    out[:, 2] = factor * place[:, 2] + half - place[:, :2] @ [half, half]
    return out


def _laid(
    coarse: _Scene, exact: _Scene, factors: list[int], place: Place, transforms: Transforms
) -> tuple[float, Place]:
    """Return the misfit of a place once it lies exactly, and it in the exact picture."""
    place = _improved(coarse, place, transforms)
    place = _of_size(place, factors[0] / factors[1])
    place = _improved(exact, place, transforms)
    return _misfit(exact, place), place


def _improved(scene: _Scene, place: Place, transforms: Transforms) -> Place:
    """Turn, scale and move a place in small steps until the detail fits."""
    y, x = np.nonzero(scene.ring)
    points, want = np.stack([x, y]).astype(float), scene.detail[y, x]
    middle = points.mean(axis=1)
    slopes = (cv2.Sobel(scene.detail, cv2.CV_32F, *way) / 8 for way in ((1, 0), (0, 1)))
    layers = [np.asarray(layer, np.float32) for layer in (scene.detail, scene.known, *slopes)]
    turns = bool(transforms & (Transforms.MIRROR | Transforms.ROTATE))
    free = np.array([True, True, turns, Transforms.SCALE in transforms])
    for _ in range(STEPS):
        have, seen, *slope = (
            _looked_up(layer, place[:, :2] @ points + place[:, 2:]) for layer in layers
        )
        keep = seen > 0.99
        if keep.sum() < FEWEST:
            break
        out = place[:, :2] @ (points - middle[:, None])
        across, down = slope
        turn, growth = down * out[0] - across * out[1], across * out[0] + down * out[1]
        effects = np.stack([across, down, turn, growth])
        change = np.zeros(4)
        change[free] = np.linalg.lstsq(effects[free][:, keep].T, (want - have)[keep])[0]
        place = _changed(place, change, middle)
        if np.abs(change[:2]).max() < ENOUGH:
            break
    return place


def _changed(place: Place, change: Place, middle: Place) -> Place:
    """Return a place moved, turned and grown by ``change`` about where ``middle`` lies there."""
    c, s = (1 + change[3]) * math.cos(change[2]), (1 + change[3]) * math.sin(change[2])
    way = np.array([[c, -s], [s, c]]) @ place[:, :2]
    at = place[:, :2] @ middle + place[:, 2] + change[:2]
    return np.column_stack([way, at - way @ middle])


def _looked_up(values: Floats, at: Place) -> Floats:
    x, y = (np.ascontiguousarray(part, np.float32)[None] for part in at)
    kind = cv2.INTER_LINEAR
    width = 8192
    parts = [
        cv2.remap(values, x[:, i : i + width], y[:, i : i + width], kind)[0]
        for i in range(0, x.shape[1], width)
    ]
    return np.concatenate(parts)


def _misfit(scene: _Scene, place: Place) -> float:
    """Return how unlike the ring and its twin are, 1 where too little of the twin is seen."""
    h, w = scene.hole.shape
    detail, known, free = (
        moved(layer, place, (w, h)) for layer in (scene.detail, scene.known, scene.free)
    )
    both = scene.ring * (known > 0.99)
    covered = (scene.hole * (free > 0.99)).sum() >= COVERED * scene.hole.sum()
    if both.sum() < SHARED * scene.ring.sum() or not covered:
        return 1.0
    apart = float((np.square(scene.detail - detail) * both).sum())
    power = float(((np.square(scene.detail) + np.square(detail)) * both).sum())
    least = 2 * periods.faintest(scene.detail, scene.known) * float(both.sum())
    return (apart + least) / (power + least)
