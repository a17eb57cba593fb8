"""Distances of descriptors are distances of patches; estimates are strengthened but not in tone."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detail.descriptors import GUIDE_WEIGHT, RADIUS, WAVES, describe, describe_guide
from engine.detail.matcher import CONTRAST, TRUST_DEEP, TRUST_REACH, Matcher, trust
from engine.detail.pyramid import Level


def patches(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((11, 13, 3)).astype(np.float32)


def rows_of(image: np.ndarray) -> np.ndarray:
    """Return (h, w, 18), the six waves of each channel beside each other."""
    return describe(image).reshape(*image.shape[:2], 18)


def test_a_flat_patch_is_its_mean_alone():
    image = np.full((9, 9, 3), 0.25, np.float32)
    image[..., 1] = 0.5
    row = rows_of(image)[4, 4]
    assert np.allclose(row[3:], 0, atol=1e-5)
    whole = np.square(image[:5, :5]).sum()
    assert np.square(row).sum() == pytest.approx(whole, rel=1e-4)


def test_distances_are_below_those_of_the_patches():
    one, two = rows_of(patches()), rows_of(patches(1))
    side = 2 * RADIUS + 1
    for y, x in [(4, 4), (5, 7)]:
        part = np.s_[y - RADIUS : y + RADIUS + 1, x - RADIUS : x + RADIUS + 1]
        true = np.square(patches()[part] - patches(1)[part]).sum()
        found = np.square(one[y, x] - two[y, x]).sum()
        assert found <= true * (1 + 1e-4)
        mean = np.square((patches()[part] - patches(1)[part]).mean(axis=(0, 1))).sum() * side**2
        assert found >= mean * (1 - 1e-4)


def one_pixel(image: np.ndarray) -> Matcher:
    """Return the matcher of an image whose pixel (5, 6) is to be filled."""
    hole = np.zeros(image.shape[:2], bool)
    hole[5, 6] = True
    return Matcher(Level(image, hole, ~hole))


def test_what_is_wanted_inside_has_stronger_waves_but_the_same_mean_and_guide():
    image, guide = patches(), patches(2)
    matcher = one_pixel(image)
    at = matcher.index[5 * 13 + 6]
    matcher = Matcher(matcher.level, guide)
    row = matcher.wanted(image, matcher.held(guide))[at]
    plain = rows_of(image)[5, 6]
    assert np.allclose(row[:3], plain[:3], atol=1e-5)
    assert np.allclose(row[3:WAVES], plain[3:] * CONTRAST, atol=1e-5)
    assert np.allclose(row[WAVES + 1 :], describe_guide(guide)[5 * 13 + 6])
    assert GUIDE_WEIGHT > 0


def test_deep_inside_the_estimate_takes_the_place_of_part_of_the_guide():
    image, guide = patches(), patches(2)
    hole = np.zeros(image.shape[:2], bool)
    hole[3:8, 3:10] = True
    held = {}
    for cell in (1.0, 4.0):
        matcher = Matcher(Level(image, hole, ~hole), guide, cell)
        at = matcher.index[5 * 13 + 6]
        held[cell] = matcher.wanted(image, matcher.held(guide))[at, WAVES + 1 :]
    asked, present = describe_guide(guide)[5 * 13 + 6], describe_guide(image)[5 * 13 + 6]
    for cell, found in held.items():
        share = trust(np.array([3 * cell], np.float32))[0]
        assert np.allclose(found, present + share * (asked - present), atol=1e-5)
    assert np.linalg.norm(held[4.0] - present) < np.linalg.norm(held[1.0] - present)


def test_trust_falls_from_all_at_the_rim_to_a_rest():
    depth = np.array([0, 1, 1 + TRUST_REACH, 1e4], np.float32)
    rest = TRUST_DEEP + (1 - TRUST_DEEP) / np.e
    assert np.allclose(trust(depth) ** 2, [1, 1, rest, TRUST_DEEP], atol=1e-6)


def wave(u: int, v: int) -> np.ndarray:
    """Return a wave of the orthonormal cosine transform of 5 x 5 pixels, u across and v down."""
    at = (np.arange(5) + 0.5) * np.pi / 5
    across, down = (np.cos(n * at) * np.sqrt((1 if n == 0 else 2) / 5) for n in (u, v))
    return down[:, None] * across


def test_a_patch_is_told_by_its_mean_its_slopes_and_its_bends():
    """Of brightness and two colour differences, each orthonormal; the guide by the first three."""
    image = patches()
    colours = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])
    patch = image[4 - RADIUS : 5 + RADIUS, 7 - RADIUS : 8 + RADIUS] @ colours.T
    low = [(0, 0), (0, 1), (1, 0)]
    high = [(0, 2), (1, 1), (2, 0)]
    wanted = [(wave(u, v)[..., None] * patch).sum(axis=(0, 1)) for u, v in low + high]
    np.testing.assert_allclose(rows_of(image)[4, 7], np.concatenate(wanted), atol=1e-5)
    guide = describe_guide(image).reshape(11, 13, 9)[4, 7]
    np.testing.assert_allclose(guide, GUIDE_WEIGHT * np.concatenate(wanted[:3]), atol=1e-5)
