"""Lay a strip along a line, and find in it the way that is most unlike both its sides."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.arrays import Floats, Pixels
from engine.geometry import Box

ACROSS: Final = 6
"""Values across the width of a line."""
_BESIDE: Final = 5, 8
"""Where, in values from the middle, the ground beside a line is looked at."""
ROOM: Final = 5
"""A strip reaches so many widths to each side."""
BEND: Final = 0.06
"""What a step to the side costs, in shares of the contrast."""
_SEEN: Final = 0.3


@dataclass(frozen=True)
class Place:
    """Describe a line where it is followed.

    Attributes:
        x, y: its middle in photo pixels; (0.5, 0.5) is the middle of the first pixel.
        angle: its direction in radians.
        width: its width in photo pixels.
        contrast: by how many grey levels it differs from the clearer of its sides.
        colour: (3,) unit vector, from the colour of its sides towards its own.
    """

    x: float
    y: float
    angle: float
    width: float
    contrast: float
    colour: tuple[float, float, float]

    def ahead(self, far: float) -> Place:
        """Return the place ``far`` pixels on, straight ahead."""
        x, y = self.x + far * math.cos(self.angle), self.y + far * math.sin(self.angle)
        return replace(self, x=x, y=y)


@dataclass(frozen=True, eq=False)
class Strip:
    """Hold values of a photo along and across a line.

    Attributes:
        values: (n, m, 3) float32 grey levels; n steps along, m across, the line in the middle.
        x, y, angle: where it begins, and its direction.
        step, side: photo pixels between two values, along and across.
    """

    values: Floats
    x: float
    y: float
    angle: float
    step: float
    side: float

    @property
    def length(self) -> float:
        """Return how long it is in photo pixels."""
        return self.step * len(self.values)

    @property
    def middle(self) -> int:
        """Return which value across lies on the line."""
        return int(self.values.shape[1]) // 2

    def bands(self, profile: Floats) -> tuple[Any, Any, Any]:
        """Return the means of a profile (m, ...) on the line, left and right of it."""
        m = self.middle
        near, far = _BESIDE
        own = profile[m - 1 : m + 2].mean(axis=0)
        left = profile[m - far : m - near + 1].mean(axis=0)
        right = profile[m + near : m + far + 1].mean(axis=0)
        return own, left, right

    def places(self, way: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (n, 2) x, y in photo pixels of a way (n,), a value across for each step."""
        along = np.arange(len(way)) * self.step
        across = (way - self.middle) * self.side
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return np.stack(
            [self.x + along * cos - across * sin, self.y + along * sin + across * cos], 1
        )

    def along(self, way: NDArray[np.int64], colour: tuple[float, float, float]) -> Floats:
        """Return (m,) the mean profile of the photo across a way, in the line's own colour."""
        grey = self.values @ np.array(colour, np.float32)
        half = self.middle
        padded = np.pad(grey, ((0, 0), (half, half)), mode="edge")
        rows = [padded[n, at : at + 2 * half + 1] for n, at in enumerate(way)]
        return np.asarray(np.mean(rows, axis=0), np.float32)

    def width_of(self, profile: Floats) -> float:
        """Return how many photo pixels wide a profile's peak is at half its height; 0 if flat."""
        own, left, right = self.bands(profile)
        base, m = max(left, right), self.middle
        above = profile > (own + base) / 2
        if own <= base or not above[m]:
            return 0.0
        off = np.flatnonzero(~above)
        return float(off[off > m][0] - off[off < m][-1] - 1) * self.side


def laid(
    image: Pixels,
    x: float,
    y: float,
    angle: float,
    width: float,
    steps: int,
    *,
    centred: bool = False,
) -> Strip:
    """Return a strip of ``image`` from (x, y) on, or around it, for a line of a ``width``."""
    step, side = max(width / 3, 1.0), width / ACROSS
    half = ROOM * ACROSS
    along = (np.arange(steps) - (steps // 2 if centred else 0)) * step
    across = np.arange(-half, half + 1) * side
    cos, sin = math.cos(angle), math.sin(angle)
    xs = x - 0.5 + along[:, None] * cos - across[None] * sin
    ys = y - 0.5 + along[:, None] * sin + across[None] * cos
    box = Box.hull(xs, ys, 1).clip(Box.of(image))
    values: NDArray[Any] = np.zeros((steps, 2 * half + 1, 3), np.float32)
    if not box.empty:
        scale = np.float32(1 / 257 if image.dtype == np.uint16 else 1)
        part = image[box.slices].astype(np.float32) * scale
        at = (xs - box.left).astype(np.float32), (ys - box.top).astype(np.float32)
        values = cv2.remap(part, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    start = along[0]
    return Strip(
        np.asarray(values, np.float32), x + start * cos, y + start * sin, angle, step, side
    )


def best_way(
    strip: Strip, place: Place, *, free: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the way of most contrast through a strip, and where the line is seen on it.

    Args:
        strip: of the photo.
        place: the line's colour and contrast so far.
        free: the way may begin anywhere near the middle.

    Returns:
        (n,) int64 values across, and (n,) bool.
    """
    gain = _contrast(strip, place.colour) / np.float32(place.contrast)
    score = np.clip(gain, -0.4, 1.0)
    steps, across = score.shape
    total = np.full(across, -np.inf, np.float32)
    start = ACROSS if free else ACROSS // 2
    middle = strip.middle
    total[middle - start : middle + start + 1] = 0
    total += score[0]
    came = np.zeros((steps, across), np.int8)
    for n in range(1, steps):
        moves = np.stack([_shifted(total, move) - BEND * abs(move) for move in (-1, 0, 1)])
        came[n] = moves.argmax(axis=0) - 1
        total = moves.max(axis=0) + score[n]
    way = np.empty(steps, np.int64)
    way[-1] = int(total.argmax())
    for n in range(steps - 1, 0, -1):
        way[n - 1] = way[n] + came[n, way[n]]
    return way, np.asarray(gain[np.arange(steps), way] > _SEEN, np.bool_)


def _contrast(strip: Strip, colour: tuple[float, float, float]) -> Floats:
    """Return (n, m): by how much each value differs from both its sides, in a line's colour."""
    grey = strip.values @ np.array(colour, np.float32)
    own = cv2.blur(grey, (3, 3), borderType=cv2.BORDER_REPLICATE)
    padded = np.pad(own, ((0, 0), (ACROSS, ACROSS)), mode="edge")
    left, right = padded[:, : -2 * ACROSS], padded[:, 2 * ACROSS :]
    return np.asarray(own - np.maximum(left, right), np.float32)


def _shifted(total: Floats, move: int) -> Floats:
    """Return the totals of the values ``move`` to the side."""
    out = np.full_like(total, -np.inf)
    if move < 0:
        out[1:] = total[:-1]
    elif move > 0:
        out[:-1] = total[1:]
    else:
        out[:] = total
    return out
