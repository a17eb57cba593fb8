"""The smoothest surface through given values, found by conjugate gradients, coarse to fine."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.arrays import Floats, Mask
from engine.detail.loops import solver
from engine.geometry import Box
from engine.running.parallel import for_each

HALVED: Final = 20_000
"""Channels of so many pixels or more are worth waking a second thread for."""
_TOLERANCE: Final = 1e-4


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
    box = Box.around(hole)
    if box is None:
        return rim
    if hole.all() and stiffness == 0:
        return np.zeros_like(rim)
    part = box.grow(1).clip(Box.of(hole)).slices
    out, none = rim.copy(), np.zeros_like(rim[part][..., 0])
    inner = np.ascontiguousarray(hole[part])

    def solve(channel: int) -> None:
        own = np.ascontiguousarray(rim[part][..., channel])
        push = none if load is None else np.ascontiguousarray(load[part][..., channel])
        out[part][..., channel] = solver.solve(own, inner, push, stiffness, tolerance)

    for_each(solve, range(rim.shape[2]), inner.size >= HALVED)
    return out
