"""The losses against closed forms and slow loops (Equations 8 to 11)."""

from __future__ import annotations

import math

import pytest
import torch

from train.losses import (
    between,
    d_wasserstein,
    g_wasserstein,
    gradient_penalty,
    hole_l1,
    mode_seeking,
)


def linear(weight: torch.Tensor):
    """Return the critic D(x) = <weight, x>, whose gradient is ``weight`` everywhere."""
    return lambda x: (x * weight).sum((1, 2, 3))


@pytest.fixture
def weight() -> torch.Tensor:
    return torch.randn(3, 8, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.fixture
def hole() -> torch.Tensor:
    hole = torch.zeros(2, 1, 8, 8, dtype=torch.float64)
    hole[0, :, 2:5, 1:7] = 1
    hole[1, :, :2] = 1
    return hole


def test_players_losses() -> None:
    real, fake = torch.tensor([1.0, 3.0]), torch.tensor([-1.0, 0.5])
    assert g_wasserstein(fake).item() == pytest.approx(0.25)
    expected = -0.25 - 2.0 + 0.001 * (1 + 9) / 2
    assert d_wasserstein(real, fake).item() == pytest.approx(expected)


@pytest.mark.parametrize("norm", [2.0, float("inf")])
def test_revised_penalty_is_equation_10(weight, hole, norm) -> None:
    xhat = torch.rand(2, 3, 8, 8, dtype=torch.float64)
    got = gradient_penalty(linear(weight), xhat, hole, "revised", norm)
    total = 0.0
    for n in range(2):
        values = [
            abs(float(weight[c, y, x]))
            for c in range(3)
            for y in range(8)
            for x in range(8)
            if hole[n, 0, y, x]
        ]
        size = max(values) if math.isinf(norm) else math.sqrt(sum(v * v for v in values))
        total += max(0.0, size - 1)
    assert got.item() == pytest.approx(total / 2, rel=1e-9)


def test_revised_penalty_is_zero_where_the_slope_is_at_most_one(weight, hole) -> None:
    gentle = weight / weight.norm()
    xhat = torch.rand(2, 3, 8, 8, dtype=torch.float64)
    assert gradient_penalty(linear(gentle), xhat, hole).item() == 0


def test_original_penalty_is_equation_8_over_the_whole_image(weight, hole) -> None:
    xhat = torch.rand(2, 3, 8, 8, dtype=torch.float64)
    got = gradient_penalty(linear(weight), xhat, hole, "original")
    size = math.sqrt(sum(float(v) ** 2 for v in weight.flatten()))
    assert got.item() == pytest.approx((size - 1) ** 2, rel=1e-9)


def test_penalty_teaches_the_critic(hole) -> None:
    scale = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    direction = torch.ones(3, 8, 8, dtype=torch.float64)
    critic = linear(direction)
    xhat = torch.zeros(2, 3, 8, 8, dtype=torch.float64)
    penalty = gradient_penalty(lambda x: scale * critic(x), xhat, hole)
    (slope,) = torch.autograd.grad(penalty, scale)
    sizes = [math.sqrt(3 * float(hole[n].sum())) for n in range(2)]
    assert slope.item() == pytest.approx(sum(sizes) / 2, rel=1e-9)


def test_between_mixes_and_cuts_the_gradient() -> None:
    real = torch.ones(2, 3, 4, 4, requires_grad=True)
    xhat = between(real, torch.zeros(2, 3, 4, 4), torch.tensor([0.25, 1.0]))
    assert not xhat.requires_grad
    assert xhat[0].unique().tolist() == [0.25]
    assert xhat[1].unique().tolist() == [1.0]


def test_hole_l1_counts_the_hole_only(hole) -> None:
    img = torch.zeros(2, 3, 8, 8, dtype=torch.float64)
    out = torch.where(hole == 1, 0.5, 9.0).expand_as(img)
    assert hole_l1(out, img, hole).item() == pytest.approx(0.5)
    assert hole_l1(out, img, torch.zeros_like(hole)).item() == 0


def test_mode_seeking_prefers_different_fills(hole) -> None:
    z1, z2 = torch.zeros(2, 4, 4, 4), torch.ones(2, 4, 4, 4)
    base = torch.zeros(2, 3, 8, 8)
    near = mode_seeking(base, base + 0.01, z1, z2, hole.float())
    far = mode_seeking(base, base + 0.5, z1, z2, hole.float())
    assert far < near
