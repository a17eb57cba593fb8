"""The compiled network answers as the one by torch, and each layer as a slow loop."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.answering import convolving, layers
from engine.answering.by_torch import TorchNetwork, branch_of
from engine.answering.compiled import CompiledNetwork, can_answer, shapes_of
from engine.answering.loops.layers import joined, mixed, pooled
from engine.answering.network import load_network
from engine.device import Device, pick_device
from engine.errors import SnapshotError
from engine.network import layers as by_torch
from engine.network.config import GeneratorConfig, UpperConfig
from engine.network.generator import Generator
from engine.network.latent import draw_z
from engine.network.snapshot import save_snapshot
from engine.network.stored import read_stored
from engine.network.upper import Upper
from engine.running.threads import at_most

CPU = Device("cpu", "")
CONFIGS = {
    "as it ships": GeneratorConfig(resolution=64, base=128, least=16, rgb="pyramid"),
    "odd channels": GeneratorConfig(resolution=32, base=9, z_channels=5, rgb="pyramid"),
    "no latent": GeneratorConfig(resolution=16, base=8, z_channels=0, rgb="pyramid"),
    "large": GeneratorConfig(resolution=256, base=16, least=12, rgb="pyramid"),
}


def scene(side: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture and what is known of it: a hole, a soft rim, single pixels."""
    rng = np.random.default_rng(seed)
    known = np.ones((side, side), np.float32)
    known[side // 4 : side // 2, side // 4 : -side // 4] = 0
    known[side // 4 - 1, side // 4 : -side // 4] = 0.5
    known[0, :3] = known[-1, -1] = 0
    return rng.random((side, side, 3), np.float32), known


def generator_of(config: GeneratorConfig) -> Generator:
    """Return one whose every parameter counts: biases, betas and certainty as if trained."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        generator = Generator(config).eval().requires_grad_(False)
        for values in generator.parameters():
            values.add_(0.1 * torch.randn_like(values))
    return generator


@pytest.mark.parametrize("name", CONFIGS)
def test_the_answer_is_that_of_torch(name, tmp_path):
    config = CONFIGS[name]
    save_snapshot(tmp_path / "s.safetensors", generator_of(config), {}, torch.float32)
    stored = read_stored(tmp_path / "s.safetensors")
    network = load_network(tmp_path / "s.safetensors", CPU).network
    assert isinstance(network, CompiledNetwork)
    image, known = scene(config.resolution)
    z = draw_z(config, [0, 5])
    one = network.fill(network.see(image, known), z)
    two = (other := TorchNetwork(stored, CPU)).fill(other.see(image, known), z)
    np.testing.assert_allclose(one, two, atol=2e-5)
    np.testing.assert_allclose(one[0][known == 1], image[known == 1], atol=1e-6)
    assert (config.z_channels == 0) == bool((one[0] == one[1]).all())


def test_the_certainties_are_those_of_torch():
    for config in (*CONFIGS.values(), GeneratorConfig(resolution=32, base=8, released=True)):
        generator, known = generator_of(config), scene(config.resolution)[1]
        wanted = generator.certainties(torch.from_numpy(known)[None, None])
        found = branch_of(generator).certainties(known)
        for r, gamma in found.gamma.items():
            np.testing.assert_allclose(gamma, wanted.gamma[r][0, 0], atol=1e-5)
        for mine, theirs in ((found.encoder, wanted.encoder), (found.decoder, wanted.decoder)):
            for r, block in mine.items():
                for values, others in zip(block, theirs[r], strict=True):
                    np.testing.assert_allclose(values, others[0, 0], atol=1e-5)


def test_threads_change_nothing():
    config = CONFIGS["as it ships"]
    generator = generator_of(config)
    network = CompiledNetwork(config, {k: v.numpy() for k, v in generator.state_dict().items()})
    found = []
    for count in (1, 2):
        with at_most(count):
            found.append(network.fill(network.see(*scene(64)), draw_z(config, [3])))
    assert (found[0] == found[1]).all()


@pytest.mark.parametrize(("h", "w", "inputs", "outputs"), [(4, 4, 3, 5), (8, 16, 9, 4)])
def test_a_convolution_is_the_sum_over_its_window(h, w, inputs, outputs):
    rng = np.random.default_rng(2)
    x = rng.standard_normal((h, w, inputs), np.float32)
    weight = rng.standard_normal((outputs, inputs, 3, 3), np.float32)
    bias = rng.standard_normal(outputs, np.float32)
    padded = np.zeros((h + 2, w + 2, convolving.room_for(inputs)), np.float32)
    padded[1:-1, 1:-1, :inputs] = x
    out = np.zeros((h, w, outputs))
    for i in range(h):
        for j in range(w):
            for o in range(outputs):
                window = padded[i : i + 3, j : j + 3, :inputs].astype(float)
                out[i, j, o] = bias[o] + (window * weight[o].transpose(1, 2, 0)).sum()
    out = np.where(out > 0, out, 0.2 * out)
    out /= np.sqrt((out**2).mean(axis=2, keepdims=True) + 1e-7)
    found = convolving.convolve(padded, convolving.turned(weight), bias)
    np.testing.assert_allclose(found, out, atol=1e-5)


@pytest.mark.parametrize("kernel", [3, 5])
def test_what_is_expected_follows_equations_3_and_4(kernel):
    rng = np.random.default_rng(3)
    x, c = rng.standard_normal((7, 9, 6), np.float32), rng.random((7, 9), np.float32)
    c[2:5, 3:6] = 0
    weight, bias = rng.random((kernel, kernel, 6), np.float32), rng.random(6, np.float32)
    found = layers.expected(x, c, weight, bias)
    wanted = by_torch.expected_input(
        torch.from_numpy(x.transpose(2, 0, 1))[None], torch.from_numpy(c)[None, None],
        torch.from_numpy(weight.transpose(2, 0, 1))[:, None], torch.from_numpy(bias),
    )  # fmt: skip
    np.testing.assert_allclose(found[1:-1, 1:-1, :6], wanted[0].permute(1, 2, 0), atol=1e-5)
    assert found.shape == (9, 11, 8)
    assert not found[..., 6:].any()
    assert not found[[0, -1]].any()
    assert not found[:, [0, -1]].any()


def test_skips_pools_and_colours():
    rng = np.random.default_rng(4)
    x, deep = rng.random((4, 6, 3), np.float32), rng.random((2, 3, 3), np.float32)
    c, weight = rng.random((4, 6), np.float32), rng.random((3, 2), np.float32)
    below = deep.repeat(2, 0).repeat(2, 1)
    np.testing.assert_allclose(
        joined(x, deep, c), c[..., None] * x + (1 - c[..., None]) * below, atol=1e-6
    )
    halved = layers.halved(x * c[..., None]) / (layers.halved(c)[..., None] + 0.01)
    np.testing.assert_allclose(pooled(x, c), halved, atol=1e-6)
    cells = x.reshape(2, 2, 3, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(layers.halved(x), cells, atol=1e-6)
    out = np.ones((4, 6, 2), np.float32)
    mixed(x, weight, out)
    np.testing.assert_allclose(out, 1 + x @ weight, atol=1e-6)


@pytest.mark.parametrize("changes", [
    {"conv": "partial", "skip": "concat"}, {"skip": "concat"}, {"rgb": "msg"}, {"released": True},
])  # fmt: skip
def test_other_networks_are_computed_by_torch(changes, tmp_path):
    config = GeneratorConfig(**{"resolution": 16, "base": 8, "rgb": "pyramid", **changes})
    assert not can_answer(config)
    save_snapshot(tmp_path / "s.safetensors", Generator(config), {})
    assert isinstance(load_network(tmp_path / "s.safetensors", CPU).network, TorchNetwork)


def test_a_network_with_an_upper_level_is_computed_by_torch(tmp_path, tiny_generator):
    path = tmp_path / "s.safetensors"
    save_snapshot(path, tiny_generator, {}, upper=Upper(UpperConfig(base=4)))
    assert load_network(path, CPU).network.doubles


def test_faces_are_refused(tmp_path):
    path = tmp_path / "s.safetensors"
    save_snapshot(path, Generator(GeneratorConfig(resolution=16, base=8, pose=14)), {})
    with pytest.raises(SnapshotError, match="faces"):
        load_network(path, CPU)


def test_the_shapes_are_those_of_the_network():
    for config in CONFIGS.values():
        state = Generator(config).state_dict()
        assert shapes_of(config) == {name: tuple(v.shape) for name, v in state.items()}


def test_numbers_of_another_network_are_refused(tmp_path, monkeypatch, tiny_snapshot):
    monkeypatch.setattr("engine.answering.network.shapes_of", lambda config: {})
    with pytest.raises(SnapshotError, match="does not fit"):
        load_network(tiny_snapshot, pick_device("cpu"))


def test_numbers_that_are_not_finite_are_refused(tmp_path):
    generator = generator_of(CONFIGS["no latent"])
    generator.head.to_rgb["4"].bias.fill_(float("nan"))
    save_snapshot(tmp_path / "s.safetensors", generator, {})
    with pytest.raises(SnapshotError, match="not finite"):
        load_network(tmp_path / "s.safetensors", CPU)
