"""Membranes against dense linear algebra, and what they do to a fill's tone."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detail import match_rim
from engine.detail.joining.membrane import membrane


def dense(rim: np.ndarray, hole: np.ndarray, load: np.ndarray, stiffness: float) -> np.ndarray:
    """Solve the same task as ``membrane`` as a full float64 system."""
    h, w = hole.shape
    where = np.full((h, w), -1)
    where[hole] = np.arange(hole.sum())
    matrix = np.zeros((hole.sum(), hole.sum()))
    right = load[hole].astype(float)
    for (y, x), n in np.ndenumerate(where):
        if n < 0:
            continue
        for qy, qx in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if not (0 <= qy < h and 0 <= qx < w):
                continue
            matrix[n, n] += 1
            if hole[qy, qx]:
                matrix[n, where[qy, qx]] -= 1
            else:
                right[n] += rim[qy, qx]
        matrix[n, n] += stiffness
    out = rim.astype(float).copy()
    out[hole] = np.linalg.solve(matrix, right)
    return out


@pytest.mark.parametrize("stiffness", [0.0, 0.01])
@pytest.mark.parametrize("at_border", [False, True])
def test_the_membrane_solves_its_equation(stiffness, at_border):
    rng = np.random.default_rng(0)
    hole = np.zeros((34, 41), bool)
    hole[6:25, 8:30] = hole[20:30, 15:20] = True
    if at_border:
        hole[10:20, :] = hole[:, 12:20] = True
    rim = rng.normal(0, 1, (34, 41, 3)).astype(np.float32)
    load = rng.normal(0, 0.1, rim.shape).astype(np.float32)
    found = membrane(rim, hole, load, stiffness, tolerance=1e-5)
    assert np.abs(found - dense(rim, hole, load, stiffness)).max() < 2e-3
    assert (found[~hole] == rim[~hole]).all()


def test_a_membrane_without_a_rim_is_flat():
    rim = np.ones((9, 9, 3), np.float32)
    assert not membrane(rim, np.ones((9, 9), bool)).any()


@pytest.mark.parametrize(("side", "dtype"), [(120, np.uint8), (120, np.uint16), (700, np.uint8)])
def test_a_cast_is_taken_out_and_texture_stays(side, dtype):
    rng = np.random.default_rng(1)
    unit = 257 if dtype == np.uint16 else 1
    photo = (rng.normal(120, 5, (side, side, 3)) * unit).clip(0, 255 * unit).astype(dtype)
    hole = np.zeros((side, side), bool)
    hole[side // 4 : -side // 4, side // 4 : -side // 4] = True
    fill = photo + np.array([20, 0, 9], dtype) * dtype(unit)
    matched = match_rim(fill, photo, hole)
    assert matched.dtype == dtype
    assert (matched[~hole] == photo[~hole]).all()
    left = (matched[hole].astype(float) - photo[hole]) / unit
    assert np.abs(left.mean(axis=0)).max() < 1.5
    assert left.std(axis=0).max() < 2


def test_the_photo_under_the_hole_does_not_matter():
    rng = np.random.default_rng(2)
    photo = rng.integers(90, 110, (40, 40, 3), np.uint8)
    hole = np.zeros((40, 40), bool)
    hole[10:30, 12:28] = True
    other = photo.copy()
    other[hole] = 255
    fill = np.full(photo.shape, 130, np.uint8)
    assert (match_rim(fill, photo, hole) == match_rim(fill, other, hole)).all()


def test_a_hole_without_a_rim_keeps_its_fill():
    fill = np.full((8, 8, 3), 9, np.uint8)
    hole = np.ones((8, 8), bool)
    assert (match_rim(fill, np.zeros_like(fill), hole) == fill).all()
