"""How alike the channels' grain is, measured and made; and where nothing is to be added."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detail import add_grain, measure_grain
from engine.detail.grain import FADE, LACKING, Grain
from tests.engine.detail.fields import levels_at

HOLE = np.zeros((160, 160), bool)
HOLE[40:120, 40:120] = True


def noise(alike: float, sigma: float, seed: int = 0) -> np.ndarray:
    """Return (160, 160, 3) noise whose channels are correlated."""
    rng = np.random.default_rng(seed)
    own, common = rng.standard_normal((160, 160, 3)), rng.standard_normal((160, 160, 1))
    return sigma * (np.sqrt(1 - alike) * own + np.sqrt(alike) * common)


def sixteen_bits(values: np.ndarray) -> np.ndarray:
    return np.rint((128 + values) * 257).astype(np.uint16)


@pytest.mark.parametrize("alike", [0.0, 0.3, 0.7, 1.0])
def test_how_alike_channels_are_is_measured(alike):
    found = measure_grain(sixteen_bits(noise(alike, 5)), HOLE).alike
    assert found == pytest.approx(alike, abs=0.05)
    assert 0 <= found <= 1


def test_channels_that_oppose_each_other_are_not_alike():
    values = noise(1.0, 5)
    values[..., 2] *= -1
    assert measure_grain(sixteen_bits(values), HOLE).alike == 0


@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
def test_noise_is_made_as_alike_as_it_was_measured(alike):
    flat = np.full((160, 160, 3), 30000, np.uint16)
    grain = Grain(np.array([0.5], np.float32), np.full((1, 3), 5 / 255, np.float32), alike)
    added = (add_grain(flat, HOLE, grain, 3).astype(float) - flat)[HOLE] / 257
    assert added.std(axis=0) == pytest.approx([5, 5, 5], rel=0.05)
    found = np.corrcoef(added.T)[np.triu_indices(3, 1)]
    assert found == pytest.approx([alike] * 3, abs=0.04)


def test_grain_is_independent_unless_measured_otherwise():
    assert Grain(np.zeros(1, np.float32), np.ones((1, 3), np.float32)).alike == 0


def lacking(share: float) -> float:
    """Return how much is added to a fill with so much of the grain, as a share of it."""
    fill = sixteen_bits(noise(0, 5 * share))
    grain = Grain(np.array([0.5], np.float32), np.full((1, 3), 5 / 255, np.float32))
    added = (add_grain(fill, HOLE, grain, 3).astype(float) - fill)[HOLE]
    return float(added.std() / 257 / 5)


def test_a_fill_that_has_most_of_the_grain_gets_none_and_a_clean_one_all():
    assert lacking(0.0) == pytest.approx(1, rel=0.05)
    assert lacking(LACKING - FADE - 0.15) == pytest.approx(np.sqrt(1 - 0.45**2), rel=0.1)
    assert lacking(0.97) < 0.02


def test_expected_grain_lies_between_the_tones_that_were_measured():
    levels = np.array([[1, 2, 3], [3, 2, 1]], np.float32)
    grain = Grain(np.array([0.2, 0.6], np.float32), levels)
    found = levels_at(grain, np.array([0.0, 0.2, 0.3, 0.6, 1.0], np.float32))
    wanted = [[1, 2, 3], [1, 2, 3], [1.5, 2, 2.5], [3, 2, 1], [3, 2, 1]]
    np.testing.assert_allclose(found, wanted, atol=1e-6)
