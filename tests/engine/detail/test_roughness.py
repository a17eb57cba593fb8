"""What is wanted of a hole is as rough as what is around it."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detail import transfer_detail
from engine.detail.descriptors import describe
from engine.detail.roughness import WEIGHT, roughness


def noisy(side: int, deviation: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (0.5 + deviation * rng.standard_normal((side, side, 3))).astype(np.float32)


def square_hole(side: int, width: int) -> np.ndarray:
    hole = np.zeros((side, side), bool)
    first = (side - width) // 2
    hole[first : first + width, first : first + width] = True
    return hole


def measured(image: np.ndarray, hole: np.ndarray) -> np.ndarray:
    image = np.where(hole[..., None], 0, image).astype(np.float32)
    return roughness(describe(image), hole).reshape(hole.shape) / WEIGHT


def test_it_is_the_strength_of_the_waves():
    found = measured(noisy(64, 0.05), np.zeros((64, 64), bool))
    # 15 waves of white noise, each with its deviation
    assert found[16:-16, 16:-16].mean() == pytest.approx(0.05 * np.sqrt(15), rel=0.1)


def test_the_hole_gets_that_of_its_rim_and_nothing_of_what_is_in_it():
    hole = square_hole(96, 40)
    found = measured(noisy(96, 0.05), hole)
    assert found[hole].mean() == pytest.approx(found[~hole].mean(), rel=0.1)
    assert found[hole].max() < 1.3 * found[~hole].max()


def test_between_rough_and_smooth_it_changes_gradually():
    image = noisy(96, 0.01)
    image[:, :48] = noisy(96, 0.08)[:, :48]
    found = measured(image, square_hole(96, 40))
    middle = found[48, 30:66]
    assert middle[0] > 3 * middle[-1]
    assert (np.diff(middle[::6]) < 0).all()


def test_a_picture_all_hole_or_flat_is_not_rough():
    assert (measured(noisy(16, 0.1), np.ones((16, 16), bool)) == 0).all()
    assert measured(np.full((32, 32, 3), 0.5, np.float32), square_hole(32, 8)).max() < 1e-3


def test_a_rough_place_is_filled_from_rougher_ones_than_fit_its_soft_estimate(monkeypatch):
    picture = noisy(128, 0.09)
    picture[:40] = noisy(128, 0.045)[:40]
    window = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    hole = np.zeros((128, 128), bool)
    hole[70:110, 44:84] = True
    guide = np.full((32, 32, 3), 0.5, np.float32)
    monkeypatch.setattr("engine.detail.grain.LACKING", -1.0)
    with_it = transfer_detail(window, hole, guide, 0)[hole].std()
    monkeypatch.setattr("engine.detail.roughness.WEIGHT", 0.0)
    without = transfer_detail(window, hole, guide, 0)[hole].std()
    assert with_it > 1.1 * without
