"""Rectangles on the pixel grid: half-open boxes and how they grow, clip and meet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.arrays import Mask

T = TypeVar("T", bound=np.generic)


class Box(NamedTuple):
    """Describe the half-open rectangle [left, right) x [top, bottom) in photo pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def of(cls, array: NDArray[np.generic]) -> Box:
        """Return the box that covers a whole array (H, W, ...)."""
        return cls(0, 0, array.shape[1], array.shape[0])

    @classmethod
    def around(cls, mask: Mask) -> Box | None:
        """Return the smallest box that holds every True of ``mask`` (H, W), or None."""
        rows = np.flatnonzero(mask.any(axis=1))
        if rows.size == 0:
            return None
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        cols = np.flatnonzero(mask[top:bottom].any(axis=0))
        return cls(int(cols[0]), top, int(cols[-1]) + 1, bottom)

    @classmethod
    def hull(cls, xs: ArrayLike, ys: ArrayLike, room: float = 0) -> Box:
        """Return the smallest box in whose pixels points lie, and ``room`` to each side of them."""
        (left, right), (top, bottom) = (
            (math.floor(np.min(values) - room), math.floor(np.max(values) + room) + 1)
            for values in (xs, ys)
        )
        return cls(left, top, right, bottom)

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return the number of rows."""
        return self.bottom - self.top

    @property
    def empty(self) -> bool:
        """Tell whether the box holds no pixel."""
        return self.width <= 0 or self.height <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Return the (rows, columns) index of the box into an (H, W, ...) array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def grow(self, pixels: int) -> Box:
        """Return the box moved outward by ``pixels`` on all four sides."""
        return Box(self.left - pixels, self.top - pixels, self.right + pixels, self.bottom + pixels)

    def clip(self, other: Box) -> Box:
        """Return what both boxes share; it may be empty."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def union(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def meets(self, other: Box) -> bool:
        """Tell whether the two boxes share a pixel."""
        across = max(self.left, other.left) < min(self.right, other.right)
        return across and max(self.top, other.top) < min(self.bottom, other.bottom)

    def holds(self, other: Box) -> bool:
        """Tell whether ``other`` lies wholly inside."""
        return self.union(other) == self

    def shift(self, dx: int, dy: int) -> Box:
        """Return the box moved by (dx, dy)."""
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def within(self, other: Box) -> Box:
        """Return the box in coordinates whose origin is ``other``'s left top corner."""
        return self.shift(-other.left, -other.top)


def meeting(boxes: Sequence[Box], others: Sequence[Box]) -> list[Box]:
    """Return those of ``boxes`` that share a pixel with any of ``others``."""
    if not boxes or not others:
        return []
    mine, theirs = np.array(boxes)[:, None], np.array(others)[None]
    begin, end = (
        np.maximum(mine[..., :2], theirs[..., :2]),
        np.minimum(mine[..., 2:], theirs[..., 2:]),
    )
    meet = (begin < end).all(axis=2).any(axis=1)
    return [box for box, does in zip(boxes, meet, strict=True) if does]


def values_at(
    array: NDArray[T], x: NDArray[np.integer], y: NDArray[np.integer]
) -> tuple[NDArray[T], Mask]:
    """Return what an array (H, W, ...) holds at points x, y, and which of them lie in it.

    Of the others it is what the nearest pixel holds.
    """
    h, w = array.shape[:2]
    inside = (x >= 0) & (x < w) & (y >= 0) & (y < h)
    return array[y.clip(0, h - 1), x.clip(0, w - 1)], inside


def union_all(boxes: Iterable[Box]) -> Box:
    """Return the smallest box that holds all ``boxes``; there must be at least one."""
    return reduce(Box.union, boxes)
