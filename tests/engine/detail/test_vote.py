"""Votes against a slow loop over pixels and patches."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from engine.detail.matcher import FADE
from engine.detail.vote import vote
from tests.engine.detail.fields import field_of, matcher_of


def voted(field, sharpness: float, radius: int) -> np.ndarray:
    """Average the proposals for every pixel of every hole, one by one, in float64."""
    m = field.matcher
    image, width = m.level.image.reshape(-1, 3).astype(float), m.width
    depth = cv2.distanceTransform(m.level.hole.astype(np.uint8), cv2.DIST_L2, 5).ravel()
    out = np.zeros((field.fills, len(m.inside), 3))
    for k in range(field.fills):
        cost = field.cost.reshape(field.fills, -1)[k].astype(float)
        places = field.places.reshape(field.fills, -1)[k]
        worst_quarter = np.quantile(cost, 0.75)
        for p, pixel in enumerate(m.inside):
            total, share = np.zeros(3), 0.0
            for dy in range(-radius, radius + 1):
                for dx in range(-radius, radius + 1):
                    centre = pixel + dy * width + dx
                    (n,) = np.flatnonzero(m.targets == centre)
                    weight = math.exp(-sharpness * cost[n] / worst_quarter) + 1e-6
                    weight /= FADE ** depth[centre]
                    total += weight * image[places[n] - dy * width - dx]
                    share += weight
            out[k, p] = total / share
    return out


@pytest.mark.parametrize("radius", [0, 1, 2])
@pytest.mark.parametrize("fills", [1, 3])
def test_votes_are_weighted_means_of_what_the_patches_propose(radius, fills):
    field = field_of(matcher_of(24, 19, np.s_[7:15, 6:13]), fills)
    found = vote(field, 2.5, radius)
    assert found.shape == (fills, 56, 3)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, voted(field, 2.5, radius), atol=1e-5)


def test_patches_deeper_in_the_hole_count_less():
    """Two patches fit alike; the one at the rim has more of the say."""
    m = matcher_of(24, 24, np.s_[8:16, 8:16])
    m.level.image[:] = np.arange(24)[:, None, None] / 24
    field = field_of(m)
    field.cost[:] = 1
    field.places[:] = 20 * 24 + 12
    at_rim = m.targets // 24 < 8
    field.places[at_rim] = 3 * 24 + 12
    row = vote(field, 2.5, 1)[0].reshape(8, 8, 3)[0, 4, 0]
    weights = 1, FADE**-1, FADE**-2  # of the patches above, at and below the pixel
    assert row == pytest.approx(np.average([4, 20, 19], weights=weights) / 24, abs=1e-4)


def test_only_the_sharpest_patch_counts_in_the_end():
    field = field_of(matcher_of(24, 24, np.s_[8:16, 8:16]))
    m = field.matcher
    (n,) = np.flatnonzero(m.targets == 10 * 24 + 10)
    field.cost[:] = 1
    field.cost[n] = 0
    found = vote(field, 200.0, 1)[0]
    for p, pixel in enumerate(m.inside):
        away = divmod(pixel, 24)[0] - 10, divmod(pixel, 24)[1] - 10
        if max(map(abs, away)) <= 1:
            copied = m.level.image.reshape(-1, 3)[field.places[n] + away[0] * 24 + away[1]]
            np.testing.assert_allclose(found[p], copied, atol=2e-5)
