"""The fused kernels against the plain operations they stand for."""

from __future__ import annotations

import pytest
import torch

from engine.network import layers
from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from train import kernels
from train.metrics import perceptual

pytestmark = pytest.mark.skipif(
    kernels.build() is None, reason="the fused kernels need a C++ compiler and ninja"
)
SHAPES = [(3, 16, 5), (64, 12, 5), (20, 4, 3), (17, 9, 3)]


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, requires_grad=True)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(3)


@pytest.mark.parametrize(("channels", "side", "kernel"), SHAPES)
def test_expected_input_and_its_gradients(channels, side, kernel) -> None:
    x, w, b = draw(3, channels, side, side), draw(channels, 1, kernel, kernel), draw(channels)
    c = torch.rand(3, 1, side, side)
    c[:, :, : side // 2] = 0
    c.requires_grad_(True)
    weight = torch.randn(3, channels, side, side)
    plain, fused = layers.expected_input(x, c, w, b), kernels.fused_expected(x, c, w, b)
    torch.testing.assert_close(fused, plain, rtol=1e-4, atol=1e-4)
    ours = torch.autograd.grad(fused, (x, c, w, b), weight)
    theirs = torch.autograd.grad(plain, (x, c, w, b), weight)
    for a, e in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, e, rtol=1e-3, atol=1e-3 * float(e.abs().max()))


@pytest.mark.parametrize("channels", [1, 5, 64])
def test_activation_and_its_gradient(channels) -> None:
    y, weight = draw(2, channels, 7, 6), torch.randn(2, channels, 7, 6)
    plain, fused = layers.activate(y), kernels.fused_activate(y)
    torch.testing.assert_close(fused, plain, rtol=1e-5, atol=1e-5)
    (ours,) = torch.autograd.grad(fused, y, weight)
    (theirs,) = torch.autograd.grad(plain, y, weight)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("channels", [1, 5, 64])
def test_distance_of_features_and_its_gradient(channels) -> None:
    a, b = draw(3, channels, 7, 6), torch.randn(3, channels, 7, 6)
    with torch.no_grad():
        a[0, :, 2, 3] = 0
        b[1, :, 1, 1] = 0
    head, weight = torch.rand(1, channels, 1, 1), torch.randn(3)
    plain, fused = perceptual.distance(a, b, head), kernels.fused_distance(a, b, head)
    torch.testing.assert_close(fused, plain, rtol=1e-5, atol=1e-6)
    (ours,) = torch.autograd.grad(fused, a, weight)
    (theirs,) = torch.autograd.grad(plain, a, weight)
    assert theirs.isfinite().all()
    theirs[0, :, 2, 3] = 0
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("side", "channels"), [(16, 5), (13, 64), (8, 1)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_tolerant_pooling_and_its_gradient(side, channels, dtype) -> None:
    x = draw(2, channels, side, side + 2).to(dtype).relu()
    plain, fused = perceptual.tolerant_pool(x), kernels.fused_pool(x)
    assert fused.dtype == dtype
    close = {"rtol": 1e-5, "atol": 1e-5} if dtype == torch.float32 else {"rtol": 2e-2, "atol": 2e-2}
    torch.testing.assert_close(fused, plain, **close)
    weight = torch.randn(fused.shape).to(dtype)
    (ours,) = torch.autograd.grad(fused, x, weight)
    (theirs,) = torch.autograd.grad(plain, x, weight)
    torch.testing.assert_close(ours, theirs, **close)


def test_bfloat16_is_the_rounded_float32_result() -> None:
    x, w, b = torch.randn(2, 32, 8, 8).bfloat16(), torch.randn(32, 1, 5, 5) / 5, torch.randn(32)
    c = torch.rand(2, 1, 8, 8)
    exact = layers.expected_input(x.float(), c, w, b)
    got = kernels.fused_expected(x, c, w, b)
    assert got.dtype == torch.bfloat16
    torch.testing.assert_close(got.float(), exact, rtol=1e-2, atol=1e-2)


def test_generator_gives_the_same_gradients() -> None:
    config = GeneratorConfig(resolution=32, base=16, rgb="pyramid", z_channels=4)
    made = kernels.fused()
    assert made is not None
    plain, fused = Generator(config), Generator(config, made.network)
    fused.load_state_dict(plain.state_dict())
    img, z = torch.rand(2, 3, 32, 32) * 2 - 1, torch.randn(2, 4, 4, 4)
    known = torch.ones(2, 1, 32, 32)
    known[:, :, 8:24, 4:20] = 0

    def gradients(G: Generator) -> list[torch.Tensor]:
        G(img, known, z).square().mean().backward()
        return [p.grad.clone() for p in G.parameters() if p.grad is not None]

    ours, theirs = gradients(fused), gradients(plain)
    assert any(not torch.equal(a, e) for a, e in zip(ours, theirs, strict=True))
    assert len(ours) == len(theirs) > 30
    for a, e in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, e, rtol=1e-2, atol=1e-3 * float(e.abs().max()) + 1e-9)


def test_threads_do_not_change_a_bit() -> None:
    x, w, b = draw(5, 32, 16, 16), draw(32, 1, 5, 5), draw(32)
    c = torch.rand(5, 1, 16, 16, requires_grad=True)
    before = torch.get_num_threads()
    results = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        out = kernels.fused_expected(x, c, w, b)
        results.append([out, *torch.autograd.grad(out.square().sum(), (x, c, w, b))])
    torch.set_num_threads(before)
    assert all(torch.equal(p, q) for p, q in zip(*results, strict=True))
