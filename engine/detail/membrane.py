"""The smoothest surface through given values, found by conjugate gradients, coarse to fine."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from engine.arrays import Floats, Mask
from engine.detail.pyramid import halve

_TOLERANCE: Final = 1e-4
_MOST_STEPS: Final = 200
_TINY: Final = 1e-20
_CROSS: Final = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32)


def membrane(
    rim: Floats,
    hole: Mask,
    load: Floats | None = None,
    stiffness: float = 0.0,
    tolerance: float = _TOLERANCE,
) -> Floats:
    """Solve (4 + stiffness) c = (sum of the four neighbours of c) + load in the hole.

    Args:
        rim: (h, w, C) float32, the values of c outside the hole; ignored inside.
        hole: (h, w) bool. Where it meets the border of the array, c is free there.
        load: (h, w, C) float32, ignored outside the hole; None for none.
        stiffness: 0 for the pure membrane (Laplace's equation).
        tolerance: size of the remaining error relative to that of the task.

    Returns:
        (h, w, C) float32, equal to ``rim`` outside the hole. Without a rim to hold on to and
        without stiffness it is 0.
    """
    channels = range(rim.shape[2])
    rims = [np.ascontiguousarray(rim[..., i]) for i in channels]
    loads = [None if load is None else np.ascontiguousarray(load[..., i]) for i in channels]
    found = [_solved(rims[i], hole, loads[i], stiffness, tolerance) for i in channels]
    return np.stack(found, axis=2)


def _solved(
    rim: Floats, hole: Mask, load: Floats | None, stiffness: float, tolerance: float
) -> Floats:
    """Solve one channel, (h, w)."""
    if not hole.any():
        return rim
    if hole.all() and stiffness == 0:
        return np.zeros_like(rim)
    inner = hole.astype(np.float32)
    fixed = np.where(hole, np.float32(0), rim)
    right = _around(fixed) if load is None else _around(fixed) + load
    start = _coarse_start(fixed, hole, load, stiffness, tolerance)
    solved = _conjugate_gradients(inner, right * inner, start * inner, stiffness, tolerance)
    return np.where(hole, solved, rim)


def _coarse_start(
    fixed: Floats, hole: Mask, load: Floats | None, stiffness: float, tolerance: float
) -> Floats:
    """Solve the task at half the size, as a first guess."""
    share = halve((~hole).astype(np.float32))
    small = share == 0
    if min(hole.shape) < 8 or not small.any() or small.all():
        return np.zeros_like(fixed)
    rim = np.asarray(halve(fixed) / np.maximum(share, 1e-6), np.float32)
    weight = None if load is None else 4 * halve(load * hole)
    found = _solved(rim, small, weight, 4 * stiffness, tolerance)
    size = (hole.shape[1], hole.shape[0])
    return np.asarray(cv2.resize(found, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _conjugate_gradients(
    inner: Floats, right: Floats, x: Floats, stiffness: float, tolerance: float
) -> Floats:
    """Solve for x, which is changed; every array (h, w)."""
    task = -_CROSS
    task[1, 1] = 4 + stiffness
    push = np.empty_like(x)

    def apply_to(v: Floats) -> None:
        """Put (4 + stiffness) v less its neighbours into ``push``; borders as in ``_around``."""
        cv2.filter2D(v, cv2.CV_32F, task, dst=push, borderType=cv2.BORDER_REPLICATE)
        np.multiply(push, inner, out=push)

    apply_to(x)
    rest = right - push
    way, energy = rest.copy(), _dot(rest, rest)
    enough = max(_dot(right, right) * tolerance**2, 1e-12)
    for _ in range(_MOST_STEPS):
        if energy <= enough:
            break
        apply_to(way)
        length = energy / max(_dot(way, push), _TINY)
        cv2.scaleAdd(way, length, x, dst=x)
        cv2.scaleAdd(push, -length, rest, dst=rest)
        before, energy = energy, _dot(rest, rest)
        cv2.scaleAdd(way, energy / max(before, _TINY), rest, dst=way)
    return x


def _dot(a: Floats, b: Floats) -> float:
    return float(np.vdot(a, b))


def _around(v: Floats) -> Floats:
    """Return the sum of the four neighbours; a pixel at the border neighbours itself."""
    return np.asarray(cv2.filter2D(v, cv2.CV_32F, _CROSS, borderType=cv2.BORDER_REPLICATE))
