"""The critic's slope and its derivative, against PyTorch's own way."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from train.discriminator import Discriminator, DiscriminatorConfig
from train.kernels.slopes import plain_slope, slope
from train.losses import slope_norm

CONFIGS = {
    "paper": DiscriminatorConfig(resolution=16, base=8),
    "with the batch's spread": DiscriminatorConfig(resolution=16, base=8, minibatch_std=True),
    "growing, with a pose": DiscriminatorConfig(
        resolution=16, base=8, pose=14, pose_kind="onehot", residual=False
    ),
}


class Gradients(TorchDispatchMode):
    """Note which gradients every convolution was asked for: of its input, of its weight."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[bool, bool]] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func is torch.ops.aten.convolution_backward.default:
            self.asked.append(tuple(args[10][:2]))
        return func(*args, **(kwargs or {}))


def steep(config: DiscriminatorConfig, samples: list[int]):
    """Return D, a critic of twelve images, and images of which only ``samples`` have slopes."""
    torch.manual_seed(5)
    D = Discriminator(config)
    for name, value in D.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(value, std=0.1)
    img, pose = torch.rand(12, 3, 16, 16) * 2 - 1, torch.rand(12, config.pose)
    masked, known = img * 0.5, torch.ones(12, 1, 16, 16)
    weight = torch.zeros(12)
    weight[samples] = 1 + torch.arange(len(samples)) / 2

    def critic(x: Tensor) -> Tensor:
        return D(x, masked, known, pose) * 100 * weight

    return D, critic, img.clone().requires_grad_(True)


def gradients(D, take, critic, img) -> tuple[Tensor, list[Tensor]]:
    """Return the slope and the gradients of a penalty on it, zero where there is none."""
    D.zero_grad()
    found = take(critic, img)
    penalty = torch.relu(slope_norm(found, 2.0) - 0.5).sum()
    penalty.backward()
    assert penalty > 0
    zeros = {p: torch.zeros_like(p) for p in D.parameters()}
    return found.detach(), [zero if p.grad is None else p.grad for p, zero in zeros.items()]


@pytest.mark.parametrize("samples", [list(range(12)), [2, 7]], ids=["all", "two of twelve"])
@pytest.mark.parametrize("name", CONFIGS)
def test_slope_and_its_gradient_are_pytorchs(name, samples) -> None:
    D, critic, img = steep(CONFIGS[name], samples)
    ours, theirs = (gradients(D, take, critic, img) for take in (slope, plain_slope))
    torch.testing.assert_close(ours[0], theirs[0], rtol=1e-5, atol=1e-7)
    assert sum(float(e.abs().sum()) > 0 for e in theirs[1]) >= 8
    largest = max(float(e.abs().max()) for e in theirs[1])
    for a, e in zip(ours[1], theirs[1], strict=True):
        # where nothing but rounding is left of a gradient it may round otherwise
        room = max(1e-5 * float(e.abs().max()), 1e-7 * largest)
        torch.testing.assert_close(a, e, rtol=1e-4, atol=room)


@pytest.mark.parametrize("name", CONFIGS)
def test_second_derivative_in_bfloat16_is_close_and_the_slope_exact(name) -> None:
    D, critic, img = steep(CONFIGS[name], [1, 4, 5])

    def rounded(critic, img):
        return slope(critic, img, torch.bfloat16)

    ours, theirs = (gradients(D, take, critic, img) for take in (rounded, plain_slope))
    torch.testing.assert_close(ours[0], theirs[0], rtol=1e-5, atol=1e-7)
    assert all(gradient.dtype == torch.float32 for gradient in ours[1])
    a, e = (torch.cat([part.flatten() for part in made[1]]) for made in (ours, theirs))
    assert 0 < (a - e).norm() <= 0.01 * e.norm()


def test_nothing_is_convolved_for_slopes_that_cost_nothing() -> None:
    _, critic, img = steep(CONFIGS["with the batch's spread"], [3])
    penalty = torch.relu(slope_norm(slope(critic, img), 2.0) - 1e6).sum()
    with Gradients() as second:
        penalty.backward()
    assert second.asked == []


def test_features_get_no_gradient_where_the_critic_is_linear_between_kinks() -> None:
    _, critic, img = steep(CONFIGS["paper"], [0, 1])
    with Gradients() as first:
        found = slope(critic, img)
    with Gradients() as second:
        found.square().sum().backward()
    assert set(first.asked) == {(True, False)}
    assert set(second.asked) == {(False, True)}
    assert len(first.asked) == len(second.asked) == 9


def test_float64_stays_float64() -> None:
    D, _, img = steep(CONFIGS["paper"], [0])
    D, img = D.double(), img.detach().double().requires_grad_(True)
    known = torch.ones(12, 1, 16, 16).double()

    def critic(x: Tensor) -> Tensor:
        return D(x, img.detach(), known)

    (ours,), (theirs,) = (
        torch.autograd.grad(take(critic, img).pow(3).sum(), [D.blocks["16"].first.weight])
        for take in (slope, plain_slope)
    )
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9 * float(theirs.abs().max()))
