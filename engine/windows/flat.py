"""A plane seen at a slant, laid flat: what repeats on it repeats by plain shifts then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from engine.arrays import AnyArray, Floats
from engine.geometry import Box

NEAREST: Final = 2.5
"""Parts of a plane are shown that are up to so many times as near as its middle."""
FARTHEST: Final = 0.6
"""And no further away than this: laid flat they would be a blur."""


@dataclass(frozen=True)
class Plane:
    """Say how a plane is seen.

    A point ``at`` + d lies flat at d / (1 + tilt . d), so nothing changes size in the middle.

    Attributes:
        at: x, y of its middle.
        tilt: x, y, per pixel; its vanishing line is where 1 + tilt . d is 0.
    """

    at: tuple[float, float]
    tilt: tuple[float, float]

    def near(self, points: np.ndarray) -> np.ndarray:
        """Return (n,), how much nearer than the middle points (n, 2) are; 0 is the horizon."""
        return np.asarray(1 + (points - np.array(self.at)) @ np.array(self.tilt))

    def holds(self, box: Box) -> bool:
        """Tell whether all of a box is near enough, and not too near, to be shown laid flat."""
        near = self.near(_corners(box))
        return bool((near > FARTHEST).all() and (near < NEAREST).all())

    def flat(self, points: np.ndarray) -> np.ndarray:
        """Return where points (n, 2) this side of the horizon lie flat, from the middle."""
        return np.asarray((points - np.array(self.at)) / self.near(points)[:, None])

    def scaled(self, at: np.ndarray, step: float) -> Plane:
        """Return it in a picture whose pixels are so many times smaller, its middle at ``at``."""
        return Plane((float(at[0]), float(at[1])), (self.tilt[0] / step, self.tilt[1] / step))


class Flat:
    """Lay a part of a picture flat, and what was made of it back again.

    Attributes:
        box: what it shows, in flat pixels from the plane's middle.
    """

    def __init__(self, plane: Plane, part: Box):
        """Choose what to show of ``part``, which is in the plane's pixels and holds its middle."""
        corners = _corners(part)
        self._plane, self._part = plane, part
        shown = _cut(corners, plane.near(corners) - FARTHEST)
        shown = _cut(shown, NEAREST - plane.near(shown))
        flat = plane.flat(shown)
        low, high = np.floor(flat.min(axis=0)), np.ceil(flat.max(axis=0))
        self.box = Box(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1)

    @property
    def _matrix(self) -> np.ndarray:
        """Return (3, 3), from pixels of the flat picture to pixels of the part."""
        (x, y), (a, b) = self._plane.at, self._plane.tilt
        x, y = x - self._part.left, y - self._part.top
        seen = np.array([[1 - x * a, -x * b, x], [-y * a, 1 - y * b, y], [-a, -b, 1]])
        corner = np.array([[1, 0, self.box.left], [0, 1, self.box.top], [0, 0, 1.0]])
        return np.asarray(seen @ corner)

    def lay(self, values: AnyArray, kind: int = cv2.INTER_LANCZOS4) -> AnyArray:
        """Return a picture of the part (h, w, ...) laid flat, its border going on."""
        size = self.box.width, self.box.height
        flags = kind | cv2.WARP_INVERSE_MAP
        border = cv2.BORDER_REPLICATE
        return np.asarray(
            cv2.warpPerspective(values, self._matrix, size, flags=flags, borderMode=border)
        )

    def shown(self) -> Floats:
        """Return (h, w) float32, 1 where a flat pixel shows one of the part, else 0."""
        size = self.box.width, self.box.height
        whole = np.ones((self._part.height, self._part.width), np.uint8)
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        inside = cv2.warpPerspective(whole, self._matrix, size, flags=flags)
        a, b = self._plane.tilt
        x = a * np.arange(self.box.left, self.box.right, dtype=np.float32)
        y = b * np.arange(self.box.top, self.box.bottom, dtype=np.float32)
        far = 1 - x - y[:, None]
        there = (inside > 0) & (far <= 1 / FARTHEST) & (far >= 1 / NEAREST)
        return np.asarray(there, np.float32)

    def back(self, values: AnyArray, kind: int = cv2.INTER_LANCZOS4) -> AnyArray:
        """Return a flat picture as it is seen in the part; nonsense beyond what it shows."""
        size = self._part.width, self._part.height
        border = cv2.BORDER_REPLICATE
        return np.asarray(
            cv2.warpPerspective(values, self._matrix, size, flags=kind, borderMode=border)
        )


def _corners(box: Box) -> np.ndarray:
    """Return (4, 2) x, y, the outer corners of a box's pixels, one after the other."""
    left, top, right, bottom = np.array(box) - 0.5
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _cut(corners: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return the corners of the part of a polygon where ``inside``, linear, is not negative."""
    found = []
    for i in range(len(corners)):
        a, b = inside[i - 1], inside[i]
        if (a >= 0) != (b >= 0):
            found.append(corners[i - 1] + a / (a - b) * (corners[i] - corners[i - 1]))
        if b >= 0:
            found.append(corners[i])
    return np.array(found)
