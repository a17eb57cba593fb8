"""Measure the photo's grain beside the hole and give it to fills that are too clean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask, Pixels
from engine.detail.loops import noise, votes
from engine.geometry import Box
from engine.pixels import peak, to_float
from engine.running.parallel import for_each
from engine.windows.compose import tiles

RING: Final = 24
"""Grain is measured in the known pixels at most this far from the hole."""
FLAT_SHARE: Final = 0.5
"""Share of each tone's pixels, the flattest, that is measured; edges would pass for grain."""
FEWEST: Final = 64
MOST_TONES: Final = 4
MOST_TILES: Final = 8
LACKING: Final = 0.75
FADE: Final = 0.15
"""Grain is added below this share of its deviation, in full ``FADE`` below it."""
_SMOOTH: Final = 9
_SEEN: Final = RING + _SMOOTH
_FELT: Final = 8
"""What lies further from a pixel decides nothing of the grain it gets."""
_MAD: Final = 1.4826
"""Standard deviation of a Gaussian per median absolute deviation."""
_GRAIN: Final = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
"""Annihilates every ramp; white noise of deviation s keeps the deviation s (Immerkaer 1996)."""


@dataclass(frozen=True)
class Grain:
    """Describe the noise of a photo.

    Attributes:
        tones: (k,) float32 rising brightnesses in [0, 1].
        levels: (k, 3) float32, standard deviation of each channel at these brightnesses, of the
            finest grain, in units of full white.
        alike: in [0, 1], correlation of the channels' grain; 1 in a grey photo.
    """

    tones: Floats
    levels: Floats
    alike: float = 0.0


_NONE: Final = Grain(np.zeros(1, np.float32), np.zeros((1, 3), np.float32))


def measure_grain(window: Pixels, hole: Mask, ring: int = RING) -> Grain:
    """Measure the noise of the known pixels around a hole, darker and brighter ones apart.

    Sensor noise grows with light, so one number would be wrong for shadows and sky at once. The
    flattest pixels are chosen by the slopes of a smoothed picture, which knows little of the
    noise itself, and a median absolute deviation keeps what edges remain from counting.

    Args:
        window: (h, w, 3) uint8 or uint16.
        hole: (h, w) bool.
        ring: how far from the hole, pixels.

    Returns:
        The grain; of all zeros where there is too little to measure.
    """
    return _by_tone(*_samples(window, _ring(hole, ring)))


def measure_around(window: Pixels, hole: Mask, allowed: Mask) -> Grain:
    """Measure the grain around a hole of any size from some of the tiles that its rim crosses.

    Only pixels that are ``allowed``, (h, w) bool, are looked at.
    """
    hull = Box.around(hole)
    region = Box.of(hole) if hull is None else hull.grow(_SEEN).clip(Box.of(hole))
    rims = [part for part in tiles(region) if hole[part.slices].any() != hole[part.slices].all()]
    rims = rims[:: 1 + len(rims) // MOST_TILES]
    places = [part.grow(_SEEN).clip(region).slices for part in rims]
    samples = for_each(lambda at: _samples(window[at], _near(~allowed[at], RING)), places)
    if not samples:
        return _NONE
    return _by_tone(*(np.concatenate(group) for group in zip(*samples, strict=True)))


def _samples(window: Pixels, near: Mask) -> tuple[Floats, Floats, Floats]:
    """Return brightness (n,), slope (n,) and finest grain (n, 3) of the pixels of ``near``."""
    count = np.count_nonzero(near)
    image = to_float(window)
    smooth = cv2.GaussianBlur(image, (_SMOOTH, _SMOOTH), 2.0)
    bright, slope = np.empty((2, count), np.float32)
    fine = np.empty((count, 3), np.float32)
    noise.measure(image, smooth, near, bright, slope, fine)
    return bright, slope, fine


def _fine(image: Floats) -> Floats:
    found = cv2.filter2D(image, cv2.CV_32F, _GRAIN, borderType=cv2.BORDER_REFLECT)
    return np.asarray(found, np.float32)


def _ring(hole: Mask, width: int) -> Mask:
    """Return the known pixels to measure, near the hole where there are enough of them."""
    if not hole.any():
        return ~hole
    near = _near(hole, width)
    return near if near.sum() >= FEWEST else _near(hole, 1 << 20)


def _near(hole: Mask, width: int) -> Mask:
    """Return the pixels close to the hole where no filter sees what is being removed."""
    distance = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_C, 3)
    least = _SMOOTH // 2 + 1
    return np.asarray((distance > least) & (distance <= least + width), np.bool_)


def _by_tone(brightness: Floats, slope: Floats, fine: Floats) -> Grain:
    """Measure (n, 3) grain in equal parts, dark to bright, and in the flattest of each part."""
    if len(brightness) < FEWEST:
        return _NONE
    count = max(1, min(MOST_TONES, len(brightness) // (8 * FEWEST)))
    first = [part[0] for part in np.array_split(np.arange(len(brightness)), count)]
    parts = np.array_split(np.argpartition(brightness, first), count)
    tones, levels, measured = [], [], []
    for part in parts:
        flat = part[slope[part] <= _quantile(slope[part], FLAT_SHARE)]
        tones.append(brightness[flat].mean())
        levels.append(_MAD * _quantile(np.abs(fine[flat]).T, 0.5))
        measured.append(fine[flat])
    alike = _correlation(np.concatenate(measured))
    return Grain(np.array(tones, np.float32), np.array(levels, np.float32), alike)


def _quantile(values: Floats, share: float) -> Floats:
    """Return (C,), below it lies ``share`` of each row of (C, n); (1,) of (n,)."""
    rows: Floats = votes.quantile(np.ascontiguousarray(np.atleast_2d(values)), share)
    return rows


def _correlation(fine: Floats) -> float:
    """Return the least correlation of two channels of (n, 3), in [0, 1]."""
    varied = fine - fine.mean(axis=0)
    moments = varied.T @ varied
    scale = np.sqrt(np.outer(moments.diagonal(), moments.diagonal()))
    return float(np.clip((moments / np.maximum(scale, 1e-12)).min(), 0, 1))


def add_grain(fill: Pixels, hole: Mask, grain: Grain, seed: int | Sequence[int]) -> Pixels:
    """Add what noise a fill lacks.

    Where the fill carries most of the photo's grain, as copied texture does, nothing is added.
    Variances are compared, so no place gets more noise than the photo has.

    Args:
        fill: (h, w, 3) uint8 or uint16, the whole window with its fill.
        hole: (h, w) bool; no pixel outside it changes.
        grain: of the known pixels around.
        seed: the same seed, the same noise.

    Returns:
        (h, w, 3) of the same type.
    """
    if not hole.any() or not grain.levels.any():
        return fill.copy()
    image = to_float(fill)
    fine = _fine(image)
    fine *= fine
    there = cv2.blur(fine, (15, 15), borderType=cv2.BORDER_REFLECT)
    soft = cv2.GaussianBlur(image, (0, 0), 2.0)
    rng = np.random.default_rng(seed)
    own = rng.standard_normal(image.shape, np.float32)
    shared = rng.standard_normal(hole.shape, np.float32)
    shares = np.sqrt(np.array([1 - grain.alike, grain.alike], np.float32))
    limits = np.array([LACKING, FADE, peak(fill)], np.float32)
    out, where, measured = fill.copy(), np.ascontiguousarray(hole), (grain.tones, grain.levels)
    noise.add(out, where, (soft, there), measured, (own, shared, *shares), tuple(limits))
    return out


def finish_grain(fill: Pixels, hole: Mask, grain: Grain, seed: int) -> Pixels:
    """Do as ``add_grain`` does to a hole of any size, a tile at a time."""
    hull = Box.around(hole)
    out = fill.copy()
    if hull is None or not grain.levels.any():
        return out

    def add(part: Box) -> None:
        around = part.grow(_FELT).clip(Box.of(hole))
        own = hole[around.slices]
        grained = add_grain(fill[around.slices], own, grain, [seed, part.top, part.left])
        out[part.slices] = grained[part.within(around).slices]

    for_each(add, list(tiles(hull)))
    return out
