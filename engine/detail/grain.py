"""Measure the photo's grain beside the hole and give it to fills that are too clean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from engine.pixels import Floats, Image, Mask, to_depth, to_float

RING: Final = 24
"""Grain is measured in the known pixels at most this far from the hole."""
FLAT_SHARE: Final = 0.5
"""Share of each tone's pixels, the flattest, that is measured; edges would pass for grain."""
FEWEST: Final = 64
MOST_TONES: Final = 4
_SMOOTH: Final = 9
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
    """

    tones: Floats
    levels: Floats

    def at(self, brightness: Floats) -> Floats:
        """Return (..., 3), the deviation expected at each brightness (...)."""
        channels = [np.interp(brightness, self.tones, level) for level in self.levels.T]
        return np.stack(channels, axis=-1).astype(np.float32)


def measure_grain(window: Image, hole: Mask, ring: int = RING) -> Grain:
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
    image = to_float(window)
    near = _ring(hole, ring)
    if near.sum() < FEWEST:
        return Grain(np.zeros(1, np.float32), np.zeros((1, 3), np.float32))
    smooth = cv2.GaussianBlur(image, (_SMOOTH, _SMOOTH), 2.0)
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    fine = _fine(image)
    return _by_tone(smooth[near].mean(axis=1), slope[near].sum(axis=1), fine[near])


def _fine(image: Floats) -> Floats:
    found = cv2.filter2D(image, cv2.CV_32F, _GRAIN, borderType=cv2.BORDER_REFLECT)
    return np.asarray(found, np.float32)


def _ring(hole: Mask, width: int) -> Mask:
    """Return the known pixels to measure: no filter there may see what is being removed."""
    if not hole.any():
        return ~hole
    distance = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_C, 3)
    outside = distance > _SMOOTH // 2 + 1
    near = outside & (distance <= _SMOOTH // 2 + 1 + width)
    return near if near.sum() >= FEWEST else outside


def _by_tone(brightness: Floats, slope: Floats, fine: Floats) -> Grain:
    """Measure (n, 3) grain in equal parts, dark to bright, and in the flattest of each part."""
    order = np.argsort(brightness, kind="stable")
    parts = np.array_split(order, max(1, min(MOST_TONES, len(order) // (8 * FEWEST))))
    tones, levels = [], []
    for part in parts:
        flat = part[slope[part] <= np.quantile(slope[part], FLAT_SHARE)]
        tones.append(brightness[flat].mean())
        levels.append(_MAD * np.median(np.abs(fine[flat]), axis=0))
    return Grain(np.array(tones, np.float32), np.array(levels, np.float32))


def add_grain(fill: Image, hole: Mask, grain: Grain, seed: int) -> Image:
    """Add what noise a fill lacks.

    Where the fill already carries the photo's grain, as copied texture does, nothing is added.
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
    there = cv2.blur(fine * fine, (15, 15), borderType=cv2.BORDER_REFLECT)
    wanted = np.square(grain.at(cv2.GaussianBlur(image, (0, 0), 2.0).mean(axis=2)))
    lacking = np.asarray(np.sqrt(np.maximum(wanted - there, 0)), np.float32)
    noise = np.random.default_rng(seed).standard_normal(image.shape, np.float32)
    out = fill.copy()
    out[hole] = to_depth(image + lacking * noise, fill)[hole]
    return out
