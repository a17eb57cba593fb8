"""Scaling down ignores the hole; scaling up gives the same pixels in whatever parts it is asked."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.windows import scaling
from engine.windows.canvas import Canvas
from engine.windows.scaling import enlarge, shrink


def canvas_of(height: int, width: int, hole: Box, dtype: type = np.uint8) -> Canvas:
    rng = np.random.default_rng(0)
    image = rng.integers(0, np.iinfo(dtype).max, (height, width, 3), dtype, endpoint=True)
    mask = np.zeros((height, width), bool)
    mask[hole.slices] = True
    return Canvas(image, mask, hole)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("band_pixels", [1, 1 << 20])
def test_a_cell_is_the_mean_of_its_known_pixels(monkeypatch, dtype, band_pixels):
    monkeypatch.setattr(scaling, "BAND_PIXELS", band_pixels)
    canvas = canvas_of(24, 24, Box(5, 3, 14, 17), dtype)
    colour, known = shrink(canvas, Box(0, 0, 24, 24), 8)
    image = canvas.photo / np.iinfo(dtype).max
    for row in range(8):
        for col in range(8):
            cell = np.s_[3 * row : 3 * row + 3, 3 * col : 3 * col + 3]
            free = ~canvas.mask[cell]
            assert known[row, col] == (free.mean() >= 0.5)
            wanted = image[cell][free].mean(axis=0) if known[row, col] else 0
            assert np.allclose(colour[row, col], wanted, atol=1e-5)


def test_what_lies_beyond_the_photo_is_unknown():
    canvas = canvas_of(16, 16, Box(6, 6, 8, 8))
    colour, known = shrink(canvas, Box(-16, 0, 16, 32), 8)
    assert not known[:, :4].any()
    assert not known[4:].any()
    assert not colour[known == 0].any()
    assert known[:4, 4:].any()


def test_a_window_of_the_networks_size_is_not_touched():
    canvas = canvas_of(8, 8, Box(2, 2, 4, 4))
    colour, known = shrink(canvas, Box(0, 0, 8, 8), 8)
    assert np.allclose(colour[known > 0], canvas.photo[~canvas.mask] / 255, atol=1e-6)


def test_parts_are_pieces_of_the_whole():
    values = np.random.default_rng(1).random((6, 6, 3), np.float32)
    whole = enlarge(values, 31, Box(0, 0, 31, 31))
    part = Box(4, 9, 20, 23)
    assert np.array_equal(enlarge(values, 31, part), whole[part.slices])
    assert whole.min() >= 0
    assert whole.max() <= 1


def test_enlarging_to_the_same_size_changes_nothing_and_flat_stays_flat():
    values = np.random.default_rng(1).random((6, 6, 3), np.float32)
    assert np.allclose(enlarge(values, 6, Box(0, 0, 6, 6)), values, atol=1e-6)
    flat = np.full((5, 5, 3), 0.3, np.float32)
    assert np.allclose(enlarge(flat, 40, Box(0, 0, 40, 40)), 0.3, atol=1e-6)


@pytest.mark.parametrize("side", [16, 40, 61])
@pytest.mark.parametrize("corner", [(0, 0), (-9, 20), (30, -5)])
def test_a_hole_is_what_the_network_gets_as_unknown(side, corner):
    mask = np.zeros((60, 70), bool)
    mask[10:40, 22:25] = mask[44:50, 5:50] = True
    box = Box(*corner, corner[0] + side, corner[1] + side)
    photo = np.zeros((60, 70, 3), np.uint8)
    known = scaling.shrink(Canvas(photo, mask, Box.of(mask)), box, 16)[1]
    assert np.array_equal(scaling.unknown_cells(mask, box, 16), known == 0)


def test_beyond_the_photo_all_is_unknown():
    cells = scaling.unknown_cells(np.zeros((4, 4), bool), Box(-4, 0, 4, 8), 8)
    assert cells[:4, 4:].sum() == 0
    assert cells.sum() == 48
