"""Copies stay where they fit the answer; where they do not, the painted picture takes over."""

import numpy as np
import pytest

from engine.detail.joining.fusion import DOUBT, Picture, banded, fused, misfit

SIDE = 48
GRAIN = np.random.default_rng(3).normal(0, 0.05, (SIDE, SIDE, 3)).astype(np.float32)


def hole():
    mask = np.zeros((SIDE, SIDE), bool)
    mask[12:36, 10:38] = True
    return mask


def flat(tone):
    return np.full((SIDE, SIDE, 3), tone, np.float32)


def within(mask, by=8):
    inner = np.zeros_like(mask)
    inner[12 + by : 36 - by, 10 + by : 38 - by] = True
    return inner


def test_the_change_is_the_equation():
    rng = np.random.default_rng(1)
    copy, answer, painted = (rng.random((SIDE, SIDE, 3)).astype(np.float32) for _ in range(3))
    found = fused(copy, hole(), Picture(answer, 4.0), Picture(painted, 2.0))
    m2 = misfit(copy, hole(), Picture(answer, 4.0))
    for y, x in np.ndindex(SIDE, SIDE):
        share = m2[y, x] / (m2[y, x] + DOUBT**2) if hole()[y, x] else 0.0
        truth = share * (painted[y, x] - banded(copy, 2.0)[y, x])
        np.testing.assert_allclose(found[y, x], truth, atol=1e-6)


def test_a_misfit_is_a_mean_of_squares_around():
    copy = flat(0.5)
    copy[hole()] = 0.8
    found = misfit(copy, np.ones_like(hole()), Picture(flat(0.5), 0.5))
    gap = ((copy - 0.5) ** 2).mean(axis=2).astype(float)
    y, x = 30, 34
    rows, cols = np.mgrid[:SIDE, :SIDE]
    weight = np.exp(-((rows - y) ** 2 + (cols - x) ** 2) / (2 * 1.5**2))
    assert found[y, x] == pytest.approx((weight * gap).sum() / weight.sum(), rel=0.02)


def test_copies_that_fit_the_answer_are_left_as_they_are():
    copy = flat(0.4) + GRAIN
    change = fused(copy, hole(), Picture(flat(0.4), 8.0), Picture(flat(0.4), 2.0))
    assert np.abs(change).max() < 0.01


def test_copies_that_do_not_fit_become_the_painted_picture():
    copy = flat(0.1) + GRAIN
    change = fused(copy, hole(), Picture(flat(0.9), 8.0), Picture(flat(0.9), 1.0))
    made = copy + change
    assert np.abs(made[within(hole())] - 0.9).mean() < 0.05
    assert not change[~hole()].any()


def test_bands_finer_than_the_painted_picture_stay_the_copies():
    copy = flat(0.1) + GRAIN
    change = fused(copy, hole(), Picture(flat(0.9), 8.0), Picture(flat(0.9), 8.0))
    made = (copy + change)[within(hole())]
    assert made.mean() == pytest.approx(0.9, abs=0.03)
    assert made.std() > 0.9 * GRAIN.std()


def test_the_share_grows_with_the_misfit_without_a_step():
    shares = []
    for tone in np.linspace(0, 0.4, 9):
        pictures = Picture(flat(0.5 + tone), 1.0), Picture(flat(1.0), 1.0)
        change = fused(flat(0.5), np.ones_like(hole()), *pictures)
        shares.append(change[24, 24, 0] / 0.5)
    assert np.all(np.diff(shares) > 0)
    assert np.diff(shares).max() < 0.35
    assert shares[0] == 0


def test_a_band_is_what_a_smaller_picture_shows():
    rows = np.arange(SIDE, dtype=np.float32)
    wave = np.sin(rows * 2 * np.pi / 24)[:, None, None] * np.ones((1, SIDE, 3), np.float32)
    fine = np.sin(rows * 2 * np.pi / 4)[:, None, None] * np.ones((1, SIDE, 3), np.float32)
    assert np.abs(banded(wave, 2.0)).max() > 0.9
    assert np.abs(banded(fine, 4.0)[8:-8]).max() < 0.1
    assert banded(fine, 1.0) is fine
