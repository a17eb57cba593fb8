"""The CUDA kernels against the plain operations; where there is no device they are interpreted."""

from __future__ import annotations

import os

import pytest
import torch

from engine.network import layers
from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from train import kernels
from train.metrics import perceptual

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
if DEVICE.type == "cpu":
    os.environ["TRITON_INTERPRET"] = "1"  # read when Triton is imported
pytest.importorskip("triton", reason="Triton comes with PyTorch's builds for CUDA")

from train.kernels import cuda, cuda_pool, cuda_rows  # noqa: E402


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(3)


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, device=DEVICE)


def same(ours, theirs, *args) -> None:
    """Compare results and the gradients of every argument."""
    mine = [arg.clone().requires_grad_(True) for arg in args]
    plain = [arg.clone().requires_grad_(True) for arg in args]
    out, expected = ours(*mine), theirs(*plain)
    torch.testing.assert_close(out, expected, rtol=1e-5, atol=1e-5)
    weight = torch.randn_like(expected)
    grads = torch.autograd.grad(out, mine, weight)
    for a, b in zip(grads, torch.autograd.grad(expected, plain, weight), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5 * float(b.abs().max()))


@pytest.mark.parametrize(
    ("channels", "height", "width", "kernel"),
    [(6, 5, 7, 5), (3, 8, 8, 5), (24, 4, 4, 3), (20, 4, 9, 5)],
)
def test_expected_input_and_its_gradients(channels, height, width, kernel) -> None:
    c = torch.rand(2, 1, height, width, device=DEVICE)
    c[:, :, : height // 2] = 0
    values = (
        draw(2, channels, height, width),
        c,
        draw(channels, 1, kernel, kernel),
        draw(channels),
    )
    same(cuda.ExpectedInput.apply, layers.expected_input, *values)


@pytest.mark.parametrize("channels", [1, 5, 64])
def test_activation_and_its_gradient(channels) -> None:
    same(cuda_rows.Activate.apply, layers.activate, draw(2, channels, 7, 6))


@pytest.mark.parametrize("channels", [2, 5, 64])
def test_distance_of_features_and_its_gradient(channels) -> None:
    head, b = torch.rand(1, channels, 1, 1, device=DEVICE), draw(3, channels, 7, 6)
    same(
        lambda a: cuda_rows.Distance.apply(a, b, head),
        lambda a: perceptual.distance(a, b, head),
        draw(3, channels, 7, 6),
    )


def test_the_distance_of_no_feature_has_a_finite_gradient() -> None:
    a, b = draw(1, 5, 2, 2), draw(1, 5, 2, 2)
    a[:, :, 0, 0] = 0
    a.requires_grad_(True)
    head = torch.ones(1, 5, 1, 1, device=DEVICE)
    (grad,) = torch.autograd.grad(cuda_rows.Distance.apply(a, b, head).sum(), a)
    assert grad.isfinite().all()


@pytest.mark.parametrize(("height", "width"), [(8, 8), (9, 7), (13, 6), (5, 5)])
@pytest.mark.parametrize("ties", [False, True])
def test_tolerant_pooling_and_its_gradient(height, width, ties) -> None:
    x = draw(2, 5, height, width)
    same(cuda_pool.Pool.apply, perceptual.tolerant_pool, x.round() if ties else x)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(cuda_pool.Pool, perceptual.tolerant_pool), (cuda_pool.Halve, layers.halve)],
)
def test_pooling_in_bfloat16_is_that_in_float32_of_the_same_values(ours, theirs) -> None:
    x = draw(2, 5, 8, 6).bfloat16()
    mine, plain = (x.clone().to(kind).requires_grad_(True) for kind in (x.dtype, torch.float32))
    out, expected = ours.apply(mine), theirs(plain)
    weight = torch.randn_like(expected).bfloat16()
    (slope,) = torch.autograd.grad(out, mine, weight)
    (right,) = torch.autograd.grad(expected, plain, weight.float())
    for a, b in ((out, expected), (slope, right)):
        torch.testing.assert_close(a.float(), b, rtol=0.02, atol=0.02)


@pytest.mark.parametrize(("channels", "height", "width"), [(5, 8, 4), (7, 2, 2)])
def test_halving_and_its_gradients_of_both_orders(channels, height, width) -> None:
    x = draw(2, channels, height, width)
    same(cuda_pool.Halve.apply, layers.halve, x)
    seconds = []
    for halve in (cuda_pool.Halve.apply, layers.halve):
        leaf = x.clone().requires_grad_(True)
        (slope,) = torch.autograd.grad(halve(leaf**3).sum(), leaf, create_graph=True)
        seconds.append(torch.autograd.grad(slope.square().sum(), leaf)[0])
    torch.testing.assert_close(*seconds)


def test_a_generator_learns_the_same_with_all_of_them() -> None:
    config = GeneratorConfig(resolution=8, base=8, least=8, z_channels=4)
    made = kernels.fused(torch.device("cuda"))
    assert made is not None
    G = Generator(config).to(DEVICE)
    faster = Generator(config, made.network).to(DEVICE)
    faster.load_state_dict(G.state_dict())
    known = (torch.rand(1, 1, 8, 8, device=DEVICE) > 0.4).float()
    img, z = draw(1, 3, 8, 8).clamp(-1, 1), draw(1, 4, 4, 4)

    def learn(G: Generator) -> list[torch.Tensor]:
        out = G(img, known, z)
        used = [p for name, p in G.named_parameters() if not name.endswith("certainty.weight")]
        return [out.detach(), *torch.autograd.grad(out.square().sum(), used)]

    plain, fused = learn(G), learn(faster)
    assert any(not torch.equal(a, b) for a, b in zip(fused, plain, strict=True))
    for a, b in zip(fused, plain, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4 * float(b.abs().max()))
