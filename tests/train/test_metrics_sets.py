import itertools

import numpy as np
import pytest
import torch

from train.metrics.sets import diversity, fid, kid, paired_kid


def test_kid_of_two_and_two_features_by_hand():
    truth, fills = np.array([[1.0], [2.0]]), np.array([[0.0], [1.0]])
    # k(1,2) = 27, k(0,1) = 1, crosses: k(1,0) = 1, k(1,1) = 8, k(2,0) = 1, k(2,1) = 27
    assert kid(truth, fills) == pytest.approx(27 + 1 - 2 * 37 / 4)
    assert kid(truth, fills, paired=True) == pytest.approx(27 + 1 - 2 * (8 + 1) / 2)
    assert kid(truth, fills, scale=2.0) == pytest.approx(8 + 1 - 2 * (1 + 3.375 + 1 + 8) / 4)


def test_kid_of_one_distribution_is_zero_on_average():
    rng = np.random.default_rng(0)
    found = [kid(*rng.normal(size=(2, 30, 4))) for _ in range(300)]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(300)
    assert min(found) < 0, "an unbiased estimate of zero must fall on both sides"
    assert kid(rng.normal(size=(30, 4)), rng.normal(2, 1, (30, 4))) > max(found)


def test_paired_kid_does_not_depend_on_the_unit_of_the_features():
    truth, fills = np.random.default_rng(1).normal(1, 1, (2, 20, 6))
    assert paired_kid(truth * 7, fills * 7) == pytest.approx(paired_kid(truth, fills))


def test_paired_kid_of_the_images_themselves():
    truth = np.random.default_rng(2).normal(size=(20, 6))
    assert paired_kid(truth, truth) == pytest.approx(0, abs=1e-9)


def gaussian(mean, spread):
    """Return 4 points whose mean and covariance are exactly these (diagonal)."""
    corners = np.array(list(itertools.product((-1.0, 1.0), repeat=2))) * np.sqrt(3 / 4)
    return corners * np.sqrt(spread) + mean


def test_fid_of_diagonal_gaussians_in_closed_form():
    a, b = gaussian([0.0, 1.0], [4.0, 9.0]), gaussian([2.0, 1.0], [1.0, 25.0])
    expected = 4 + (2 - 1) ** 2 + (3 - 5) ** 2
    assert fid(a, b) == pytest.approx(expected)
    assert fid(b, a) == pytest.approx(expected)
    assert fid(a, a) == pytest.approx(0, abs=1e-9)


def test_fid_does_not_depend_on_the_choice_of_axes():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(40, 5)), rng.normal(size=(30, 5)) * [1, 2, 3, 4, 5] + 1
    turn, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    assert fid(a @ turn, b @ turn) == pytest.approx(fid(a, b))


def test_fid_with_fewer_images_than_features_is_finite():
    rng = np.random.default_rng(0)
    assert 0 < fid(rng.normal(size=(5, 40)), rng.normal(size=(6, 40))) < 200


def test_diversity_is_the_mean_over_pairs_inside_the_hole():
    fills = torch.zeros(3, 3, 8, 8, dtype=torch.uint8)
    fills[1], fills[2] = 51, 255
    fills[:, :, 4:] = torch.tensor([0, 200, 9], dtype=torch.uint8).view(3, 1, 1, 1)
    hole = torch.zeros(1, 8, 8)
    hole[:, :4] = 1
    assert diversity(fills, hole) == pytest.approx((0.2 + 1.0 + 0.8) / 3)


def test_fills_that_do_not_differ_have_no_diversity():
    fills = torch.full((4, 3, 8, 8), 9, dtype=torch.uint8)
    assert diversity(fills, torch.ones(1, 8, 8)) == 0
    assert diversity(fills[:1], torch.ones(1, 8, 8)) == 0
    assert diversity(fills, torch.zeros(1, 8, 8)) == 0
