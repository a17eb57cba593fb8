"""How grain is measured and added, against the definitions pixel by pixel."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.detail import add_grain, measure_grain
from engine.detail.grain import FADE, FEWEST, LACKING, MOST_TONES, RING, Grain, finish_grain
from tests.engine.detail.fields import levels_at

H, W = 90, 100
HOLE = np.zeros((H, W), bool)
HOLE[40:52, 44:60] = True


def noisy(seed=1, slope=0.5):
    rng = np.random.default_rng(seed)
    base = 60 + slope * np.arange(W)[None, :, None] + 0.3 * np.arange(H)[:, None, None]
    return np.clip(base + rng.normal(0, 5, (H, W, 3)), 0, 255).round().astype(np.uint8)


def beside(hole, least, most):
    """Return the pixels that lie from ``least`` to ``most`` rows or columns from the hole."""
    out = np.zeros(hole.shape, bool)
    there = np.argwhere(hole)
    for row in range(hole.shape[0]):
        for col in range(hole.shape[1]):
            far = np.abs(there - (row, col)).max(axis=1).min()
            out[row, col] = least <= far <= most
    return out


def fine_of(image):
    """Return how much each pixel differs from its neighbours, as (Immerkaer 1996) weighs them."""
    wide = np.pad(image, ((1, 1), (1, 1), (0, 0)), "symmetric")
    weights = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]]) / 6
    out = np.zeros(image.shape)
    for dy in range(3):
        for dx in range(3):
            out += weights[dy, dx] * wide[dy : dy + image.shape[0], dx : dx + image.shape[1]]
    return out


def measured(window, near):
    """Return the tones, the levels and the likeness that the definition says."""
    image = window / np.iinfo(window.dtype).max
    smooth = cv2.GaussianBlur(image.astype(np.float32), (9, 9), 2.0)
    slopes = [cv2.Sobel(smooth, cv2.CV_32F, *d) for d in ((1, 0), (0, 1))]
    slope = np.hypot(*slopes).sum(axis=2)[near]
    bright, fine = smooth.mean(axis=2)[near], fine_of(image)[near]
    order = np.argsort(bright, kind="stable")
    parts = np.array_split(order, max(1, min(MOST_TONES, len(order) // 512)))
    tones, levels, flat = [], [], []
    for part in parts:
        calm = part[slope[part] <= np.quantile(slope[part], 0.5)]
        tones.append(bright[calm].mean())
        levels.append(1.4826 * np.median(np.abs(fine[calm]), axis=0))
        flat.append(fine[calm])
    alike = np.corrcoef(np.concatenate(flat).T).min()
    return tones, levels, min(max(alike, 0), 1)


@pytest.mark.parametrize(("ring", "parts"), [(RING, 4), (4, 1)])
def test_grain_is_measured_in_the_flattest_half_of_each_tone_near_the_hole(ring, parts):
    window = noisy()
    window[..., 1] = window[..., 0] // 2 + window[..., 1] // 2  # two channels are alike
    near = beside(HOLE, 6, 5 + ring)
    found = measure_grain(window, HOLE, ring)
    tones, levels, alike = measured(window, near)
    assert len(tones) == parts
    np.testing.assert_allclose(found.tones, tones, atol=1e-4)
    np.testing.assert_allclose(found.levels, levels, atol=1e-4)
    assert found.alike == pytest.approx(alike, abs=1e-3)


def test_without_a_hole_all_is_measured_and_far_away_where_little_is_near():
    window = noisy()
    np.testing.assert_allclose(
        measure_grain(window, np.zeros_like(HOLE)).levels,
        measured(window, ~np.zeros_like(HOLE))[1],
        atol=1e-4,
    )
    large = np.ones_like(HOLE)
    large[:15] = large[:, :15] = False  # within 5 pixels of it nothing is measured
    near = np.zeros_like(HOLE)
    near[:10] = near[:, :10] = True
    np.testing.assert_allclose(
        measure_grain(window, large, 0).levels, measured(window, near)[1], atol=1e-4
    )


@pytest.mark.parametrize(("rows", "known", "enough"), [(16, 9, True), (21, 8, False)])
def test_too_few_pixels_say_nothing(rows, known, enough):
    hole = np.ones((rows, 40), bool)
    hole[:, :known] = False  # 5 columns of these lie too near
    assert (rows * (known - 5) >= FEWEST) is enough
    assert bool(measure_grain(noisy()[:rows, :40], hole).levels.any()) is enough


@pytest.mark.parametrize(("rows", "near"), [(FEWEST, True), (FEWEST - 1, False)])
def test_a_ring_of_too_few_pixels_is_widened(rows, near):
    window, hole = noisy()[:rows], np.zeros((rows, W), bool)
    hole[:, :10] = True
    seen = np.zeros_like(hole)
    seen[:, 15 : 16 if near else W] = True
    found = measure_grain(window, hole, 1)
    np.testing.assert_allclose(found.levels, measured(window, seen)[1], atol=1e-4)


def test_between_two_tones_the_level_lies_between():
    grain = Grain(
        np.array([0.2, 0.6], np.float32), np.array([[1, 2, 3], [3, 6, 5]], np.float32) / 255
    )
    found = levels_at(grain, np.array([0.1, 0.3, 0.9], np.float32)) * 255
    np.testing.assert_allclose(found, [[1, 2, 3], [1.5, 3, 3.5], [3, 6, 5]], atol=1e-5)


@pytest.mark.parametrize("alike", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_what_grain_is_added_is_what_lacks(alike, kind):
    most = np.iinfo(kind).max
    rng = np.random.default_rng(7)
    own = np.linspace(0, 6, W)[None, :, None] * rng.normal(0, 1, (H, W, 3))
    fill = ((120 + own) / 255 * most).round().astype(kind)
    levels = np.array([[4, 5, 6]], np.float32) / 255
    grain = Grain(np.array([0.5], np.float32), levels, alike)
    out = add_grain(fill, HOLE, grain, 9)
    assert (out[~HOLE] == fill[~HOLE]).all()
    image = fill / most
    fine = fine_of(image)
    wide = np.pad(fine**2, ((7, 7), (7, 7), (0, 0)), "symmetric")
    chance = np.random.default_rng(9)
    apart = chance.standard_normal((H, W, 3), np.float32)
    shared = chance.standard_normal((H, W), np.float32)
    for row, col in np.argwhere(HOLE)[::7]:
        there = wide[row : row + 15, col : col + 15].mean(axis=(0, 1))
        share = np.sqrt(there) / levels[0]
        lacks = np.sqrt(np.maximum(levels[0] ** 2 - there, 0))
        lacks = lacks * np.clip((LACKING - share) / FADE, 0, 1)
        noise = np.sqrt(1 - alike) * apart[row, col] + np.sqrt(alike) * shared[row, col]
        wanted = np.clip(image[row, col] + lacks * noise, 0, 1) * most
        np.testing.assert_allclose(out[row, col], wanted, atol=0.51 + most * 1e-5)


def test_no_grain_is_none_and_every_tile_draws_its_own():
    fill = np.full((700, 40, 3), 120, np.uint8)
    hole = np.zeros((700, 40), bool)
    hole[20:680, 10:30] = True
    none = Grain(np.array([0.5], np.float32), np.zeros((1, 3), np.float32))
    assert (add_grain(fill, hole, none, 1) == fill).all()
    assert (finish_grain(fill, hole, none, 1) == fill).all()
    grain = Grain(np.array([0.5], np.float32), np.full((1, 3), 5 / 255, np.float32))
    assert (finish_grain(fill, np.zeros_like(hole), grain, 1) == fill).all()
    out = finish_grain(fill, hole, grain, 1).astype(int) - 120
    assert (out[~hole] == 0).all()
    assert out[hole].std() == pytest.approx(5, rel=0.1)
    rows = out[20:680, 10:30].reshape(660, -1)
    assert len(np.unique(rows, axis=0)) == 660  # no tile repeats another
    other = finish_grain(fill, hole, grain, 2).astype(int) - 120
    assert (other != out).any()
