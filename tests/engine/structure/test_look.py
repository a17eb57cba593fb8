"""What is seen of a hole: means of cells, the hole's cells, distances, and places in the photo."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.structure import look as look_module
from engine.structure.look import LARGEST, NEAREST, levels, look_at, look_in

WEIGHTS = np.array([0.299, 0.587, 0.114])


def noise(h, w, kind=np.uint8):
    return np.random.default_rng(6).integers(0, np.iinfo(kind).max + 1, (h, w, 3), kind)


def hole(h, w, box):
    mask = np.zeros((h, w), bool)
    mask[box.slices] = True
    return mask


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("step", [1, 3])
def test_a_look_shows_mean_brightness_and_every_cell_that_holds_a_hole(kind, step, monkeypatch):
    monkeypatch.setattr(look_module, "_BAND", 12)  # several bands, the last one cut
    photo, mask = noise(50, 41, kind), hole(50, 41, Box(17, 20, 24, 23))
    box = Box(2, 3, 39, 49)
    look = look_in(photo, mask, box, step)
    bright = (photo / np.iinfo(kind).max @ WEIGHTS)[box.slices]
    rows, cols = -(-46 // step), -(-37 // step)
    assert look.grey.shape == look.hole.shape == look.away.shape == (rows, cols)
    for r in range(rows):
        for c in range(cols):
            ys = [min(r * step + i, 45) for i in range(step)]
            xs = [min(c * step + i, 36) for i in range(step)]
            part = mask[box.slices][np.ix_(ys, xs)]
            assert look.hole[r, c] == part.any()
            if not part.any():
                wanted = bright[np.ix_(ys, xs)].mean()
                assert look.grey[r, c] == pytest.approx(wanted, abs=1e-3)


def test_the_hole_shows_the_nearest_known_brightness():
    photo, mask = noise(30, 30), hole(30, 30, Box(10, 8, 21, 19))
    look = look_in(photo, mask, Box.of(mask), 1)
    known = np.argwhere(~mask)
    for row, col in np.argwhere(mask):
        far = np.hypot(*(known - (row, col)).T)
        near = {round(float(look.grey[r, c]), 5) for r, c in known[far < far.min() + 0.5]}
        assert round(float(look.grey[row, col]), 5) in near
        assert look.away[row, col] == 0
    for row, col in [(0, 0), (8, 5), (29, 29), (19, 12)]:
        far = np.hypot(*(np.argwhere(mask) - (row, col)).T).min()
        assert look.away[row, col] == pytest.approx(far, rel=0.06)


def test_where_all_or_nothing_is_hole_the_brightness_stays():
    photo = noise(9, 9)
    for mask in (np.zeros((9, 9), bool), np.ones((9, 9), bool)):
        look = look_in(photo, mask, Box.of(mask), 1)
        np.testing.assert_allclose(look.grey, photo / 255 @ WEIGHTS, atol=1e-5)


def test_places_of_a_look_are_middles_of_cells_in_the_photo():
    look = look_in(noise(60, 60), hole(60, 60, Box(30, 30, 40, 40)), Box(12, 6, 51, 54), 3)
    # cell (0, 0) holds the pixels 12..14, 6..8
    np.testing.assert_allclose(look.to_photo(np.array([0.0, 0.0])), [13, 7])
    np.testing.assert_allclose(look.to_photo(np.array([[2.0, 1.0]])), [[19, 10]])
    at = np.array([[3.25, 7.5], [0, 0], [20, 11]])
    np.testing.assert_allclose(look.from_photo(look.to_photo(at)), at)


def test_a_hole_is_looked_at_from_as_far_away_as_it_is_long():
    photo, mask = np.zeros((700, 900, 3), np.uint8), hole(700, 900, Box(400, 300, 420, 310))
    look = look_at(photo, mask, Box(400, 300, 420, 310))
    assert look.box == Box(400 - NEAREST, 300 - NEAREST, 420 + NEAREST, 310 + NEAREST)
    assert look.step == 1
    tall = look_at(photo, mask, Box(400, 300, 420, 450))
    assert tall.box == Box(250, 150, 570, 600)
    wide = look_at(photo, mask, Box(300, 300, 450, 320))
    assert wide.box == Box(150, 150, 600, 470)


@pytest.mark.parametrize(("side", "step"), [(300, 1), (301, 2), (600, 2), (601, 3)])
def test_a_large_hole_is_looked_at_reduced(side, step):
    assert LARGEST == 3 * 300
    shape = (1900, 700)
    box = Box(100, 600, 110, 600 + side)
    mask = hole(*shape, box)
    assert look_at(np.zeros((*shape, 3), np.uint8), mask, box).step == step


def test_brightness_becomes_the_nearest_byte():
    grey = np.array([-0.1, 0.0, 0.4 / 255, 0.6 / 255, 0.5, 254.6 / 255, 1.0, 1.2], np.float32)
    assert levels(grey).tolist() == [0, 0, 0, 1, 128, 255, 255, 255]
    assert levels(grey).dtype == np.uint8
