"""Grain measured on noise of known strength, and added only where it lacks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.detail import add_grain, measure_grain, transfer_detail
from engine.detail.grain import finish_grain, measure_around
from tests.engine.detail.fields import levels_at

HOLE = np.zeros((160, 160), bool)
HOLE[50:110, 45:120] = True


def scene() -> np.ndarray:
    """Return (160, 160, 3) float64 in [0, 255]: a slope, an edge, some shapes."""
    y, x = np.mgrid[:160, :160]
    picture = 90 + 0.2 * x + 0.1 * y
    picture[:, 130:] += 50
    cv2.circle(picture, (30, 30), 14, 200, -1)
    return np.repeat(picture[..., None], 3, axis=2)


def noisy(sigma: tuple[float, ...], unit: int = 1) -> np.ndarray:
    noise = np.random.default_rng(5).standard_normal((160, 160, 3)) * sigma
    values = np.rint((scene() + noise) * unit)
    return values.astype(np.uint8 if unit == 1 else np.uint16)


@pytest.mark.parametrize("unit", [1, 257])
@pytest.mark.parametrize("sigma", [(3, 4, 6), (8, 8, 12)])
def test_the_level_is_right_within_a_tenth_for_each_channel(sigma, unit):
    grain = measure_grain(noisy(sigma, unit), HOLE)
    assert grain.levels.mean(axis=0) * 255 == pytest.approx(sigma, rel=0.1)


def test_what_is_in_the_hole_does_not_count():
    a = noisy((4, 4, 4))
    b = a.copy()
    b[HOLE] = np.random.default_rng(0).integers(0, 255, (HOLE.sum(), 3))
    assert (measure_grain(a, HOLE).levels == measure_grain(b, HOLE).levels).all()


def test_bright_noise_is_told_from_dark():
    picture = np.full((160, 160, 3), 40.0)
    picture[:80] = 180
    noise = np.random.default_rng(3).standard_normal(picture.shape)
    noise[:80] *= 9
    noise[80:] *= 3
    grain = measure_grain((picture + noise).round().astype(np.uint8), HOLE)
    dark, bright = levels_at(grain, np.array([40, 180], np.float32) / 255) * 255
    assert dark == pytest.approx([3, 3, 3], rel=0.15)
    assert bright == pytest.approx([9, 9, 9], rel=0.15)


@pytest.mark.parametrize("unit", [1, 257])
def test_a_clean_fill_gets_the_grain_of_the_photo(unit):
    photo = noisy((5, 5, 5), unit)
    fill = photo.copy()
    fill[HOLE] = (scene()[HOLE] * unit).astype(photo.dtype)
    grainy = add_grain(fill, HOLE, measure_grain(photo, HOLE), seed=1)
    assert grainy.dtype == photo.dtype
    assert (grainy[~HOLE] == photo[~HOLE]).all()
    inner = cv2.erode(HOLE.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    added = (grainy.astype(float) - fill)[inner] / unit
    assert added.std() == pytest.approx(5, rel=0.1)
    assert (grainy == add_grain(fill, HOLE, measure_grain(photo, HOLE), seed=1)).all()


def test_a_fill_with_its_own_grain_gets_little():
    photo = noisy((6, 6, 6))
    added = add_grain(photo, HOLE, measure_grain(photo, HOLE), seed=1).astype(float) - photo
    assert added[HOLE].std() < 2.5


def test_a_window_without_known_pixels_has_no_grain():
    photo = noisy((6, 6, 6))
    everywhere = np.ones_like(HOLE)
    grain = measure_grain(photo, everywhere)
    assert not grain.levels.any()
    assert (add_grain(photo, everywhere, grain, 0) == photo).all()


def sky(sigma: float, side: int = 200) -> np.ndarray:
    """Return (side, side, 3) uint8, a smooth gradient with noise."""
    slope = 120 + np.linspace(0, 40, side)[:, None, None] * np.ones((1, side, 3))
    noise = sigma * np.random.default_rng(3).standard_normal(slope.shape)
    return np.clip(np.rint(slope + noise), 0, 255).astype(np.uint8)


def round_hole(side: int = 200, radius: int = 30) -> np.ndarray:
    y, x = np.mgrid[:side, :side] - side // 2
    return y**2 + x**2 <= radius**2


@pytest.mark.parametrize("sigma", [3.0, 7.0])
@pytest.mark.parametrize("guided", [True, False])
def test_a_noisy_sky_is_filled_as_noisy_as_it_is(sigma, guided):
    window, hole = sky(sigma), round_hole()
    guide = np.full((50, 50, 3), 140 / 255, np.float32) if guided else None
    fill = transfer_detail(window, hole, guide, 1)
    # how noisy: the same measure in the fill as in the ring around it
    inside = measure_grain(fill, ~round_hole(radius=22)).levels.mean()
    ring = measure_grain(window, hole).levels.mean()
    assert inside == pytest.approx(ring, rel=0.2)


def test_a_soft_fill_of_a_large_hole_gets_grain_tile_by_tile():
    window, hole = sky(5.0, 700), round_hole(700, 300)
    soft = window.copy()
    soft[hole] = sky(0.0, 700)[hole]
    grain = measure_around(window, hole, ~hole)
    out = finish_grain(soft, hole, grain, 4)
    assert (out[~hole] == soft[~hole]).all()
    assert (out == finish_grain(soft, hole, grain, 4)).all()
    noise = out.astype(float) - soft
    assert noise[hole].std() == pytest.approx(5, rel=0.2)
    quarters = [noise[:350, :350], noise[:350, 350:], noise[350:, :350], noise[350:, 350:]]
    assert all(np.abs(quarter).max() > 0 for quarter in quarters)


def test_a_photo_without_noise_gets_none():
    window, hole = sky(0.0), round_hole()
    assert measure_around(window, hole, ~hole).levels.max() < 0.5 / 255
    flat = np.full((120, 120, 3), 90, np.uint8)
    hole = round_hole(120, 20)
    assert (finish_grain(flat, hole, measure_around(flat, hole, ~hole), 1) == flat).all()


def test_a_grey_photo_stays_grey():
    window = np.repeat(sky(6.0)[..., :1], 3, axis=2)
    hole = round_hole()
    soft = window.copy()
    soft[hole] = 140
    out = finish_grain(soft, hole, measure_around(window, hole, ~hole), 2)
    assert (out[hole] != 140).mean() > 0.5
    assert np.ptp(out.astype(int), axis=2).max() <= 1
