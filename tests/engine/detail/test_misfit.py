"""How unlike a picture and its shifted self are, and which shifts count as a pattern."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.detail.matcher import Matcher
from engine.detail.periods import around, misfit, near, shifts
from engine.detail.pyramid import Level
from engine.detail.repeats import find

SIDE = 60


def pattern(period: tuple[int, int], seed: int = 0) -> np.ndarray:
    """Return (SIDE, SIDE) float32 of mean 0 that repeats by so many rows and columns."""
    tile = np.random.default_rng(seed).normal(0, 0.2, period)
    tile = np.tile(tile, (SIDE // period[0] + 1, SIDE // period[1] + 1))[:SIDE, :SIDE]
    return (tile - tile.mean()).astype(np.float32)


@pytest.mark.parametrize("shift", [(8, 0), (0, -12), (16, 12)])
def test_a_shift_by_periods_fits_and_another_does_not(shift):
    fine, known = pattern((8, 12)), np.ones((SIDE, SIDE), np.float32)
    inner = np.s_[24:36, 24:36]
    assert misfit(fine, known, np.array(shift), 7, 0.0)[inner].max() < 1e-4
    off = np.array(shift) + np.array([3, 5])
    assert misfit(fine, known, off, 7, 0.0)[inner].min() > 0.5


def test_a_misfit_is_the_share_of_power_that_differs():
    """1 of unlike noise; half of it where half of the power is alike."""
    rng = np.random.default_rng(0)
    known = np.ones((SIDE, SIDE), np.float32)
    noise = rng.normal(0, 0.1, (SIDE, SIDE)).astype(np.float32)
    alone = misfit(noise, known, np.array([7, 4]), 13, 0.0)[20:40, 20:40]
    assert alone.mean() == pytest.approx(1, abs=0.1)
    same = pattern((7, 4)) / pattern((7, 4)).std() * noise.std()
    mixed = misfit(same + noise, known, np.array([7, 4]), 13, 0.0)[20:40, 20:40]
    assert mixed.mean() == pytest.approx(0.5, abs=0.1)


def test_faint_detail_is_unlike_whatever_it_is():
    fine, known = pattern((8, 12)), np.ones((SIDE, SIDE), np.float32)
    power = float(np.square(fine).mean())
    inner = np.s_[24:36, 24:36]
    found = [misfit(fine, known, np.array([8, 0]), 7, share * power)[inner] for share in (1, 10)]
    assert found[0].mean() == pytest.approx(0.5, abs=0.05)
    assert found[1].mean() == pytest.approx(10 / 11, abs=0.05)


def test_only_pairs_of_known_pixels_count():
    fine, known = pattern((8, 12)), np.ones((SIDE, SIDE), np.float32)
    known[20:40, 20:40] = 0
    spoilt = fine.copy()
    spoilt[20:40, 20:40] = 5
    found = misfit(spoilt, known, np.array([8, 0]), 5, 0.0)
    seen = np.isfinite(found)
    assert found[seen].max() < 1e-3
    assert not seen[30, 30]  # nothing known around it
    assert seen[10, 10]
    assert not seen[-1, -1] or found[-1, -1] < 1e-3


def test_the_square_around_is_a_mean_of_means():
    values = np.zeros((31, 31), np.float32)
    values[15, 15] = 1
    found = around(values, 5)
    tent = np.array([1, 2, 3, 4, 5, 4, 3, 2, 1]) / 25
    np.testing.assert_allclose(found[11:20, 11:20], np.outer(tent, tent), atol=1e-7)
    assert found.sum() == pytest.approx(1)


def test_the_surroundings_of_a_hole_speak_for_it_and_the_hole_does_not():
    hole = np.zeros((120, 120), bool)
    hole[50:60, 52:70] = True
    for depth, reach in ((2.0, 12), (9.0, 18)):
        square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
        wanted = (cv2.dilate(hole.astype(np.uint8), square) > 0) & ~hole
        assert (near(hole, depth) == wanted).all()


@pytest.mark.parametrize("period", [(8, 12), (12, 10), (9, 7)])
def test_the_shifts_of_a_pattern_are_its_periods(period):
    found = shifts(pattern(period), np.ones((SIDE, SIDE), np.float32))
    assert len(found)
    assert all(dy % period[0] == 0 and dx % period[1] == 0 for dy, dx in found)
    assert np.hypot(*found.T).min() <= max(period)


def test_noise_and_a_flat_picture_have_no_shifts():
    noise = np.random.default_rng(1).normal(0, 0.2, (SIDE, SIDE)).astype(np.float32)
    whole = np.ones((SIDE, SIDE), np.float32)
    for fine, weight in ((noise, whole), (noise * 0, whole), (pattern((8, 12)), whole * 0)):
        assert shifts(fine, weight).shape == (0, 2)


def test_in_a_slanted_pattern_patches_come_from_along_the_slant():
    """By 8 rows and 4 columns it repeats, by 8 rows and 4 columns the other way it does not."""
    side = 96
    y, x = np.mgrid[:side, :side]
    tile = np.random.default_rng(2).uniform(0.2, 0.8, (8, 12, 3))
    image = tile[y % 8, (x - 4 * (y // 8)) % 12].astype(np.float32)
    hole = np.zeros((side, side), bool)
    hole[40:52, 42:56] = True
    image[hole] = 0
    matcher = Matcher(Level(image, hole, ~hole))
    repeats = find(matcher)
    assert repeats is not None
    places, misfit = repeats.places(None)
    assert np.isfinite(misfit).all()
    assert misfit.max() < 0.2
    down, right = places // side - matcher.rows, places % side - matcher.cols
    assert (down % 8 == 0).all()
    assert ((right - 4 * (down // 8)) % 12 == 0).all()
    assert (matcher.valid[places]).all()
