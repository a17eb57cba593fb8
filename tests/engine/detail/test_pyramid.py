"""Smaller levels of a window: means of what is known, holes that never vanish or bleed."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detail import pyramid
from engine.detail.pyramid import FEWEST_SOURCES, THIN, build, depth_of, halve, patch_centres


def scene(height: int = 96, width: int = 90, depth: int = 20):
    rng = np.random.default_rng(0)
    window = rng.integers(0, 256, (height, width, 3), np.uint8)
    hole = np.zeros((height, width), bool)
    hole[30 : 30 + 2 * depth, 25 : 25 + 2 * depth] = True
    return window, hole, np.ones_like(hole)


@pytest.mark.parametrize("size", [(8, 6), (7, 5)])
def test_halving_averages_and_counts_what_is_missing_as_nothing(size):
    values = np.random.default_rng(1).random((*size, 3)).astype(np.float32)
    found = halve(values)
    whole = np.zeros((-(-size[0] // 2) * 2, -(-size[1] // 2) * 2, 3))
    whole[: size[0], : size[1]] = values
    wanted = whole.reshape(whole.shape[0] // 2, 2, -1, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(found, wanted, atol=1e-6)


@pytest.mark.parametrize("band", [4, 128])
@pytest.mark.parametrize("factor", [1, 2, 3])
def test_the_finest_level_is_the_mean_of_cells_that_are_wholly_known(monkeypatch, factor, band):
    monkeypatch.setattr(pyramid, "_BAND", band)
    window, hole, allowed = scene()
    allowed[:10] = False
    first = build(window, hole, allowed, factor)[0]
    for row in range(first.hole.shape[0]):
        for col in range(first.hole.shape[1]):
            cell = np.s_[factor * row : factor * (row + 1), factor * col : factor * (col + 1)]
            known = not hole[cell].any()
            assert first.hole[row, col] == (not known)
            assert first.allowed[row, col] == (known and allowed[cell].all())
            wanted = window[cell].mean(axis=(0, 1)) / 255 if known else 0
            np.testing.assert_allclose(first.image[row, col], wanted, atol=1e-5)


def test_a_cell_of_a_coarser_level_is_hole_where_less_than_half_is_known():
    window, hole, allowed = scene()
    hole[29, 25:65] = hole[30:70, 65] = True  # odd edges: halves of cells
    first, second = build(window, hole, allowed)[:2]
    for row in range(48):
        for col in range(45):
            cell = np.s_[2 * row : 2 * row + 2, 2 * col : 2 * col + 2]
            free = ~hole[cell]
            assert second.hole[row, col] == (free.mean() < 0.5)
            assert second.allowed[row, col] == free.all()
            wanted = 0.0 if second.hole[row, col] else first.image[cell][free].mean(axis=0)
            np.testing.assert_allclose(second.image[row, col], wanted, atol=1e-5)


@pytest.mark.parametrize(("depth", "levels"), [(3, 1), (4, 1), (5, 2), (8, 2), (9, 3), (16, 3)])
def test_it_stops_where_the_hole_is_thin(depth, levels):
    window, hole, allowed = scene(160, 160, depth)
    found = build(window, hole, allowed)
    assert len(found) == levels
    assert float(depth_of(hole).max()) / 2 ** (levels - 1) <= THIN


def test_it_stops_where_too_few_patches_would_be_left():
    window, hole, allowed = scene(96, 96, 24)
    free = np.zeros_like(allowed)
    free[:24, :26] = True
    levels = build(window, hole, free)
    assert len(levels) == 2
    left = [patch_centres(level.allowed).sum() for level in levels]
    assert left == [20 * 22, 8 * 9]
    assert left[-1] >= FEWEST_SOURCES
    free[:24, :22] = True
    free[:, 22:] = False
    assert len(build(window, hole, free)) == 1  # 8 x 7 would be fewer than 64


def test_patches_fit_wholly_into_what_is_allowed():
    allowed = np.zeros((12, 14), bool)
    allowed[2:8, 3:14] = True
    found = patch_centres(allowed)
    wanted = np.zeros_like(allowed)
    wanted[4:6, 5:12] = True
    assert (found == wanted).all()


def test_the_border_counts_as_known():
    depth = depth_of(np.ones((5, 9), bool))
    assert depth[2, 4] == pytest.approx(3, abs=0.05)
    assert depth[0, 0] == pytest.approx(1, abs=0.05)
    assert depth[2, 0] == pytest.approx(1, abs=0.05)
