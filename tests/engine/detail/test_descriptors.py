"""Distances of descriptors are distances of patches; contrast leaves means alone."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detail.descriptors import GUIDE_WEIGHT, RADIUS, contrast, describe


def patches(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((11, 13, 3)).astype(np.float32)


def test_a_flat_patch_is_its_mean_alone():
    image = np.full((9, 9, 3), 0.25, np.float32)
    image[..., 1] = 0.5
    rows = describe(image)[4, 4].reshape(3, 6)
    assert np.allclose(rows[:, 1:], 0, atol=1e-5)
    whole = np.square(image[:5, :5]).sum()
    assert np.square(rows).sum() == pytest.approx(whole, rel=1e-4)


def test_distances_are_below_those_of_the_patches():
    one, two = describe(patches()), describe(patches(1))
    side = 2 * RADIUS + 1
    for y, x in [(4, 4), (5, 7)]:
        part = np.s_[y - RADIUS : y + RADIUS + 1, x - RADIUS : x + RADIUS + 1]
        true = np.square(patches()[part] - patches(1)[part]).sum()
        found = np.square(one[y, x] - two[y, x]).sum()
        assert found <= true * (1 + 1e-4)
        mean = np.square((patches()[part] - patches(1)[part]).mean(axis=(0, 1))).sum() * side**2
        assert found >= mean * (1 - 1e-4)


def test_contrast_strengthens_waves_and_leaves_means_and_guide():
    image, guide = patches(), patches(2)
    mean = image.mean(axis=(0, 1))
    strong = mean + 1.5 * (image - mean)
    plain, wanted = describe(image, guide)[5, 6], describe(strong, guide)[5, 6]
    made = plain * contrast(1.5, len(plain))
    waves = np.ones(len(plain), bool)
    waves[[0, 6, 12]] = False
    waves[18:] = False
    assert np.allclose(made[waves], wanted[waves], atol=1e-4)
    assert np.array_equal(made[~waves], plain[~waves])
    assert np.allclose(plain[18:], wanted[18:])
    assert GUIDE_WEIGHT > 0
